"""allauth's adapters: saving users, labeling sessions, encrypting second factors, and the headers of mail."""

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
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone

from accounts.auth.session_length import set_length, store_choice
from accounts.auth.sessions import end_other_sessions
from accounts.house_rules import current_version, has_accepted_rules
from accounts.models import NameClaim, RulesAcceptance, User
from accounts.permissions import is_moderator
from accounts.profiles.names import submit_first_name
from accounts.rate_limits import is_mail_limited, is_password_limited, network_of
from accounts.session_store import device, label
from accounts.text.name_rules import skeleton

CODE_LIFETIME = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "That e-mail address or password isn’t right. If you signed up but haven’t confirmed "
        "your address yet, log in with a code.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, or log in with a code or a passkey.",
        "incorrect_code": "That code isn’t right. Check each letter, or ask for a new code.",
        "incorrect_password": "That password isn’t right.",
        "enter_current_password": "That password isn’t right.",
        "email_taken": "You can’t use this address.",
        "duplicate_email": "This is already your address.",
        "rate_limited": "Please wait a moment before you ask for another code.",
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.display_name = form.cleaned_data["display_name"]
        user.adult_confirmed_at = user.rules_accepted_at = timezone.now()
        user.rules_accepted = current_version()
        try:
            with transaction.atomic():
                user = super().save_user(request, user, form, commit=commit)
                if commit:
                    NameClaim.objects.create(user=user, key=skeleton(user.display_name))
                    RulesAcceptance.objects.create(user=user, number=user.rules_accepted)
        except IntegrityError:  # the name or address was taken after the form was validated
            raise ImmediateHttpResponse(redirect("account_signup")) from None
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        if is_password_limited(credentials.get("email", "")):
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords from each network apart, so that a stranger's guesses don't lock a member out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{network_of(request)}"

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        store_choice(request)
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        _discard_unconfirmed_password(request, user)
        if user.last_login is None and user.adult_confirmed_at:  # their address is confirmed: they can post now
            submit_first_name(user)
        label(request.session, request.headers.get("User-Agent", ""))
        super().login(request, user)
        set_length(request.session, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Redirect to the house rules first if the user has not accepted their current version."""
        response = super().post_login(request, user, **kwargs)
        if has_accepted_rules(user):
            return response
        return redirect(f"{reverse('accounts:house-rules')}?{urlencode({'next': response.url})}")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the page to open after log-in if no other was asked for: for moderators, the review queue."""
        if is_moderator(request.user):
            return resolve_url(settings.MODERATORS_REDIRECT_URL)
        return str(super().get_login_redirect_url(request))

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        here = self.request.session.session_key if self.request.user == user else None
        end_other_sessions(user, but=here)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the IP address, for rate limits only.

        A request that allauth restored from the session has no REMOTE_ADDR, so take it from the request that carries it.
        """
        if "REMOTE_ADDR" not in request.META:
            request.META = {**getattr(request, "environ", {}), **request.META}
            request.__dict__.pop("headers", None)
        return super().get_client_ip(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send the mail, or show that there was too much for this address today, the same for every address.

        A member's own address has no daily limit while they are logged in: they must hear of changes to their account.
        """
        user = self.request.user
        is_own = user.is_authenticated and user.email.lower() == email.lower()
        if not is_own and is_mail_limited(self.request, email):
            raise ImmediateHttpResponse(render(self.request, "429_mail.html", status=429))
        super().send_mail(template_prefix, email, context)

    def is_safe_url(self, url: str | None) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # not an address at all, such as "http://[::1"
            return False

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return ""  # no mail mentions it

    def render_mail(self, template_prefix: str, *args: Any, **kwargs: Any) -> Any:
        """Mark mail as auto-generated, so that out-of-office replies skip it, and give mail with a code its expiry."""
        message = super().render_mail(template_prefix, *args, **kwargs)
        message.extra_headers["Auto-Submitted"] = "auto-generated"
        if "code" in template_prefix or "confirmation" in template_prefix:
            message.extra_headers["Expires"] = format_datetime(timezone.now() + CODE_LIFETIME)
        return message

    def format_email_subject(self, subject: str) -> str:
        return str(subject)


def _discard_unconfirmed_password(request: HttpRequest, user: User) -> None:
    """Remove the password when the first login uses a mailed code: someone else may have chosen it.

    Otherwise an attacker could sign up with another person's address, wait for its owner to log in, and share the account.
    """
    methods = {record["method"] for record in get_authentication_records(request, user)}
    if user.last_login is None and "code" in methods and "password" not in methods:
        user.set_unusable_password()
        user.save(update_fields=["password"])


class MFAAdapter(DefaultMFAAdapter):
    """Encrypt second factors, so that a copy of the database alone does not give access to accounts."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code isn’t right, or it has already been used. Wait for the next one and try again.",
        "unverified_email": "Please confirm your e-mail address first.",
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return settings.MAIL_SENDER_NAME

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return device(self.request.headers.get("User-Agent", ""))

    def get_totp_label(self, user: User) -> str:
        return user.display_name


def _fernet() -> MultiFernet:
    """Encrypt with the first of settings.SECOND_FACTOR_KEYS and decrypt with any, so that keys can be rotated."""
    keys = [hashlib.sha256(key.encode()).digest() for key in settings.SECOND_FACTOR_KEYS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
