"""Saving a row so that what the schema forbids comes back as `Invalid` at the right field."""

from collections.abc import Collection

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from doorward.kit.errors import Invalid, Text

# What surely fits a bigint.
MAX_DIGITS = 18


def store(row: models.Model, *, only: Collection[str] | None = None) -> None:
    """Validate and save, `only` these fields if named; raise `Invalid`.

    A lost race against a like row is answered the same.
    """
    check(row)
    try:
        with transaction.atomic():
            row.save(update_fields=only)
    except IntegrityError:
        check(row)
        raise


def check(row: models.Model) -> None:
    """Raise `Invalid` for what fields or constraints object to.

    A constraint says by its `violation_error_code` at which field its message belongs.
    """
    try:
        row.full_clean()
    except ValidationError as error:
        raise Invalid(faults_of(error)) from error


def faults_of(error: ValidationError) -> dict[str, Text]:
    """Return one sentence a field."""
    faults: dict[str, Text] = {}
    for field, errors in error.error_dict.items():
        for fault in errors:
            place = fault.code if field == NON_FIELD_ERRORS and fault.code else field
            faults.setdefault(place, " ".join(fault.messages))
    return faults


def key_of(text: str) -> int | None:
    """Return the key that a stranger's text spells, or None where it can be none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None
