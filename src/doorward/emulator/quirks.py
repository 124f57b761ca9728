"""Dirt of the protocol and habits of firmware, each of which a device can have or not."""

from enum import StrEnum


class Quirk(StrEnum):
    # The shape of answers
    TEXT_HTML = "text_html"
    TEXT_PLAIN = "text_plain"
    TRAILING_BYTES = "trailing_bytes"
    FOREIGN_BYTES = "foreign_bytes"
    NUMBERS_AS_TEXTS = "numbers_as_texts"
    TEXTS_AS_NUMBERS = "texts_as_numbers"
    POSITIVE_RETCODES = "positive_retcodes"
    NULL_ITEMS = "null_items"
    PAGING_IGNORED = "paging_ignored"
    # Manners
    STRICT_SPACING = "strict_spacing"
    BASIC_BROKEN = "basic_broken"
    MANUAL_REALM = "manual_realm"
    LOCKS_OUT = "locks_out"
    LOG_IDS_RESTART = "log_ids_restart"


# What any device of ours does unless its spec says otherwise [F].
USUAL = (Quirk.TEXT_HTML.value,)
