"""What allauth asks us: how a person is saved, what a session notes, how a secret is kept, what a mail looks like."""

import base64
import hashlib
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.house_rules import RULES_VERSION
from accounts.models import NameClaim, User
from accounts.names import skeleton
from accounts.session_store import label

CODE_LIFE = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.display_name = form.cleaned_data["display_name"]
        user.adult_confirmed_at = user.rules_accepted_at = timezone.now()
        user.rules_accepted = RULES_VERSION
        user = super().save_user(request, user, form, commit=commit)
        if commit:
            NameClaim.objects.create(user=user, key=skeleton(user.display_name))
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        label(request.session, request.headers.get("User-Agent", ""))
        super().login(request, user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if request.user.rules_accepted < RULES_VERSION:
            return reverse("accounts:house-rules")
        return super().get_login_redirect_url(request)

    def render_mail(self, template_prefix: str, *args: Any, **kwargs: Any) -> Any:
        """A mail with a code says until when it is good, so that one held up on the way is not sent too late."""
        message = super().render_mail(template_prefix, *args, **kwargs)
        message.extra_headers["Auto-Submitted"] = "auto-generated"
        if "code" in template_prefix or "confirmation" in template_prefix:
            message.extra_headers["Expires"] = format_datetime(timezone.now() + CODE_LIFE)
        return message

    def format_email_subject(self, subject: str) -> str:
        return str(subject)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors are kept encrypted, so that a copy of the database alone opens no account."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return settings.MAIL_SENDER_NAME

    def get_totp_label(self, user: User) -> str:
        return user.display_name


def _box() -> MultiFernet:
    """The first of settings.SECOND_FACTOR_KEYS seals; all of them open, so that keys can be changed."""
    keys = [hashlib.sha256(key.encode()).digest() for key in settings.SECOND_FACTOR_KEYS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
