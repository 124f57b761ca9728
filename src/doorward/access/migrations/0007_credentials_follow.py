from django.db import migrations

# What somebody holds is listed by where it is, without a look at each holder: so it has to be where
# they are, at once. The lock order is that of every deed on credentials: people, then theirs. So is
# the order here: once there is the trigger nobody moves unseen, and who has moved before is followed.
FOLLOW = """
CREATE FUNCTION access_follow_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE access_credential SET node_id = NEW.node_id WHERE person_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER access_credential_follows AFTER UPDATE OF node_id ON people_person
    FOR EACH ROW WHEN (OLD.node_id <> NEW.node_id) EXECUTE FUNCTION access_follow_holder();

UPDATE access_credential AS held SET node_id = holder.node_id
    FROM people_person AS holder
    WHERE holder.id = held.person_id AND holder.node_id <> held.node_id;
"""
STAY = """
DROP TRIGGER access_credential_follows ON people_person;
DROP FUNCTION access_follow_holder();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0006_dated_windows'),
        ('people', '0006_counted_by_group'),
    ]

    operations = [
        migrations.RunSQL(FOLLOW, STAY),
    ]
