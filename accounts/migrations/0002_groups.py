"""Create every role's group and grant the verifiers their permissions. tests/accounts/test_roles.py compares with roles.py."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = {
    "Guide editors": [],  # guide.0002 grants permissions on the guide's models
    "Guide reviewers": [],
    "Lead moderators": [],
    "Moderators": [],
    "Verifiers": [
        "impose_sanction",
        "verify_credential",
        "view_credential",
        "view_sanction",
        "view_sanctionappeal",
        "view_user",
    ],
}


def create_groups(apps, schema_editor):
    create_permissions_now(apps, schema_editor)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="accounts")
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*[permissions.get(codename=codename) for codename in codenames])


def create_permissions_now(apps, schema_editor):
    """Create the app's permissions, which Django itself does only after the last migration."""
    config = apps.get_app_config("accounts")
    config.models_module = True  # create_permissions() skips an app without one, as every app in a migration is
    create_permissions(config, apps=apps, using=schema_editor.connection.alias, verbosity=0)
    config.models_module = None


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(create_groups, migrations.RunPython.noop, elidable=False)]
