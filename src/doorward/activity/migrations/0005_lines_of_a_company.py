from django.db import migrations

# What is rare among the lines of a company: they are found by the company, and not among those of
# its site. Lines of nobody's, and all that is as usual, cost nothing.
MAKE_INDEXES = """
CREATE INDEX activity_doorevent_company_reason ON activity_doorevent
    (company_id, reason, at DESC, id DESC) WHERE company_id IS NOT NULL AND reason <> 'ok';
CREATE INDEX activity_doorevent_company_method ON activity_doorevent
    (company_id, method, at DESC, id DESC) WHERE company_id IS NOT NULL AND method <> 'card';
"""
DROP_INDEXES = """
DROP INDEX activity_doorevent_company_reason, activity_doorevent_company_method;
"""
# Which companies' people pass which doors: at the doors that most pass, one knows no more than
# how rare each of the two is.
KNOW_PLACES = """
CREATE STATISTICS activity_doorevent_places (mcv)
    ON site_id, door_id, company_id FROM activity_doorevent;

DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'activity_doorevent'::regclass
    LOOP
        EXECUTE format(
            'CREATE STATISTICS %I (mcv) ON site_id, door_id, company_id FROM %s',
            part || '_places', part);
        EXECUTE format('ANALYZE %s', part);
    END LOOP;
END
$$;
"""
# New partitions have what the table has: without it, none.
FORGET_PLACES = """
DO $$
DECLARE
    known text;
BEGIN
    FOR known IN
        SELECT stxnamespace::regnamespace || '.' || quote_ident(stxname) FROM pg_statistic_ext
        WHERE array_length(stxkeys::smallint[], 1) = 3 AND (
            stxrelid = 'activity_doorevent'::regclass OR stxrelid IN (
                SELECT inhrelid FROM pg_inherits WHERE inhparent = 'activity_doorevent'::regclass))
    LOOP
        EXECUTE 'DROP STATISTICS ' || known;
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0004_what_goes_together'),
    ]

    operations = [
        migrations.RunSQL(MAKE_INDEXES, DROP_INDEXES),
        migrations.RunSQL(KNOW_PLACES, FORGET_PLACES),
    ]
