from django.db import migrations

# The log of everything by time, for lists that begin at no site; and, for what is asked for at a
# site and is rare in it, indexes that have the rare lines only: they cost next to nothing to keep.
MAKE_INDEXES = """
CREATE INDEX activity_doorevent_time ON activity_doorevent (at DESC, id DESC);
CREATE INDEX activity_doorevent_refused ON activity_doorevent (site_id, at DESC, id DESC)
    WHERE NOT accepted;
CREATE INDEX activity_doorevent_disputed ON activity_doorevent (site_id, at DESC, id DESC)
    WHERE disputed;
CREATE INDEX activity_doorevent_reason ON activity_doorevent (site_id, reason, at DESC, id DESC)
    WHERE reason <> 'ok';
CREATE INDEX activity_doorevent_reason_everywhere ON activity_doorevent
    (reason, at DESC, id DESC) WHERE reason <> 'ok';
CREATE INDEX activity_doorevent_method ON activity_doorevent (site_id, method, at DESC, id DESC)
    WHERE method <> 'card';
"""
DROP_INDEXES = """
DROP INDEX activity_doorevent_time, activity_doorevent_refused, activity_doorevent_disputed,
    activity_doorevent_reason, activity_doorevent_reason_everywhere, activity_doorevent_method;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0002_alarms'),
    ]

    operations = [
        migrations.RunSQL(MAKE_INDEXES, DROP_INDEXES),
    ]
