"""The deed on what the installation calls itself and how it looks."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.files import pictures
from doorward.kit import accent as colours
from doorward.kit import brand, rows
from doorward.kit.errors import Invalid
from doorward.kit.models import Brand
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

# There is one, or none.
_KEY = 1
_DIGITS = 16


@dataclass(frozen=True, kw_only=True)
class BrandForm:
    """What is empty is the product's own; without a `logo` the one that is kept stays."""

    name: str = ""
    accent: str = ""
    logo: bytes | None = None
    drops_logo: bool = False


def change_brand(actor: Actor, form: BrandForm) -> Brand:
    """Show this from now on, everywhere and in mail; raise `Invalid`."""
    actor.require(Can.CHANGE_BRAND, Node.root())
    accent = _accent(form.accent)
    # Before anything is locked: this takes a moment.
    logo = None if form.logo is None else _logo(form.logo, "logo")

    def change(row: Brand) -> None:
        row.name, row.accent = " ".join(form.name.split()), accent
        if logo is not None or form.drops_logo:
            _put(row, logo)

    return _changed(actor, change)


def change_logo(actor: Actor, content: bytes | None) -> Brand:
    """Show another logo, or none, and leave the rest; raise `Invalid` at `file`."""
    actor.require(Can.CHANGE_BRAND, Node.root())
    logo = None if content is None else _logo(content, "file")
    return _changed(actor, lambda row: _put(row, logo))


def _changed(actor: Actor, change: Callable[[Brand], None]) -> Brand:
    with transaction.atomic():
        root = Node.objects.select_for_update(no_key=True).get(parent=None)
        row = Brand.objects.filter(pk=_KEY).first() or Brand(pk=_KEY)
        before = _facts(row)
        change(row)
        rows.store(row)
        if before != _facts(row):
            audit.record(actor, "change", row, root, before=before, after=_facts(row))
        transaction.on_commit(brand.forget)
    brand.forget()
    return row


def _accent(typed: str) -> str:
    """Return a colour that white letters can be read on, or nothing."""
    text = typed.strip().lower()
    if not text:
        return ""
    text = text if text.startswith("#") else f"#{text}"
    if not colours.is_colour(text):
        message = _("Enter a colour as # and six digits or letters from a to f, such as #4453d8.")
        raise Invalid({"accent": message})
    try:
        colours.palette(text)
    except colours.PaleAccent as fault:
        message = _(
            "White letters on %(colour)s cannot be read: their contrast is %(ratio)s to 1, and 4.5"
            " to 1 is the least (WCAG AA). Choose a darker colour, such as %(darker)s."
        )
        told = {"colour": text, "ratio": f"{fault.ratio:.1f}", "darker": fault.darker}
        raise Invalid({"accent": message % told}) from fault
    return text


def _logo(content: bytes, field: str) -> pictures.Picture:
    try:
        return pictures.read_logo(content)
    except pictures.PictureError as fault:
        raise Invalid({field: _(str(fault))}) from fault


def _put(row: Brand, logo: pictures.Picture | None) -> None:
    row.logo = logo.content if logo else None
    row.logo_digest = sha256(logo.content).hexdigest()[:_DIGITS] if logo else ""
    row.logo_width = logo.width if logo else 0
    row.logo_height = logo.height if logo else 0


def _facts(row: Brand) -> audit.Facts:
    return {"name": row.name, "accent": row.accent, "logo": row.logo_digest}
