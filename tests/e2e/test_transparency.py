"""Accessibility and layout of the transparency and statistics pages."""

from datetime import timedelta
from uuid import uuid4

import pgtrigger
import pytest
from django.conf import settings
from django.contrib.auth.models import Group

from accounts.permissions import credential_in_force
from accounts.roles import LEADS
from forum.models import Category, Decision, SecondReview
from forum.moderation.text_decisions import approve, reject
from forum.oversight.monthly_counts import last_month
from forum.oversight.second_review import record_verdict
from forum.posting.posts import PostText, start_thread
from tests.conftest import PersonsClient, clinician, empty_caches
from tests.e2e.page_checks import faults_at

MEMBERS = ["/forum/mine/decisions/"]
PUBLIC = ["/forum/transparency/"]
MODERATORS = [f"/forum/moderation/{name}/" for name in ("statistics", "decisions", "second-readings", "handbook")]


@pytest.fixture
def figures(transactional_db, maya, dr_okafor, dr_lind, settings):
    settings.FORUM_SECOND_REVIEW_SHARE = 1.0
    dr_lind.groups.add(Group.objects.get_or_create(name=LEADS)[0])
    room = Category.objects.create(slug="first", title="Starting", purpose="First weeks.", position=1)
    texts = [
        start_thread(room, PostText(f"I take {n} a day.", title=f"A question {n}"), by=maya, key=uuid4())
        for n in range(3)
    ]
    reject(texts[0].revisions.get(), by=dr_lind, reason="dose", note="Please leave out the amounts.")
    decision = approve(texts[1].revisions.get(), by=dr_okafor, note="Thank you.")
    third = clinician("third", "Dr. Third", "Moderators")
    record_verdict(
        SecondReview.objects.get(decision=decision), by=third, verdict="rejected", comment="It names an amount."
    )
    approve(texts[2].revisions.get(), by=dr_okafor)
    held = {"revision": decision.revision, "by": dr_okafor, "credential": credential_in_force(dr_okafor), "lane": 3}
    many = [("approved", "", 40), ("changes", "dose", 12), ("changes", "source", 9), ("rejected", "unkind", 3)]
    rows = [
        Decision(**held, action=action, reason=reason, waited=timedelta(minutes=9 * n + 4))
        for action, reason, times in many
        for n in range(times)
    ]
    made = Decision.objects.bulk_create(rows)
    with pgtrigger.ignore("forum.Decision:append_only"):
        Decision.objects.filter(pk__in=[row.pk for row in made]).update(decided_at=last_month().start)
    empty_caches()


def page_of(browser, live_server, user):
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
    if user:
        client = PersonsClient()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return context.new_page()


def test_axe_finds_nothing_and_nothing_overflows(browser, live_server, figures, maya, dr_lind):
    complaints = []
    reading = SecondReview.objects.to_read(dr_lind).get()
    second = f"/forum/moderation/second-readings/{reading.pk}/"
    found = []
    for user, addresses in ((None, PUBLIC), (maya, MEMBERS), (dr_lind, [*MODERATORS, second])):
        page = page_of(browser, live_server, user)
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        found += faults_at(page, *addresses)
        page.context.close()
    assert (found, complaints) == ([], [])
