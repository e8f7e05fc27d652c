from django.core.management import call_command

from forum.models import ReasonTemplate


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_new_database_has_the_reason_templates(db):
    codes = ReasonTemplate.objects.order_by("position").values_list("code", flat=True)
    assert list(codes) == [
        *("dose", "source", "private", "unkind", "wrong", "spam", "place"),
        *("secret", "sharing", "danger", "minor", "off-topic", "other"),
    ]
