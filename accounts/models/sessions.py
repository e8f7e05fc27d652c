"""Sessions that know whose they are and on what kind of device they began, and no address."""

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models


class Session(AbstractBaseSession):
    """Django's session row with its owner beside it, so that people can see and end their own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(
        max_length=40, blank=True, help_text="Coarse: “Firefox on Android”. No version, no address."
    )
    started_at = models.DateTimeField(null=True)

    objects = BaseSessionManager()  # type: ignore[misc]

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session"

    @classmethod
    def get_session_store_class(cls) -> type:
        from accounts.session_store import SessionStore

        return SessionStore
