"""The authentication backend: password login, and the user of a session."""

from datetime import datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Notification, Sanction, User
from accounts.permissions import can_log_in_by_password, is_clinician, is_in_any
from accounts.roles import REVIEWERS
from core.kept_query import KeptQuery


def _user_of_session(pk: int, at: datetime) -> QuerySet[User]:
    names = Group.objects.filter(user=OuterRef("pk")).values("name")
    unread = Notification.objects.unread().filter(recipient=OuterRef("pk")).order_by().values("recipient")
    count = Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0)
    suspended = Exists(Sanction.objects.suspending(at).filter(user=OuterRef("pk")))
    known = User.objects.annotate(group_names=ArraySubquery(names), unread_messages=count, suspended=suspended)
    return known.filter(pk=pk)


USER_OF_SESSION = KeptQuery(_user_of_session, int, datetime)


class ConfirmedAddressBackend(AuthenticationBackend):
    """Accept a password only after the e-mail address has been confirmed; until then, treat it as wrong.

    Otherwise an attacker could sign up with another person's address, log in with the password they chose, and so learn
    whether the address already had an account.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        return user if user and can_log_in_by_password(user) else None

    def get_user(self, user_id: int) -> User | None:
        """Return the user of a session with group names, unread count and suspension, in one query: every page needs them."""
        user = next(iter(USER_OF_SESSION(user_id, timezone.now())), None)
        return user if user and self.user_can_authenticate(user) else None

    def _get_group_permissions(self, user_obj: User) -> QuerySet[Permission]:
        """Leave out the reviewers' group while its member has no credential in force: their rights come from both."""
        groups = user_obj.groups.all()
        if is_in_any(user_obj, [REVIEWERS]) and not is_clinician(user_obj):
            groups = groups.exclude(name=REVIEWERS)
        return Permission.objects.filter(group__in=groups)
