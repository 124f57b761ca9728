import django.db.models.deletion
from django.db import migrations, models

# What no device uses is listed without a look at each device. The entry of each MAC is locked by
# whoever binds or frees it, or nobody else can bind it meanwhile. First the trigger: once it is
# there no device is added or deleted unseen, and those that are there already are looked at.
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

UPDATE devices_macentry SET in_use = true
    FROM devices_device AS device WHERE device.mac_entry_id = devices_macentry.id;
"""
FORGET = """
DROP TRIGGER devices_device_takes_mac ON devices_device;
DROP TRIGGER devices_device_changes_mac ON devices_device;
DROP FUNCTION devices_note_mac_use();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0016_sorted_across'),
        ('tenancy', '0024_accounts_in_order'),
    ]

    operations = [
        migrations.AddField(
            model_name='macentry',
            name='in_use',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.RunSQL(NOTE, FORGET),
        migrations.AddIndex(
            model_name='macentry',
            index=models.Index(fields=['in_use', 'registered_at', 'id'], name='mac_by_use'),
        ),
        migrations.AddIndex(
            model_name='macentry',
            index=models.Index(fields=['node', 'in_use', 'registered_at', 'id'], name='mac_of_node'),
        ),
        migrations.AlterField(
            model_name='macentry',
            name='node',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='macs', to='tenancy.node'),
        ),
    ]
