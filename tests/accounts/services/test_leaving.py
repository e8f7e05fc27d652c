from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.mail import send_mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    Barrier,
    Credential,
    CredentialEvent,
    Evidence,
    NameClaim,
    Preference,
    SanctionAppeal,
    User,
)
from accounts.services.exports import ask_for_export, make_exports
from accounts.services.leaving import TO_THINK_OVER, ask_to_leave, erase_the_departed, stay
from accounts.services.names import is_taken, rename
from accounts.services.notifications import notify
from accounts.services.sanctions import appeal, impose, lift
from tests.conftest import person

TRACES = [
    "maya@example.org",
    "Maya",
    "mayflower",
    "Mayflower",
    "Maya Ann Legal",
    "LIC-77-MAYA",
    "1234567893",
    "203.0.113.77",
]


def leave_now(user):
    ask_to_leave(user, parting="leave")
    User.objects.filter(pk=user.pk).update(leaving_since=timezone.now() - TO_THINK_OVER)
    return erase_the_departed()


def everywhere():
    """Every value of every column of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public' "
            "and table_name in (select table_name from information_schema.tables where table_type = 'BASE TABLE')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'select "{column}"::text from "{table}" where "{column}" is not null')  # noqa: S608
            for (value,) in cursor.fetchall():
                yield table, column, value


@pytest.fixture
def busy_maya(client, maya, noah, vera):
    """Maya, with rows in every table that can hold something of a person."""
    rename(maya, "Mayflower", by=maya)
    maya.refresh_from_db()
    client.force_login(maya)
    client.get(reverse("accounts:home"), headers={"user-agent": "Maya's Firefox"}, REMOTE_ADDR="203.0.113.77")
    Preference.objects.create(user=maya, kind="export", delivery="daily")
    Barrier.objects.create(owner=maya, other=noah, kind="block")
    Barrier.objects.create(owner=noah, other=maya, kind="mute")
    private = {
        "legal_name": "Maya Ann Legal",
        "licence_number": "LIC-77-MAYA",
        "npi": "1234567893",
        "public_name": "Maya",
    }
    credential = Credential.objects.create(user=maya, profession="nurse", **private)
    CredentialEvent.objects.create(credential=credential, action="submitted", by=maya, reason="I am Maya Ann Legal.")
    evidence = Evidence(credential=credential, content_type="application/pdf")
    evidence.file.save("x.pdf", ContentFile(b"%PDF Maya Ann Legal"))
    told = impose(maya, by=vera, kind="suspension", reason="Maya wrote so.", message="Dear Maya,")
    appeal(told, by=maya, text="Maya here.")
    lift(told, by=vera, reason="Maya was right.")
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=vera, content_type=kind, object_id=maya.pk, object_repr="Mayflower", action_flag=CHANGE
    )
    notify(maya, "export", "Hello.", "/")
    send_mail("Hello", "Dear Maya", None, ["maya@example.org"])
    ask_for_export(maya)
    make_exports()
    return maya


def test_after_erasure_no_table_and_no_file_knows_the_person(busy_maya):
    before = {trace for _, _, value in everywhere() for trace in TRACES if trace in value}
    assert before == set(TRACES) - {"203.0.113.77"}  # the address was never kept at all
    assert leave_now(busy_maya) == 1
    found = [(table, column, trace) for table, column, value in everywhere() for trace in TRACES if trace in value]
    assert found == []
    files = [f for f in settings.PRIVATE_ROOT.rglob("*") if f.is_file()]
    assert [f for f in files if any(t.encode() in f.read_bytes() for t in TRACES)] == []


def test_what_others_rely_on_stays_without_the_name(busy_maya):
    leave_now(busy_maya)
    busy_maya.refresh_from_db()
    assert (str(busy_maya), busy_maya.state, busy_maya.has_usable_password()) == ("former member", "erased", False)
    assert busy_maya.sanctions.get().reason == "(erased)"
    assert busy_maya.credentials.get().profession == "nurse"
    assert SanctionAppeal.objects.get().text == "(erased)"


def test_nobody_can_take_the_names_of_somebody_who_left(busy_maya):
    leave_now(busy_maya)
    assert [is_taken(name) for name in ("Maya", "MAYFL0WER", "mауа", "Somebody")] == [True, True, True, False]
    assert NameClaim.objects.filter(user=None).count() == 2


def test_nobody_else_loses_anything(busy_maya, noah, vera):
    notify(noah, "export", "Hello.", "/")
    send_mail("Hello", "Dear Noah", None, ["noah@example.org"])
    leave_now(busy_maya)
    noah.refresh_from_db()
    assert (noah.email, noah.notifications.count(), noah.letters.count()) == ("noah@example.org", 1, 0)
    assert EmailAddress.objects.filter(user=noah).exists()


@pytest.mark.parametrize(("days", "erased"), [(13.9, 0), (14, 1)])
def test_two_weeks_to_change_ones_mind(maya, days, erased):
    ask_to_leave(maya, parting="remove")
    User.objects.filter(pk=maya.pk).update(leaving_since=timezone.now() - timedelta(days=days))
    assert erase_the_departed() == erased


def test_changing_ones_mind(maya):
    ask_to_leave(maya, parting="remove")
    stay(maya)
    maya.refresh_from_db()
    assert (maya.state, maya.leaving_since, maya.parting, erase_the_departed()) == ("active", None, "", 0)


@pytest.mark.parametrize(("state", "act"), [("active", stay), ("erased", stay), ("leaving", None), ("erased", None)])
def test_illegal_moves(maya, state, act):
    User.objects.filter(pk=maya.pk).update(state=state)
    with pytest.raises(ValidationError):
        act(maya) if act else ask_to_leave(maya, parting="leave")


def test_the_last_administrator_stays(db):
    boss = person("boss", "Boss", is_staff=True, is_superuser=True)
    with pytest.raises(ValidationError, match="only administrator"):
        ask_to_leave(boss, parting="leave")
    person("other", "Other boss", is_staff=True, is_superuser=True)
    ask_to_leave(boss, parting="leave")


def test_moderation_does_not_hold_anybody_back(busy_maya):
    ask_to_leave(busy_maya, parting="remove")
    assert User.objects.get(pk=busy_maya.pk).state == "leaving"
