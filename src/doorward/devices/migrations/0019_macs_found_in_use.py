from django.db import migrations

# Apart from the trigger, whose making keeps everybody from writing devices until it is committed.
# Entries are held first, in the order in which everybody holds them. Only then is it asked which of
# them are still in use: one that was freed while it was waited for would be noted for ever. What
# comes into use in between is noted by the trigger, and left alone here.
HOLD = """
SELECT count(*) FROM (
    SELECT entry.id FROM devices_macentry AS entry
    JOIN devices_device AS device ON device.mac_entry_id = entry.id
    ORDER BY entry.id FOR NO KEY UPDATE OF entry
) AS held
"""
FILL = """
UPDATE devices_macentry AS entry SET in_use = true FROM devices_device AS device
WHERE device.mac_entry_id = entry.id AND NOT entry.in_use
"""


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0018_macs_noted_in_use'),
    ]

    operations = [
        migrations.RunSQL([HOLD, FILL], migrations.RunSQL.noop),
    ]
