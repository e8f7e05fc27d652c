"""Appointing people to roles, and ending that. Each function is one transaction."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import RoleChange, User
from accounts.notifications.staff_actions import tell_role_changed
from accounts.permissions import can_appoint, is_clinician
from accounts.roles import ADMINISTRATOR, APPOINTED, LEAD, MODERATOR, REVIEWER
from core import page_cache
from core.hooks import call_hooks


def roles_of(user: User) -> list[str]:
    """Return the roles to which the user was appointed, in the order of `roles.ROLES`."""
    groups = set(user.groups.values_list("name", flat=True))
    return [
        name
        for name, role in APPOINTED.items()
        if role.group in groups or (name == ADMINISTRATOR and user.is_superuser)
    ]


@transaction.atomic
def appoint(member: User, *, by: User, role: str, reason: str) -> RoleChange:
    """Give the member a role. Raises PermissionDenied, and ValidationError if something is missing for it."""
    member = _lock(member, by)
    held = roles_of(member)
    if role in held:
        raise ValidationError(f"{member} has this role already.")
    if role in (MODERATOR, REVIEWER) and not is_clinician(member):
        raise ValidationError(f"{member} has no badge in force. Verify their license first.")
    if role == LEAD and MODERATOR not in held:
        raise ValidationError(f"Make {member} a moderator first.")
    return _change(member, role, given=True, by=by, reason=reason)


@transaction.atomic
def dismiss(member: User, *, by: User, role: str, reason: str) -> RoleChange:
    """Take a role from the member; a moderator's role ends that of the lead too. Raises PermissionDenied and ValidationError."""
    member = _lock(member, by)
    held = roles_of(member)
    if role not in held:
        raise ValidationError(f"{member} doesn’t have this role anymore.")
    if role == MODERATOR and LEAD in held:
        _change(member, LEAD, given=False, by=by, reason=reason)
    return _change(member, role, given=False, by=by, reason=reason)


def _lock(member: User, by: User) -> User:
    member = User.objects.select_for_update().get(pk=member.pk)
    if not can_appoint(by, member):
        raise PermissionDenied
    return member


def _change(member: User, role: str, *, given: bool, by: User, reason: str) -> RoleChange:
    if role == ADMINISTRATOR:
        member.is_superuser = given
    else:
        group = Group.objects.get(name=APPOINTED[role].group)
        (member.groups.add if given else member.groups.remove)(group)
    member.is_staff = bool(roles_of(member))
    member.save(update_fields=["is_superuser", "is_staff"])
    if role == MODERATOR and not given:
        call_hooks(settings.MODERATOR_DISMISSED_HOOKS, member)
    change = RoleChange.objects.create(user=member, role=role, given=given, by=by, reason=reason)
    tell_role_changed(change)
    page_cache.clear_on_commit()  # pages say who moderates
    return change
