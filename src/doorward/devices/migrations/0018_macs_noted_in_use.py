from django.db import migrations

# What no device uses is listed without a look at each device. The trigger comes first: once it is
# there no device is added or deleted unseen, and those that are there already are looked at next.
# Whoever binds or frees a MAC holds its entry before the trigger writes it; see `MacEntries.hold`.
NOTE = """
CREATE FUNCTION devices_note_mac_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE devices_macentry SET in_use = false WHERE id = OLD.mac_entry_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE devices_macentry SET in_use = true WHERE id = NEW.mac_entry_id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER devices_device_takes_mac AFTER INSERT OR DELETE ON devices_device
    FOR EACH ROW EXECUTE FUNCTION devices_note_mac_use();

CREATE TRIGGER devices_device_changes_mac AFTER UPDATE OF mac_entry_id ON devices_device
    FOR EACH ROW WHEN (OLD.mac_entry_id IS DISTINCT FROM NEW.mac_entry_id)
    EXECUTE FUNCTION devices_note_mac_use();
"""
FORGET = """
DROP TRIGGER devices_device_takes_mac ON devices_device;
DROP TRIGGER devices_device_changes_mac ON devices_device;
DROP FUNCTION devices_note_mac_use();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0017_macs_in_use'),
    ]

    operations = [
        migrations.RunSQL(NOTE, FORGET),
    ]
