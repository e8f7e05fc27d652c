"""Signing the guide's text belongs to the reviewers' group, in which staff put verified clinicians."""

from django.db import migrations

from accounts.roles import REVIEWERS

MAY = ["sign_articlerevision", "view_articlerevision", "view_article", "view_source"]


def give_the_right(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects
    group = apps.get_model("auth", "Group").objects.get(name=REVIEWERS)
    group.permissions.add(*permissions.filter(content_type__app_label="guide", codename__in=MAY))


class Migration(migrations.Migration):
    dependencies = [("guide", "0002_groups"), ("accounts", "0003_groups_and_names")]

    operations = [migrations.RunPython(give_the_right, migrations.RunPython.noop, elidable=False)]
