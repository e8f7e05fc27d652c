"""The editors' group. Publishing is theirs; signing belongs to no group yet, since no clinician has been verified."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

READ_ONLY = {"articlerevision", "revisiondecision", "searchentry", "searchword"}


def make_groups(apps, schema_editor):
    config = apps.get_app_config("guide")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="guide")
    editors, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Guide editors")
    editors.permissions.set(p for p in permissions if may_edit(p.codename))


def may_edit(codename):
    verb, _, model = codename.partition("_")
    if codename == "publish_articlerevision":
        return True
    return verb == "view" or (verb in ("add", "change", "delete") and model not in READ_ONLY)


class Migration(migrations.Migration):
    dependencies = [
        ("guide", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop, elidable=False)]
