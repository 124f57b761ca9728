"""Trigram indexes, by which lists find parts of words among a million rows."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import DatabaseError, migrations

_MEND = (
    "This PostgreSQL has no extension pg_trgm, or the role of DATABASE_URL may not create it. "
    "Install PostgreSQL's contrib package if need be, let an administrator run "
    "'CREATE EXTENSION pg_trgm;' in this database, and start again."
)


class Trigrams(TrigramExtension):
    """Create pg_trgm, or say what to do where that cannot be."""

    def database_forwards(self, *args):
        try:
            super().database_forwards(*args)
        except DatabaseError as refusal:
            raise SystemExit(_MEND) from refusal


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_mail")]

    operations = [Trigrams()]
