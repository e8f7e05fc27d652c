"""Grant editors and reviewers their permissions on the guide's models."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

EDITABLE = """
    article bestanswer feedback glossaryterm helpline helplinereport matrixcell matrixrow milestone outcomearm outcomefigure picture question questiongroup
    safetymessage searchsynonym section sideeffect sitepage source story supportgroup treatment video videotopic
""".split()
READ_ONLY = ["articlerevision", "proposal", "proposaldecision", "remark", "searchentry", "searchword"]
GROUPS = {
    "Guide editors": [
        "publish_articlerevision",
        *(f"view_{model}" for model in READ_ONLY),
        *(f"{verb}_{model}" for model in EDITABLE for verb in ("add", "change", "delete", "view")),
    ],
    "Guide reviewers": ["sign_articlerevision", "view_article", "view_articlerevision", "view_source"],
}


def grant_permissions(apps, schema_editor):
    create_permissions_now(apps, schema_editor)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="guide")
    for name, codenames in GROUPS.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        group.permissions.add(*[permissions.get(codename=codename) for codename in codenames])


def create_permissions_now(apps, schema_editor):
    """Create the app's permissions, which Django itself does only after the last migration."""
    config = apps.get_app_config("guide")
    config.models_module = True  # create_permissions() skips an app without one, as every app in a migration is
    create_permissions(config, apps=apps, using=schema_editor.connection.alias, verbosity=0)
    config.models_module = None


class Migration(migrations.Migration):
    dependencies = [("guide", "0001_initial"), ("accounts", "0002_groups")]

    operations = [migrations.RunPython(grant_permissions, migrations.RunPython.noop, elidable=False)]
