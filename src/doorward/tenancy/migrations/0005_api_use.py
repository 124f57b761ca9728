from django.db import migrations

# Counts of the running minute: worth no write-ahead log, and rewritten in place at each request.
CREATE = """
CREATE UNLOGGED TABLE tenancy_api_use (
    caller text PRIMARY KEY,
    minute bigint NOT NULL,
    asked integer NOT NULL
) WITH (fillfactor = 50)
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_sign_in")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE tenancy_api_use")]
