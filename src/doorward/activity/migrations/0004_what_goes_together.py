from django.db import migrations

# A door and a person belong to one site, and some people pass some doors all day. Without knowing
# it, the database multiplies how rare each of them is, expects next to no lines of a person at a
# door, and gathers all of them to sort them instead of reading the newest from an index.
KNOW_TOGETHER = """
CREATE STATISTICS activity_doorevent_together (dependencies, mcv)
    ON site_id, door_id, company_id, person_id FROM activity_doorevent;

DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'activity_doorevent'::regclass
    LOOP
        EXECUTE format(
            'CREATE STATISTICS %I (dependencies, mcv)'
            ' ON site_id, door_id, company_id, person_id FROM %s', part || '_together', part);
        EXECUTE format('ANALYZE %s', part);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION activity_make_partition(month date) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    part text := 'activity_doorevent_' || to_char(month, 'YYYYMM');
    since timestamptz := month::timestamp AT TIME ZONE 'UTC';
    until timestamptz := (month + interval '1 month')::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN FALSE;
    END IF;
    EXECUTE format(
        'CREATE TABLE %I (LIKE activity_doorevent INCLUDING DEFAULTS INCLUDING STATISTICS)', part);
    EXECUTE format(
        'WITH moved AS (DELETE FROM activity_doorevent_default WHERE at >= %L AND at < %L'
        ' RETURNING *) INSERT INTO %I SELECT * FROM moved', since, until, part);
    EXECUTE format(
        'ALTER TABLE activity_doorevent ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        part, since, until);
    RETURN TRUE;
END
$$;
"""
# New partitions have what the table has: without it, none.
FORGET = """
DO $$
DECLARE
    known text;
BEGIN
    FOR known IN
        SELECT stxnamespace::regnamespace || '.' || quote_ident(stxname) FROM pg_statistic_ext
        WHERE stxrelid = 'activity_doorevent'::regclass OR stxrelid IN (
            SELECT inhrelid FROM pg_inherits WHERE inhparent = 'activity_doorevent'::regclass)
    LOOP
        EXECUTE 'DROP STATISTICS ' || known;
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0003_log_by_time_and_rarity'),
    ]

    operations = [
        migrations.RunSQL(KNOW_TOGETHER, FORGET),
    ]
