"""How dates and times stand on pages in English; on a site's pages its own formats go first."""

SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
DATETIME_FORMAT = "Y-m-d H:i:s"
# Ours beside those that Django knows: with the zone, to the minute and to the second.
ZONED_MINUTE_FORMAT = "Y-m-d H:i T"
ZONED_SECOND_FORMAT = "Y-m-d H:i:s T"
