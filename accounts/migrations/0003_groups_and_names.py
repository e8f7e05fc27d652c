"""The groups of accounts/roles.py, and a claim on the name of everybody who was here before names were claimed."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

from accounts.names import skeleton
from accounts.roles import MODERATORS, PERMISSIONS, REVIEWERS, VERIFIERS


def make_groups(apps, schema_editor):
    config = apps.get_app_config("accounts")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="accounts")
    for name in (MODERATORS, REVIEWERS, VERIFIERS):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=PERMISSIONS.get(name, [])))


def claim_names(apps, schema_editor):
    claims = apps.get_model("accounts", "NameClaim").objects
    for user in apps.get_model("accounts", "User").objects.order_by("pk"):
        claims.get_or_create(key=skeleton(user.display_name), defaults={"user": user})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_people"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(claim_names, migrations.RunPython.noop, elidable=False),
    ]
