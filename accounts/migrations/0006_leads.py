"""The group of those who are responsible for the moderators."""

from django.db import migrations

from accounts.roles import LEADS


def make_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.get_or_create(name=LEADS)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_verifiers_see_appeals")]

    operations = [migrations.RunPython(make_group, migrations.RunPython.noop, elidable=False)]
