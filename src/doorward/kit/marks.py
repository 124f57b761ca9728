"""Small marks that stand dozens of times on a page: icons, states, faces.

Written here rather than as templates: drawing one by a template costs more than a database
question, and a page of twenty rows has a hundred of them.
"""

import zlib
from functools import lru_cache

from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from doorward.kit.markup import markup

TINTS = 8
# Labels may come from what people typed, so what is remembered is bounded, and what is marked
# as safe is remembered apart from the same letters which are not.
REMEMBERED = 2048

# What each state looks like and is called; a label may say it in other words.
_STATES: dict[str, tuple[str, str | Promise]] = {
    "online": ("circle-filled", _("Online")),
    "active": ("circle-filled", _("Active")),
    "synced": ("circle-check-filled", _("Synced")),
    "allowed": ("circle-check-filled", _("Allowed")),
    "pending": ("hourglass", _("Pending")),
    "failed": ("alert-triangle-filled", _("Failed")),
    "alarm": ("alert-triangle-filled", _("Alarm")),
    "offline": ("plug-connected-x", _("Offline")),
    "never": ("circle-dashed", _("Never connected")),
    "refused": ("circle-x-filled", _("Refused")),
    "revoked": ("ban", _("Revoked")),
    "expired": ("ban", _("Expired")),
}
_PLAIN = "circle"


@lru_cache(REMEMBERED, typed=True)
def icon(name: str, *, label: str = "", classes: str = "") -> SafeString:
    """Draw an icon of the sprite: with a label it has a name, else it is only for the eye."""
    named = markup('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return markup(
        '<svg class="icon {}" {} focusable="false"><use href="{}#{}"></use></svg>',
        classes,
        SafeString(named),
        static("doorward/icons.svg"),
        name,
    )


def state(value: str, label: str = "") -> SafeString:
    """Draw a state by word, colour and shape; `label` says it in other words."""
    return markup('<span class="state state-{}">{}</span>', value, state_mark(value, label))


def state_mark(value: str, label: str = "") -> SafeString:
    """Draw the shape and the word of a state, without what bears its colour."""
    shape, word = _STATES.get(value, (_PLAIN, value))
    # The word is looked up here: what is remembered may be asked for in another language.
    return _mark(shape, label or str(word))


def face(name: object, *, photo: str = "", size: str = "md") -> SafeString:
    """Draw somebody's photo, or their initials on a colour of their own."""
    inside = markup('<img src="{}" alt="">', photo) if photo else initials(name)
    return markup(
        '<span class="avatar-face face-{} tint-{}" aria-hidden="true">{}</span>',
        size,
        tint(name),
        inside,
    )


def initials(name: object) -> str:
    """Return up to two capitals of a name, a question mark where there is none."""
    words = [word for word in str(name or "").split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


def tint(name: object) -> int:
    """Return a number from 0 to 7 that stays the same for a name."""
    return zlib.crc32(str(name).encode()) % TINTS


@lru_cache(REMEMBERED, typed=True)
def _mark(shape: str, word: str) -> SafeString:
    return markup('{}<span class="state-word">{}</span>', icon(shape), word)
