"""Groups as a tree, and all that is known of a person; people are found by trigrams."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import doorward.kit.clock
import doorward.people.models.people
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models

# Who is there already is numbered as `people.actions.numbers` goes on numbering.
NUMBER_EVERYBODY = """
UPDATE people_person person SET personnel_id = numbered.number::text
FROM (
    SELECT id, 10000 + row_number() OVER (PARTITION BY site_id ORDER BY id) AS number
    FROM people_person
) numbered
WHERE numbered.id = person.id;
INSERT INTO people_personnelcounter (site_id, last)
SELECT site_id, 10000 + count(*) FROM people_person GROUP BY site_id;
"""

# A person's group, and a group's parent, are of the same company.
WITHIN_COMPANY = """
ALTER TABLE people_group ADD CONSTRAINT group_of_company UNIQUE (id, company_id);
ALTER TABLE people_group ADD CONSTRAINT group_parent_of_company
    FOREIGN KEY (parent_id, company_id) REFERENCES people_group (id, company_id);
ALTER TABLE people_person ADD CONSTRAINT person_group_of_company
    FOREIGN KEY (group_id, company_id) REFERENCES people_group (id, company_id);
"""
WITHOUT_COMPANY = """
ALTER TABLE people_person DROP CONSTRAINT person_group_of_company;
ALTER TABLE people_group DROP CONSTRAINT group_parent_of_company;
ALTER TABLE people_group DROP CONSTRAINT group_of_company;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('kit', '0002_trigrams'),
        ('people', '0001_initial'),
        ('sites', '0001_initial'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonnelCounter',
            fields=[
                ('site', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='sites.site')),
                ('last', models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='email',
            field=models.EmailField(blank=True, max_length=254, verbose_name='e-mail'),
        ),
        migrations.AddField(
            model_name='person',
            name='floors',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, default=list, size=10, verbose_name='floors'),
        ),
        migrations.AddField(
            model_name='person',
            name='landline',
            field=phonenumber_field.modelfields.PhoneNumberField(blank=True, error_messages={'invalid': 'Write the whole number with its country, such as +49 30 901820.'}, max_length=20, region=None, verbose_name='landline'),
        ),
        migrations.AddField(
            model_name='person',
            name='language',
            field=models.CharField(choices=doorward.people.models.people.languages, default='en', max_length=10, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='person',
            name='mobile',
            field=phonenumber_field.modelfields.PhoneNumberField(blank=True, error_messages={'invalid': 'Write the whole number with its country, such as +49 30 901820.'}, max_length=20, region=None, verbose_name='mobile'),
        ),
        migrations.AddField(
            model_name='person',
            name='personnel_id',
            field=models.CharField(default='', max_length=32, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9_-]{1,32}\\Z', 'Use 1 to 32 letters, digits, dashes or underscores, such as 10442.')], verbose_name='personnel ID'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='person',
            name='remark',
            field=models.CharField(blank=True, max_length=255, verbose_name='remark'),
        ),
        migrations.AddField(
            model_name='person',
            name='status',
            field=models.CharField(choices=[('active', 'Active'), ('suspended', 'Suspended')], default='active', max_length=9, verbose_name='status'),
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('floors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, default=list, size=10, verbose_name='floors')),
                ('ancestors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, editable=False, size=None)),
                ('created_at', models.DateTimeField(default=doorward.kit.clock.now)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='sites.company')),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.node')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='children', to='people.group', verbose_name='parent group')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='sites.site')),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='group',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='people.group', verbose_name='group'),
        ),
        migrations.AddField(
            model_name='person',
            name='sought',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat(models.Value(' '), models.F('first_name'), models.Value(' '), models.F('last_name'), models.Value(' '), models.F('personnel_id'), models.Value(' '), models.F('email'), models.Value(' '), models.F('mobile'), output_field=models.TextField())), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name='person',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('sought', 'gin_trgm_ops'), name='person_by_words'),
        ),
        migrations.RunSQL(NUMBER_EVERYBODY, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(models.F('site'), django.db.models.functions.text.Lower('personnel_id'), name='person_personnel_id_unique', violation_error_code='personnel_id', violation_error_message='This personnel ID is taken at this site. Choose another.'),
        ),
        migrations.AddIndex(
            model_name='group',
            index=django.contrib.postgres.indexes.GinIndex(fields=['ancestors'], name='group_by_ancestor'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.UniqueConstraint(models.F('company'), models.F('parent'), django.db.models.functions.text.Lower('name'), name='group_name_unique', nulls_distinct=False, violation_error_code='name', violation_error_message='There is already a group of this name here. Choose another.'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('ancestors__len__lte', 5)), name='group_depth', violation_error_code='parent', violation_error_message='Groups nest at most five levels deep.'),
        ),
        migrations.RunSQL(WITHIN_COMPANY, WITHOUT_COMPANY),
    ]
