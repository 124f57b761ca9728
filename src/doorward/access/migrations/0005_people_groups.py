from django.db import migrations, models

# Named themselves, or in a group of people that is named or lies below one that is. How a named
# group is found beneath is said twice: one way finds groups by people, the other people by groups.
# Each half is searched by its tables' indexes; a person named twice is in the group once.
MAKE_VIEW = """
CREATE OR REPLACE VIEW access_member AS
SELECT accessgroup_id, person_id FROM access_accessgroup_people
UNION
SELECT named.accessgroup_id, person.id AS person_id
FROM access_accessgroup_people_groups named
JOIN people_group beneath ON beneath.ancestors @> ARRAY[named.group_id]
    AND named.group_id = ANY(beneath.ancestors)
JOIN people_person person ON person.group_id = beneath.id;
"""
MAKE_OLD_VIEW = """
CREATE OR REPLACE VIEW access_member AS
SELECT accessgroup_id, person_id FROM access_accessgroup_people;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0004_found_by_words'),
        ('people', '0002_people_in_full'),
    ]

    operations = [
        migrations.AddField(
            model_name='accessgroup',
            name='people_groups',
            field=models.ManyToManyField(blank=True, related_name='accessgroups', to='people.group', verbose_name='groups of people'),
        ),
        migrations.RunSQL(MAKE_VIEW, MAKE_OLD_VIEW),
    ]
