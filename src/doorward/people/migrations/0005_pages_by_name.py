from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("people", "0004_photos")]

    operations = [
        migrations.RemoveIndex(model_name="person", name="person_by_name"),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["site", "last_name", "first_name", "id"], name="person_by_name"
            ),
        ),
    ]
