"""Passing an item on: to a colleague who may decide it, or to whoever has a profession."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Credential, Notification, Profession
from accounts.roles import MODERATORS
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_member, report_post
from forum.models import Duty, PrivateNote, ReviewItem
from forum.moderation import claims, clinical_notes, post_removal
from forum.moderation.escalation import eligible_colleagues, escalate, escalate_to_profession, hand_back
from forum.moderation.queue import QueueFilters
from forum.permissions import can_decide_item
from tests.conftest import clinician, person


@pytest.fixture
def team(dr_okafor, dr_lind):
    return [dr_okafor, dr_lind, *(clinician(f"m{n}", f"Dr. M{n}", MODERATORS) for n in range(3))]


@pytest.fixture
def items(say, maya, dr_okafor, dr_lind, team):
    """One item of each kind in which a moderator can be involved, and one in which none is."""
    public, removed = say(maya, "Public."), say(maya, "Removed.")
    report_post(public, by=team[2], reason="dose", note="")
    report_member(maya, by=team[3], reason="unkind")
    appeal(post_removal.remove(removed, by=dr_okafor, reason="spam"), by=maya, text="Why?")
    clinical_notes.flag_note(clinical_notes.add_note(say(maya, "Noted."), by=dr_lind, body="Ask."), by=dr_lind)
    say(team[4], "A colleague’s own words.", public=False)
    say(maya, "Waits.", public=False)
    return list(ReviewItem.objects.open())


def test_they_are_those_who_may_decide(items, team, dr_okafor):
    Credential.objects.filter(user=team[4]).update(expires_at=timezone.now())
    others = [*team[1:], person("x", "Not a clinician", MODERATORS)]
    assert {item.kind for item in items} == {"report", "appeal", "note", "new"}
    for item in items:
        expected = {who.pk for who in others if can_decide_item(who, item)}
        assert {who.pk for who in eligible_colleagues(item, of=dr_okafor)} == expected, item


def test_one_query_finds_them_all(say, maya, team, dr_okafor, django_assert_num_queries):
    item = ReviewItem.objects.select_related("post").get(post=say(maya, "Waits.", public=False))
    with django_assert_num_queries(1):
        assert len(eligible_colleagues(item, of=dr_okafor)) == 4


def test_the_page_says_who_is_on_duty_and_what_they_are(client, say, maya, team, dr_okafor):
    item = ReviewItem.objects.get(post=say(maya, "Waits.", public=False))
    Credential.objects.filter(user=team[3]).update(profession="pharmacist")
    now = timezone.now()
    Duty.objects.create(moderator=team[3], starts_at=now, ends_at=now + timedelta(hours=1))
    client.force_login(dr_okafor)
    html = client.get(reverse("forum:review-item", args=[item.pk])).content.decode()
    options = html.split("Choose a colleague or a profession</option>")[1].split("</select>")[0]
    assert "Dr. M1, pharmacist, on duty</option>" in options
    assert options.index("Dr. M1") < options.index("Dr. Lind, physician</option>")
    assert "Any physician (3 verified, 0 on duty)</option>" in options
    assert "Any pharmacist (1 verified, 1 on duty)</option>" in options
    assert "Any nurse" not in options


PASSED = "A colleague asked you to review something in the queue."


@pytest.fixture
def pharmacists(team):
    Credential.objects.filter(user__in=team[2:4]).update(profession="pharmacist")
    return team[2:4]


@pytest.fixture
def item(say, maya):
    return ReviewItem.objects.get(post=say(maya, "Can I take it with grapefruit?", public=False))


def on_duty(moderator):
    now = timezone.now()
    Duty.objects.create(moderator=moderator, starts_at=now, ends_at=now + timedelta(hours=1))


def told():
    return set(Notification.objects.filter(sentence=PASSED).values_list("recipient__display_name", flat=True))


def test_everyone_on_duty_with_the_profession_is_told(item, pharmacists, dr_okafor):
    on_duty(pharmacists[1])
    on_duty(dr_okafor)
    escalate_to_profession(item, by=dr_okafor, to=Profession.PHARMACIST, note="An interaction.")
    item.refresh_from_db()
    assert (item.passed_to, item.escalated_to, told()) == ("any pharmacist", None, {"Dr. M1"})
    note = PrivateNote.objects.get()
    assert (note.kind, note.recipient, note.text) == ("escalated", "any pharmacist", "An interaction.")


def test_all_who_have_the_profession_are_told_if_none_is_on_duty(item, pharmacists, dr_okafor):
    Credential.objects.filter(user=dr_okafor).update(profession="pharmacist")
    escalate_to_profession(item, by=dr_okafor, to=Profession.PHARMACIST, note="An interaction.")
    assert told() == {"Dr. M0", "Dr. M1"}


def test_authors_are_never_asked_about_their_own_text(say, pharmacists, dr_okafor):
    item = ReviewItem.objects.get(post=say(pharmacists[0], "I take it too.", public=False))
    on_duty(pharmacists[0])
    escalate_to_profession(item, by=dr_okafor, to=Profession.PHARMACIST, note="x")
    assert told() == {"Dr. M1"}


@pytest.mark.parametrize("profession", [Profession.NURSE, Profession.PHARMACIST])
def test_a_profession_without_anyone_who_may_decide_cannot_be_asked(client, say, team, dr_okafor, profession):
    Credential.objects.filter(user=team[2]).update(profession="pharmacist")
    item = ReviewItem.objects.get(post=say(team[2], "I take it too.", public=False))
    with pytest.raises(PermissionDenied):
        escalate_to_profession(item, by=dr_okafor, to=profession, note="x")
    client.force_login(dr_okafor)
    url = reverse("forum:item-action", args=[item.pk, "escalate"])
    html = client.post(url, {"escalate-to": profession, "escalate-note": "Please look."}).content.decode()
    assert "Select a valid choice" in html and "Please look." in html
    assert (told(), PrivateNote.objects.count()) == (set(), 0)


def test_the_profession_gets_it_first_and_others_only_later(say, maya, item, pharmacists, dr_okafor, dr_lind):
    other = ReviewItem.objects.get(post=say(maya, "Hello.", public=False))
    escalate_to_profession(other, by=dr_okafor, to=Profession.PHARMACIST, note="x")
    assert claims.claim_next(pharmacists[0]) == other
    claims.release(other, by=pharmacists[0])
    assert [claims.claim_next(dr_lind), claims.claim_next(dr_lind)] == [item, None]
    ReviewItem.objects.filter(pk=other.pk).update(escalated_at=timezone.now() - timedelta(hours=1))
    assert claims.claim_next(dr_lind) == other


def test_a_pharmacist_who_asks_other_pharmacists_does_not_get_it_back(item, pharmacists):
    escalate_to_profession(item, by=pharmacists[0], to=Profession.PHARMACIST, note="x")
    assert claims.claim_next(pharmacists[0]) is None
    assert claims.claim_next(pharmacists[1]) == item


@pytest.mark.django_db(transaction=True)
def test_of_two_pharmacists_who_claim_at_once_one_gets_it(item, pharmacists, dr_okafor):
    escalate_to_profession(item, by=dr_okafor, to=Profession.PHARMACIST, note="x")
    given, ready = [], threading.Barrier(2)

    def ask(who):
        ready.wait()
        given.append(claims.claim_next(who))
        connection.close()

    threads = [threading.Thread(target=ask, args=[who]) for who in pharmacists]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(given, key=bool) == [None, item]


def test_putting_it_back_tells_the_one_who_passed_it(item, pharmacists, dr_okafor):
    escalate_to_profession(item, by=dr_okafor, to=Profession.PHARMACIST, note="x")
    note = hand_back(item, by=pharmacists[0], note="It isn’t my field")
    item.refresh_from_db()
    assert (item.passed_to, note.to) == ("", dr_okafor)
    assert told() == {"Dr. M0", "Dr. M1", "Dr. Okafor"}


def test_putting_it_back_once_more_tells_no_one(item, pharmacists, dr_okafor):
    escalate_to_profession(item, by=dr_okafor, to=Profession.PHARMACIST, note="x")
    hand_back(item, by=pharmacists[0])
    Notification.objects.all().delete()
    note = hand_back(item, by=pharmacists[1])
    assert (note.to, told()) == (None, set())


def test_passing_it_to_a_colleague_replaces_the_profession(item, pharmacists, dr_okafor, dr_lind):
    escalate_to_profession(item, by=dr_okafor, to=Profession.PHARMACIST, note="x")
    escalate(item, by=pharmacists[0], to=dr_lind, note="x")
    item.refresh_from_db()
    assert (item.passed_to, item.escalated_to_profession) == ("Dr. Lind", "")


def test_the_database_refuses_both_at_once_and_unknown_professions(item, dr_lind):
    for values in ({"escalated_to": dr_lind, "escalated_to_profession": "nurse"}, {"escalated_to_profession": "poet"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewItem.objects.filter(pk=item.pk).update(**values)


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_asks_once_for_the_moderators_profession(client, say, maya, pharmacists, dr_okafor, number):
    for n in range(number):
        item = ReviewItem.objects.get(post=say(maya, f"Words {n}.", public=False))
        escalate_to_profession(item, by=dr_okafor, to=Profession.PHARMACIST, note="x")
    client.force_login(pharmacists[0])
    with CaptureQueriesContext(connection) as asked:
        html = client.get(reverse("forum:review-queue")).content.decode()
    assert html.count("You can take it.") == number
    # the right to open the page, the counts in it and beside Review, and the profession
    assert sum("accounts_credential" in query["sql"] and "SELECT" in query["sql"][:7] for query in asked) == 3


def test_pages_say_to_which_profession_it_was_passed(client, item, pharmacists, dr_okafor, dr_lind):
    client.force_login(dr_okafor)
    url = reverse("forum:item-action", args=[item.pk, "escalate"])
    client.post(url, {"escalate-to": "pharmacist", "escalate-note": "An interaction."})
    for who, words in ((dr_lind, "Passed to any pharmacist</p>"), (pharmacists[0], "any pharmacist. You can take it.")):
        client.force_login(who)
        assert words in client.get(reverse("forum:review-queue")).content.decode()
        page = client.get(reverse("forum:review-item", args=[item.pk])).content.decode()
        assert "Passed to any pharmacist " in page
    mine = QueueFilters(whose="mine")
    assert [list(mine.rows(who)) for who in (dr_lind, pharmacists[0])] == [[], [item]]
