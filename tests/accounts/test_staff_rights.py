"""Suspended and closed accounts have no staff rights, and the rights that a credential gives end with it."""

from datetime import timedelta

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from accounts.conduct.sanctions import impose
from accounts.models import Credential, Lift, Notification, Sanction, User
from accounts.permissions import can_decide_credential, can_sanction, can_verify, is_moderator
from forum.notifications.kinds import tell_staff_of_member
from forum.permissions import can_edit_triage
from guide.models import Feedback
from guide.permissions import (
    can_export_guide,
    can_review_guide,
    can_see_dashboard,
    can_see_proposals,
    can_write_guide,
    is_reviewer,
)
from guide.review.notifications import notify_reviewers
from guide.review.revisions import Draft, write_revision
from tests.accounts.samples import submit
from tests.conftest import logged_in

RULES = [
    can_verify,
    can_edit_triage,
    can_export_guide,
    can_review_guide,
    can_see_dashboard,
    can_see_proposals,
    can_write_guide,
    is_moderator,
    is_reviewer,
]
SUSPENDING = [Sanction.Kind.SUSPENSION, Sanction.Kind.CLOSURE]


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("boss@example.org", "pw", display_name="Boss")


def sanction(user, by, kind=Sanction.Kind.SUSPENSION):
    """Impose a sanction as staff do; on an administrator, as before they became one."""
    was = user.is_superuser
    User.objects.filter(pk=user.pk).update(is_superuser=False)
    imposed = impose(User.objects.get(pk=user.pk), by=by, kind=kind, reason="It happened.", message="Please rest.")
    User.objects.filter(pk=user.pk).update(is_superuser=was)
    return imposed


def admin_statuses(client):
    """The status of each page of the admin that needs no argument."""
    pages = {}
    for name in get_resolver().namespace_dict["admin"][1].reverse_dict:
        if isinstance(name, str) and name not in ("login", "logout", "jsi18n"):
            try:
                pages[name] = client.get(reverse(f"admin:{name}")).status_code
            except NoReverseMatch:
                continue
    return pages


@pytest.mark.parametrize("kind", SUSPENDING)
@pytest.mark.parametrize("name", ["dr_okafor", "elif_", "vera", "boss"])
def test_a_suspended_account_has_no_staff_right(name, kind, request, dr_lind, noah):
    user = request.getfixturevalue(name)
    verifier = request.getfixturevalue("vera") if name != "vera" else request.getfixturevalue("boss")
    client = logged_in(user)
    assert client.get(reverse("admin:index")).status_code == 200
    assert {rule.__name__ for rule in RULES if rule(user)} != set()
    imposed = sanction(user, verifier, kind)
    now = User.objects.get(pk=user.pk)
    assert {rule.__name__ for rule in RULES if rule(now)} == set()
    assert [p for p in ("accounts.impose_sanction", "guide.change_article", "forum.view_post") if now.has_perm(p)] == []
    assert can_sanction(now, noah) is False
    found = admin_statuses(client)
    assert len(found) > 30
    assert set(found.values()) <= {302, 405}  # to the login page
    assert "Staff pages" not in client.get("/").content.decode()
    Lift.objects.create(sanction=imposed, by=verifier, reason="Over.")
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_closed_verifier_decides_no_credential(vera, noah, boss):
    credential = submit(noah)
    client = logged_in(vera)
    sanction(vera, boss, Sanction.Kind.CLOSURE)
    answer = client.post(reverse("admin:accounts_credential_decide", args=[credential.pk, "approve"]), {"seen": 0})
    assert (answer.status_code, can_decide_credential(User.objects.get(pk=vera.pk), credential)) == (302, False)
    assert Credential.objects.get().state == Credential.State.SUBMITTED


def test_suspended_staff_hear_of_no_new_work(vera, boss, noah, maya, elif_, dr_okafor, dr_lind, article):
    sanction(vera, boss)
    sanction(dr_okafor, boss)
    Notification.objects.all().delete()
    tell_staff_of_member(noah)
    notify_reviewers(write_revision(article, Draft("T", "S", "I", "B"), by=elif_).proposal, by=elif_)
    assert [n.recipient for n in Notification.objects.all()] == [dr_lind]


def test_a_lapsed_reviewer_reads_no_draft(article, elif_, dr_okafor):
    proposal = write_revision(article, Draft("T", "S", "I", "B"), by=elif_).proposal
    pages = [
        reverse("admin:guide_proposal_changelist"),
        reverse("admin:guide_dashboard"),
        reverse("admin:guide_article_history", args=[article.pk]),
        reverse("admin:guide_source_changelist"),
        reverse("admin:guide_proposal_review", args=[proposal.pk]),
    ]
    client = logged_in(dr_okafor)
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    dr_okafor.credentials.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert [client.get(page).status_code for page in pages] == [403, 403, 403, 403, 404]


def test_feedback_stays(article, elif_, boss):
    feedback = Feedback.objects.create(article=article, revision=article.live_revision, helpful=False, comment="Hm.")
    url = reverse("admin:guide_feedback_delete", args=[feedback.pk])
    assert [logged_in(who).post(url, {"post": "yes"}).status_code for who in (elif_, boss)] == [403, 403]
    assert Feedback.objects.get() == feedback
