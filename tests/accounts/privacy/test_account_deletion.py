import threading
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import connection
from django.utils import timezone

from accounts.models import NameClaim, Notification, SanctionAppeal, User
from accounts.notifications.inbox import queue_emails
from accounts.privacy import exports
from accounts.privacy.account_deletion import (
    DELETION_GRACE_PERIOD,
    cancel_deletion,
    erase_due_accounts,
    request_deletion,
)
from accounts.privacy.erasure import erase
from accounts.privacy.exports import ask_for_export, make_exports
from accounts.profiles.names import is_taken
from core.transitions import IllegalTransition
from forum.personal_data import NOTES
from guide.models import ProposalDecision
from tests.accounts.concurrency import ADDRESS, TRACES, pointers, stored, traces
from tests.conftest import person


def leave_now(user):
    request_deletion(user, posts_choice="leave")
    User.objects.filter(pk=user.pk).update(deletion_requested_at=timezone.now() - DELETION_GRACE_PERIOD)
    return erase_due_accounts()


def test_maya_is_in_every_column_that_can_point_at_a_person(busy_maya):
    """Without this the next test could find nothing where nothing was."""
    empty = [
        (m._meta.label, name) for m, name in pointers() if not m._base_manager.filter(**{name: busy_maya}).exists()
    ]
    assert empty == []


def test_after_erasure_no_table_no_session_and_no_file_knows_the_person(busy_maya):
    before = traces()
    assert {trace for _, trace in before} == set(TRACES) - {ADDRESS}  # the address was never kept at all
    places = {place.split("/")[-1] for place, _ in before}
    assert {"session data", "data.json", "data.html"} <= places
    assert {f"{model._meta.db_table}.{field}" for model, field in NOTES} <= places
    assert leave_now(busy_maya) == 1
    assert traces() == set()


def test_the_search_would_find_what_is_left(busy_maya):
    busy_maya.exports.filter(state="waiting").delete()
    assert any(place.endswith(".zip/data.json") for place, _ in stored())


def test_what_others_rely_on_stays_without_the_name(busy_maya, noah):
    leave_now(busy_maya)
    busy_maya.refresh_from_db()
    assert (str(busy_maya), busy_maya.state, busy_maya.has_usable_password()) == ("former member", "erased", False)
    assert (busy_maya.email, busy_maya.is_active) == (f"erased-{busy_maya.pk}@invalid", False)
    assert {busy_maya.date_joined, busy_maya.named_at} == {
        busy_maya.date_joined.replace(day=1, hour=0, minute=0, second=0)
    }
    assert (busy_maya.groups.count(), busy_maya.user_permissions.count()) == (0, 0)
    assert busy_maya.sanctions.get().reason == "(erased)"
    assert (busy_maya.credentials.get().profession, busy_maya.credentials.get().state) == ("nurse", "withdrawn")
    assert SanctionAppeal.objects.get(sanction__user=busy_maya).text == "(erased)"
    assert ProposalDecision.objects.get(action="signed").credential == "a clinician who has since left"
    assert noah.sanctions.filter(by=busy_maya).get().reason == "Hm."


def test_names_of_erased_members_cannot_be_taken(busy_maya):
    leave_now(busy_maya)
    assert [is_taken(name) for name in ("Maya", "MAYFL0WER", "mауа", "Somebody")] == [True, True, True, False]
    assert NameClaim.objects.filter(user=None).count() == 2


def test_nobody_else_loses_anything(client, busy_maya, noah, vera):
    send_mail("Hello", "Dear Noah", None, ["noah@example.org"])
    client.force_login(noah)
    client.post("/account/login/code/", {"email": "noah@example.org"})
    kind = ContentType.objects.get_for_model(User)
    note = {"content_type": kind, "object_id": noah.pk, "action_flag": CHANGE}
    LogEntry.objects.create(user=vera, object_repr="Mayflowers fan", **note)
    rows = (noah.notifications, noah.sanctions, noah.names, noah.sessions, EmailAddress.objects.filter(user=noah))
    before = [query.count() for query in rows]
    leave_now(busy_maya)
    assert ([query.count() for query in rows], 0 in before) == (before, False)
    assert User.objects.get(pk=noah.pk).email == "noah@example.org"
    assert LogEntry.objects.filter(object_repr="Mayflowers fan").exists()


@pytest.mark.parametrize(("days", "erased"), [(13.9, 0), (14, 1)])
def test_two_weeks_to_change_ones_mind(maya, days, erased):
    request_deletion(maya, posts_choice="remove")
    User.objects.filter(pk=maya.pk).update(deletion_requested_at=timezone.now() - timedelta(days=days))
    assert erase_due_accounts() == erased


def test_changing_ones_mind(maya):
    request_deletion(maya, posts_choice="remove")
    cancel_deletion(maya)
    maya.refresh_from_db()
    assert (maya.state, maya.deletion_requested_at, maya.posts_choice, erase_due_accounts()) == ("active", None, "", 0)


