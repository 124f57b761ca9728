import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0022_address_asked_for'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='account',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='node',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.node'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['node', 'verb', '-id'], name='audit_by_deed'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['verb', '-id'], name='audit_by_verb'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['account', '-id'], name='audit_by_account'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(condition=models.Q(('acting_for', ''), _negated=True), fields=['node', '-id'], name='audit_of_support'),
        ),
    ]
