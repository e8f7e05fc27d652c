"""Who may come in with a password."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from accounts.models import Notification, User
from accounts.permissions import can_log_in_by_password


class ConfirmedAddressBackend(AuthenticationBackend):
    """A password counts only once the e-mail address has been confirmed; until then it is as wrong as any other.

    Otherwise somebody could sign up with another person's address and learn, by logging in with the password that they chose
    themselves, whether that address had an account before.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        return user if user and can_log_in_by_password(user) else None

    def get_user(self, user_id: int) -> User | None:
        """Who has this session, with their groups and how many messages are new, in one query: every page asks for all."""
        names = Group.objects.filter(user=OuterRef("pk")).values("name")
        unread = Notification.objects.unread().filter(recipient=OuterRef("pk")).order_by().values("recipient")
        count = Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0)
        known = User.objects.get_queryset().annotate(group_names=ArraySubquery(names), unread_messages=count)
        user = known.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
