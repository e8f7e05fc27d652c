from datetime import datetime, time, timedelta

import pytest
from django.core import signing
from django.db import transaction
from django.utils import timezone

from accounts.models import Delivery, Notification, OutboxEmail, User
from accounts.notifications.inbox import (
    mail_due_at,
    mark_read,
    notify,
    queue_emails,
    read_unsubscribe_token,
    set_deliveries,
    stop_emails,
    unsubscribe_token,
)
from accounts.notifications.kinds import EXPORT, OWN_KINDS

seen = {"visible": True}
HIDEABLE = [EXPORT._replace(key="reply", still_visible=f"{__name__}.ask")]


def ask(notification):
    return seen["visible"]


@pytest.fixture
def at_once(settings):
    settings.MAIL_BURST_SECONDS = 0


def tell(user, kind="export", sentence="Your copy is ready."):
    return notify(user, kind, sentence, "/account/")


@pytest.mark.parametrize("kind", OWN_KINDS, ids=lambda k: k.key)
@pytest.mark.parametrize("delivery", Delivery)
def test_each_kind_is_delivered_as_the_member_chose(maya, kind, delivery):
    set_deliveries(maya, {kind.key: delivery})
    told = tell(maya, kind.key)
    if delivery == Delivery.NEVER and not kind.mandatory:
        assert told is None
    else:
        assert (told.mail_due_at is None) == (delivery in (Delivery.SITE, Delivery.NEVER))


def test_without_a_choice_the_default_of_the_kind_applies(maya):
    assert tell(maya).mail_due_at is not None


def test_an_unknown_kind_is_a_mistake_in_the_code(maya):
    with pytest.raises(KeyError):
        tell(maya, "nonsense")


def test_quiet_hours_delay_the_email_but_not_the_message(maya):
    maya.time_zone, maya.quiet_from, maya.quiet_until = "Europe/Berlin", time(22), time(7)
    night = datetime.fromisoformat("2026-11-23T23:00:00+01:00")
    assert mail_due_at(maya, Delivery.AT_ONCE, night).isoformat() == "2026-11-24T07:00:00+01:00"


def test_a_rolled_back_event_notifies_no_one(maya):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(maya)
        raise ZeroDivisionError
    assert Notification.objects.count() == 0


def test_a_burst_is_one_discreet_email(maya, noah, at_once):
    for person in (maya, maya, noah):
        tell(person, sentence="A sentence that stays on the site.")
    assert queue_emails() == 2
    letter = OutboxEmail.objects.get(recipient=maya)
    assert "There are 2 new messages for you, about: a file you asked for." in letter.body
    assert letter.subject == "You have news"
    for word in ("sentence that stays", "naltrexone", "maya"):
        assert word not in (letter.subject + letter.body).lower().replace("http://127.0.0.1:8000", "")
    assert queue_emails() == 0


def test_no_email_is_written_within_the_burst_time(maya):
    tell(maya)
    assert queue_emails() == 0
    Notification.objects.update(mail_due_at=timezone.now() - timedelta(seconds=1))
    assert queue_emails() == 1


def test_read_messages_are_not_mailed(maya, at_once):
    tell(maya)
    assert mark_read(maya) == 1
    assert queue_emails() == 0


def test_only_messages_that_are_still_visible_are_mailed(maya, at_once, settings):
    settings.NOTIFICATION_KINDS = [*settings.NOTIFICATION_KINDS, f"{__name__}.HIDEABLE"]
    for visible, letters in [(False, 0), (True, 1)]:
        seen["visible"] = visible
        tell(maya, "reply")
        assert queue_emails() == letters


@pytest.mark.parametrize("change", [{"is_active": False}, {"state": User.State.LEAVING}])
def test_inactive_members_get_no_email(maya, at_once, change):
    tell(maya)
    User.objects.filter(pk=maya.pk).update(**change)
    assert queue_emails() == 0
    assert Notification.objects.filter(mail_due_at__isnull=False).count() == 0


def test_the_token_names_person_and_kinds_and_cannot_be_written_by_others(maya):
    token = unsubscribe_token(maya, ["export"])
    assert read_unsubscribe_token(token) == (maya, [EXPORT])
    with pytest.raises(signing.BadSignature):
        read_unsubscribe_token(token[:-1] + ("a" if token[-1] != "a" else "b"))


def test_unsubscribing_keeps_the_messages(maya, at_once):
    tell(maya)
    stop_emails(maya, [EXPORT])
    stop_emails(maya, [EXPORT])
    assert queue_emails() == 0
    tell(maya)
    assert (queue_emails(), maya.notifications.count()) == (0, 2)


def test_people_mark_only_their_own(maya, noah):
    hers = tell(maya)
    assert mark_read(noah, pks=[hers.pk]) == 0
    assert mark_read(maya, pks=[hers.pk]) == 1
