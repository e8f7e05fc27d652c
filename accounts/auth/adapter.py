"""What allauth asks us: how a person is saved, what a session notes, how a secret is kept, what a mail looks like."""

import base64
import hashlib
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.auth.sessions import end_other_sessions
from accounts.house_rules import RULES_VERSION
from accounts.models import NameClaim, User
from accounts.session_store import device, label
from accounts.text.name_rules import skeleton

CODE_LIFE = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address or the password is not right. If you have signed up and not yet "
        "confirmed your address, log in with a code.",
        "too_many_login_attempts": "Too many tries in a short time. Wait five minutes, or log in with a code or a passkey.",
        "incorrect_code": "This code is not right. Check it letter by letter, or ask for a new one.",
        "incorrect_password": "The password is not right.",
        "enter_current_password": "The password is not right.",
        "email_taken": "This address cannot be used.",
        "duplicate_email": "This is your address already.",
        "rate_limited": "Please wait a little before you ask for another code.",
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.display_name = form.cleaned_data["display_name"]
        user.adult_confirmed_at = user.rules_accepted_at = timezone.now()
        user.rules_accepted = RULES_VERSION
        try:
            with transaction.atomic():
                user = super().save_user(request, user, form, commit=commit)
                if commit:
                    NameClaim.objects.create(user=user, key=skeleton(user.display_name))
        except IntegrityError:  # somebody took the name or the address since the form was checked
            raise ImmediateHttpResponse(redirect("account_signup")) from None
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        _forget_unproven_password(request, user)
        label(request.session, request.headers.get("User-Agent", ""))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Wherever somebody was going: new house rules come first."""
        response = super().post_login(request, user, **kwargs)
        if user.rules_accepted >= RULES_VERSION:
            return response
        return redirect(f"{reverse('accounts:house-rules')}?{urlencode({'next': response.url})}")

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        here = self.request.session.session_key if self.request.user == user else None
        end_other_sessions(user, but=here)

    def get_client_ip(self, request: HttpRequest) -> str:
        """For limits only. A request that waited in the session comes without its sender's address; this one's is the same."""
        if "REMOTE_ADDR" not in request.META:
            request.META = {**getattr(request, "environ", {}), **request.META}
            request.__dict__.pop("headers", None)
        return super().get_client_ip(request)

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return ""  # no mail names it

    def render_mail(self, template_prefix: str, *args: Any, **kwargs: Any) -> Any:
        """Marked as made by a machine, so that no absence note answers it; one with a code says until when it is good."""
        message = super().render_mail(template_prefix, *args, **kwargs)
        message.extra_headers["Auto-Submitted"] = "auto-generated"
        if "code" in template_prefix or "confirmation" in template_prefix:
            message.extra_headers["Expires"] = format_datetime(timezone.now() + CODE_LIFE)
        return message

    def format_email_subject(self, subject: str) -> str:
        return str(subject)


def _forget_unproven_password(request: HttpRequest, user: User) -> None:
    """Who first comes in with a code from the mail, and without the password, may not be who chose that password.

    Otherwise somebody could sign up with another person's address, wait until its owner comes in, and then share the account.
    """
    ways = {record["method"] for record in get_authentication_records(request, user)}
    if user.last_login is None and "code" in ways and "password" not in ways:
        user.set_unusable_password()
        user.save(update_fields=["password"])


class MFAAdapter(DefaultMFAAdapter):
    """Second factors are kept encrypted, so that a copy of the database alone opens no account."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right, or was used already. Wait for the next one and try again.",
        "unverified_email": "Please confirm your e-mail address first.",
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return settings.MAIL_SENDER_NAME

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return device(self.request.headers.get("User-Agent", ""))

    def get_totp_label(self, user: User) -> str:
        return user.display_name


def _box() -> MultiFernet:
    """The first of settings.SECOND_FACTOR_KEYS seals; all of them open, so that keys can be changed."""
    keys = [hashlib.sha256(key.encode()).digest() for key in settings.SECOND_FACTOR_KEYS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
