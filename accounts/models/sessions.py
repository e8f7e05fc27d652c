"""Sessions with their user and kind of device, and no network address."""

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.session_store import SessionStore


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user: object) -> "SessionQuerySet":
        return self.filter(user=user)

    def alive(self) -> "SessionQuerySet":
        return self.filter(expire_date__gt=timezone.now())

    def with_handle(self, handle: str) -> "Session | None":
        """Return the session with this handle, or None. Compares each: people have few sessions."""
        return next((session for session in self if constant_time_compare(session.handle, handle)), None)


class Session(AbstractBaseSession):
    """Django's session with its user, so that members can list and end their sessions."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(
        max_length=40, blank=True, help_text="Coarse: “Firefox on Android”. No version, no address."
    )
    started_at = models.DateTimeField(null=True)

    objects = BaseSessionManager.from_queryset(SessionQuerySet)()  # type: ignore[misc]

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session"

    @property
    def handle(self) -> str:
        """An identifier that is safe in pages; the session key itself would give access to the account."""
        return salted_hmac("accounts.session", self.session_key).hexdigest()[:20]

    @classmethod
    def get_session_store_class(cls) -> type:
        return SessionStore
