from django.contrib.auth.management import create_permissions
from django.db import migrations

from accounts.roles import PERMISSIONS, VERIFIERS


def give(apps, schema_editor):
    config = apps.get_app_config("accounts")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    found = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="accounts")
    group = apps.get_model("auth", "Group").objects.get(name=VERIFIERS)
    group.permissions.add(*found.filter(codename__in=PERMISSIONS[VERIFIERS]))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_inbox_indexes")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop, elidable=False)]
