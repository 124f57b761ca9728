"""How dates and times stand on pages in German; on a site's pages its own formats go first."""

SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
DATETIME_FORMAT = "d.m.Y H:i:s"
# Ours beside those that Django knows: with the zone, to the minute and to the second.
ZONED_MINUTE_FORMAT = "d.m.Y H:i T"
ZONED_SECOND_FORMAT = "d.m.Y H:i:s T"
