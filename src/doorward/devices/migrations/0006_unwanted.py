from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0005_drift'),
    ]

    operations = [
        migrations.AlterField(
            model_name='moment',
            name='kind',
            field=models.CharField(choices=[('online', 'Online'), ('offline', 'Offline'), ('restarted', 'Restarted'), ('identified', 'Identity changed'), ('clock', 'Clock jumped'), ('not_taken', 'Not taken'), ('taken', 'All taken'), ('found', 'Found'), ('mended', 'Mended'), ('drift', 'Changed on site'), ('put_right', 'Put right'), ('alarm', 'Alarm'), ('alarm_over', 'Alarm over')], max_length=12),
        ),
        migrations.RemoveIndex(
            model_name='stranger',
            name='stranger_unknown',
        ),
        migrations.AddField(
            model_name='stranger',
            name='unwanted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='stranger',
            index=models.Index(condition=models.Q(('elsewhere', False), ('kept_at', None), ('unwanted_at', None)), fields=['device'], name='stranger_unknown'),
        ),
        migrations.AddConstraint(
            model_name='stranger',
            constraint=models.CheckConstraint(condition=models.Q(('kept_at', None), ('unwanted_at', None), _connector='OR'), name='stranger_kept_or_unwanted'),
        ),
    ]
