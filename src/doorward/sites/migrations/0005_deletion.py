from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sites', '0004_services'),
    ]

    operations = [
        migrations.AddField(
            model_name='site',
            name='deleted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='site',
            name='deleted_by',
            field=models.CharField(blank=True, default='', max_length=150),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(
            model_name='site',
            name='site_name_unique',
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('installer', 'name'), name='site_name_unique', violation_error_code='name', violation_error_message='You already have a site of this name. Choose another.'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='site_deleted'),
        ),
    ]
