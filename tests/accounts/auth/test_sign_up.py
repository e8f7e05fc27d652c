from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from zeal import zeal_ignore

from accounts.models import User


def test_people_are_unique_without_case(maya):
    for email, name in [("MAYA@example.org", "Other"), ("other@example.org", "mAYA")]:
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user(email, "pw", display_name=name)


def test_the_public_name_is_the_pseudonym(maya):
    assert str(maya) == "Maya"


def test_staff_log_in_to_the_admin_by_email(client, elif_):
    response = client.post(reverse("admin:login"), {"username": "elif@example.org", "password": "pw"})
    assert response.status_code == 302


def test_the_admin_shows_no_password_hash(client, maya):
    client.force_login(User.objects.create_superuser("boss@example.org", "pw", display_name="Boss"))
    with zeal_ignore():  # who is logged in and who is shown are two people
        html = client.get(reverse("admin:accounts_user_change", args=[maya.pk])).content.decode()
    assert maya.password not in html
    assert "md5" not in html


def test_demo_accounts_refuse_outside_development_and_work_within(db, settings):
    with pytest.raises(CommandError, match="development settings only"):
        call_command("demo_accounts")
    settings.DEBUG = True
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    call_command("demo_accounts", stdout=out)
    assert User.objects.count() == 12
    assert "elif@example.org" in out.getvalue()
    assert User.objects.get(email="elif@example.org").has_perm("guide.publish_articlerevision")


def test_the_worker_does_each_chore(db, client, maya):
    call_command("worker", "--once")
