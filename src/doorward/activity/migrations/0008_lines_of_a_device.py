from django.db import migrations

# The lines of a device in their order, for whoever asks for these alone: what tells doubles apart
# begins by the device as well, and yet knows them by their numbers in its own log.
MAKE_INDEX = """
CREATE INDEX activity_doorevent_device ON activity_doorevent (device_id, at DESC, id DESC);
"""
DROP_INDEX = "DROP INDEX activity_doorevent_device;"


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0007_quarantined_and_counted'),
    ]

    operations = [
        migrations.RunSQL(MAKE_INDEX, DROP_INDEX),
    ]
