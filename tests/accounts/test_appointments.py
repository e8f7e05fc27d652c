"""Roles are given and taken by an administrator, with a reason, in one act."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from accounts.appointments import appoint, dismiss, roles_of
from accounts.models import Notification, RoleChange, User
from accounts.permissions import is_lead, is_moderator
from forum.models import Category, Duty, ReviewItem
from forum.moderation.claims import claim
from forum.posting.posts import PostText, start_thread
from tests.conftest import clinician, logged_in, person


@pytest.fixture
def boss(db):
    return person("boss", "Boss", is_staff=True, is_superuser=True)


@pytest.fixture
def lind(db):
    """A clinician without a role."""
    return clinician("lind", "Dr. Lind")


def fresh(user):
    return User.objects.get(pk=user.pk)


def told():
    return {(n.recipient.display_name, n.sentence) for n in Notification.objects.select_related("recipient")}


def roles_page(user):
    return reverse("admin:accounts_user_roles", args=[user.pk])


def test_a_clinician_becomes_moderator_in_one_act(boss, lind):
    chief = person("chief", "Chief", is_staff=True, is_superuser=True)
    client = logged_in(boss)
    saved = client.post(roles_page(lind), {"change": "give moderator", "reason": "Joined the team."})
    assert saved.url == reverse("admin:accounts_user_change", args=[lind.pk])
    assert (is_moderator(fresh(lind)), fresh(lind).is_staff) == (True, True)
    change = RoleChange.objects.get()
    assert (change.by, change.user, change.role, change.given, change.reason) == (
        *(boss, lind, "moderator", True, "Joined the team."),
    )
    assert told() == {
        ("Dr. Lind", "You now have the role of moderator."),
        ("Boss", "Someone gave a role or took it away."),
        (chief.display_name, "Someone gave a role or took it away."),
    }
    assert "Joined the team." in client.get(roles_page(lind)).content.decode()


def test_the_person_reads_why_and_what_a_role_needs(boss, maya):
    appoint(maya, by=boss, role="editor", reason="You write well.")
    client = logged_in(fresh(maya))
    assert "You write well." in client.get(reverse("accounts:conduct")).content.decode()
    maya.authenticator_set.all().delete()
    assert "Your role on this site needs one." in client.get(reverse("accounts:home"), follow=True).content.decode()


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        ("moderator", "Maya has no badge in force. Verify their license first."),
        ("reviewer", "Maya has no badge in force. Verify their license first."),
        ("lead", "Make Maya a moderator first."),
    ],
)
def test_what_is_missing_for_a_role_is_said(boss, maya, role, missing):
    page = logged_in(boss).post(roles_page(maya), {"change": f"give {role}", "reason": "Why not?"}).content.decode()
    assert missing in page
    assert "Why not?" in page  # nothing typed is lost
    assert (roles_of(maya), RoleChange.objects.count(), told()) == ([], 0, set())


def test_a_lapsed_badge_is_none(boss, lind):
    lind.credentials.update(expires_at=timezone.now() - timedelta(days=1))
    with pytest.raises(ValidationError):
        appoint(lind, by=boss, role="moderator", reason="x")


def test_a_moderator_who_is_dismissed_loses_claims_shifts_and_the_lead(boss, lind, maya):
    for role in ("moderator", "lead"):
        appoint(lind, by=boss, role=role, reason="x")
    room = Category.objects.create(slug="r", title="Room", purpose="P", position=1)
    start_thread(room, PostText("Is it normal?", title="Sleep"), by=maya, key="7e7a6e7e-0000-4000-8000-000000000001")
    now, hour = timezone.now(), timedelta(hours=1)
    Duty.objects.create(moderator=lind, starts_at=now - hour, ends_at=now + hour)
    Duty.objects.create(moderator=lind, starts_at=now + 5 * hour, ends_at=now + 6 * hour)
    claim(ReviewItem.objects.get(), by=fresh(lind))
    dismiss(lind, by=boss, role="moderator", reason="Left the team.")
    assert (roles_of(lind), is_moderator(fresh(lind)), is_lead(fresh(lind))) == ([], False, False)
    assert fresh(lind).is_staff is False
    assert ReviewItem.objects.get().claimed_by is None
    assert [duty.ends_at <= timezone.now() for duty in Duty.objects.all()] == [True]
    assert ("Dr. Lind", "You no longer have the role of lead.") in told()


def test_another_role_keeps_the_admin_open(boss, maya):
    appoint(maya, by=boss, role="editor", reason="x")
    appoint(maya, by=boss, role="verifier", reason="x")
    dismiss(maya, by=boss, role="editor", reason="x")
    assert (roles_of(maya), fresh(maya).is_staff) == (["verifier"], True)


def test_no_one_gives_themselves_a_role(boss, db):
    with pytest.raises(PermissionDenied):
        appoint(boss, by=boss, role="verifier", reason="x")
    with pytest.raises(PermissionDenied):
        dismiss(boss, by=boss, role="administrator", reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleChange.objects.create(user=boss, by=boss, role="verifier", given=True, reason="x")
    assert logged_in(boss).get(roles_page(boss)).status_code == 403


def test_only_administrators_give_roles(vera, maya, elif_, dr_okafor):
    for who in (vera, elif_, dr_okafor):
        with pytest.raises(PermissionDenied):
            appoint(maya, by=who, role="editor", reason="x")
        assert logged_in(who).get(roles_page(maya)).status_code == 403
        with zeal_ignore():
            assert (
                roles_page(maya)
                not in logged_in(vera).get(reverse("admin:accounts_user_change", args=[maya.pk])).content.decode()
            )


def test_a_former_member_gets_no_role(boss, maya):
    User.objects.filter(pk=maya.pk).update(state=User.State.LEAVING)
    with pytest.raises(PermissionDenied):
        appoint(maya, by=boss, role="editor", reason="x")


def test_the_form_of_an_account_has_no_rights_in_it(boss, maya):
    form = {"email": maya.email, "display_name": "Maya", "is_active": "on", "is_superuser": "on", "is_staff": "on"}
    with zeal_ignore():
        saved = logged_in(boss).post(reverse("admin:accounts_user_change", args=[maya.pk]), form)
    assert saved.status_code == 302
    assert (fresh(maya).is_superuser, fresh(maya).is_staff) == (False, False)


def test_the_record_stays(boss, maya):
    change = appoint(maya, by=boss, role="editor", reason="x")
    with pytest.raises(InternalError), transaction.atomic():
        RoleChange.objects.filter(pk=change.pk).update(reason="y")
