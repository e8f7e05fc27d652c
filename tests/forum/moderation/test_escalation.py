"""The colleagues that an item can be passed to: those who may decide it, with their profession, and on duty first."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Credential
from accounts.roles import MODERATORS
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_member, report_post
from forum.models import Duty, ReviewItem
from forum.moderation import clinical_notes, post_removal
from forum.moderation.escalation import eligible_colleagues
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
    options = html.split("Choose a colleague</option>")[1].split("</select>")[0]
    assert "Dr. M1, pharmacist, on duty</option>" in options
    assert options.index("Dr. M1") < options.index("Dr. Lind, physician</option>")