ACTS = {"ask": lambda user: request_deletion(user, posts_choice="leave"), "stay": cancel_deletion, "erase": erase}
LEGAL = {("active", "ask"), ("leaving", "stay"), ("leaving", "erase"), ("visitor", "erase")}


@pytest.mark.parametrize("state", User.State.values)
@pytest.mark.parametrize("act", ACTS)
def test_every_state_and_every_act(maya, state, act):
    User.objects.filter(pk=maya.pk).update(state=state)
    maya.refresh_from_db()
    if (state, act) in LEGAL:
        ACTS[act](maya)
    else:
        with pytest.raises(IllegalTransition):
            ACTS[act](maya)
    assert (User.objects.get(pk=maya.pk).state != state) is ((state, act) in LEGAL)


def test_a_deletion_request_is_confirmed_by_email(maya, settings):
    settings.MAIL_BURST_SECONDS = -1
    request_deletion(maya, posts_choice="leave")
    assert maya.notifications.get().url == "/account/leave/"
    assert queue_emails() == 1
    assert maya.emails.get().to == "maya@example.org"


def test_the_last_administrator_who_stays_cannot_leave(db):
    boss = person("boss", "Boss", is_staff=True, is_superuser=True)
    with pytest.raises(ValidationError, match="only administrator"):
        request_deletion(boss, posts_choice="leave")
    other = person("other", "Other boss", is_staff=True, is_superuser=True)
    request_deletion(boss, posts_choice="leave")
    with pytest.raises(ValidationError, match="only administrator"):  # for the first one is on their way out
        request_deletion(other, posts_choice="leave")


def test_who_became_the_last_administrator_meanwhile_is_not_erased(db):
    boss = person("boss", "Boss", is_staff=True, is_superuser=True)
    other = person("other", "Other boss", is_staff=True, is_superuser=True)
    request_deletion(boss, posts_choice="leave")
    User.objects.filter(pk=other.pk).update(is_active=False)
    User.objects.filter(pk=boss.pk).update(deletion_requested_at=timezone.now() - DELETION_GRACE_PERIOD)
    assert erase_due_accounts() == 0
    User.objects.filter(pk=other.pk).update(is_active=True)
    assert erase_due_accounts() == 1


def test_a_failed_erasure_does_not_stop_the_others(maya, noah, settings, caplog):
    settings.ERASERS = [f"{__name__}.spoil"]
    for user in (maya, noah):
        request_deletion(user, posts_choice="leave")
    User.objects.update(deletion_requested_at=timezone.now() - DELETION_GRACE_PERIOD)
    assert erase_due_accounts() == 1
    assert list(User.objects.order_by("pk").values_list("email", "state")) == [
        ("maya@example.org", "leaving"),
        (f"erased-{noah.pk}@invalid", "erased"),
    ]
    assert "RuntimeError" in caplog.text
    assert "maya@example.org" not in caplog.text


def spoil(user):
    if user.display_name == "Maya":
        raise RuntimeError(f"about {user.email}")


def test_open_moderation_does_not_delay_deletion(busy_maya):
    assert busy_maya.sanctions.filter(appeal__state="waiting").exists()
    assert leave_now(busy_maya) == 1


def test_no_rows_are_written_about_an_erased_member(busy_maya):
    leave_now(busy_maya)
    assert (make_exports(), Notification.objects.of(busy_maya).count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_leave_at_once_one_stays():
    bosses = [person(f"boss{n}", f"Boss {n}x", is_staff=True, is_superuser=True) for n in range(2)]
    start, refused = threading.Barrier(2), []

    def go(boss):
        start.wait()
        try:
            request_deletion(boss, posts_choice="leave")
        except ValidationError:
            refused.append(boss)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[boss]) for boss in bosses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (len(refused), User.objects.filter(state="active").count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_copy_in_the_making_does_not_outlive_its_owner(private_root, monkeypatch):
    """The worker that erases waits for the one that writes the file; else the file would lie there without a row."""
    maya = person("maya", "Maya")
    ask_for_export(maya)
    request_deletion(maya, posts_choice="leave")
    User.objects.update(deletion_requested_at=timezone.now() - DELETION_GRACE_PERIOD)
    writing = threading.Event()
    eraser = threading.Thread(target=lambda: (writing.wait(10), erase_due_accounts(), connection.close()))
    real = exports.collect

    def slow(user):
        writing.set()
        eraser.join(0.5)  # it tries, and waits
        return real(user)

    monkeypatch.setattr(exports, "collect", slow)
    eraser.start()
    assert make_exports() == 1
    eraser.join(20)
    assert User.objects.get().state == "erased"
    assert [file for file in private_root.rglob("*") if file.is_file()] == []
