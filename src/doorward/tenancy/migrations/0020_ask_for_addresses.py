"""Whoever signed in without an address is asked for one at their next page, too."""

from django.db import migrations

ASK = """
UPDATE tenancy_account SET awaits = 'email'
WHERE email = '' AND awaits = '' AND EXISTS (
    SELECT FROM tenancy_standing
    WHERE account_id = tenancy_account.id AND role <> 'personnel'
)
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0019_notice_choices")]

    operations = [migrations.RunSQL(ASK, migrations.RunSQL.noop)]
