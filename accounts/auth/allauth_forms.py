"""allauth's forms with our labels and help texts.

Separate from `signup_form`, which allauth's own form module imports.
"""

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.http import HttpRequest

from accounts.auth.session_length import set_length, store_choice
from accounts.profiles.names import reserve_name

STRENGTH_HELP = (
    "Use at least 10 characters that are hard to guess, such as three or four unrelated words. "
    "Any characters are fine, and you can paste it."
)


class RememberMixin(forms.Form):
    """Ask whether to stay logged in after the browser closes (session_length.py reads the answer)."""

    remember = forms.BooleanField(
        label="Keep me logged in on this device",
        required=False,
        help_text="Leave this off on a device that other people use. Without it, you’re logged out when the browser closes.",
    )

    def clean(self) -> dict[str, Any] | None:
        store_choice(context.request)
        return super().clean()


class LoginForm(RememberMixin, account.LoginForm):
    field_order = ["login", "password", "remember"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields["password"].help_text = ""  # the link to reset it is next to the button

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> Any:
        """Log in. allauth then ends the session with the browser, whatever its owner chose, so set its length again."""
        response = super().login(request, redirect_url)
        if request.user.is_authenticated:
            set_length(request.session, request.user)
        return response


class SignupForm(account.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail address"
        self.fields["email"].help_text = "Only you see it. We’ll send a code to make sure it’s yours."
        if "password1" in self.fields:
            self.fields["password1"].help_text = STRENGTH_HELP
        for name in ("display_name", "email", "password1"):
            if name in self.fields:
                self.fields[name].error_messages["required"] = "Fill this in."

    def try_save(self, request: HttpRequest) -> Any:
        """Spend the same time and reserve the same name whether or not the address has an account.

        Otherwise timing or name checks would reveal which addresses are registered.
        """
        if self.account_already_exists:
            make_password(self.cleaned_data.get("password1"))
            reserve_name(self.cleaned_data["display_name"])
        return super().try_save(request)


class LoginCodeForm(RememberMixin, account.RequestLoginCodeForm):
    field_order = ["email", "remember"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail address"


class ResetCodeForm(account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail address"


class NewEmailForm(account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New e-mail address"


class SinglePasswordFieldMixin:
    """Ask for a new password once, as at sign-up: a member who mistypes it can log in with a code."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = STRENGTH_HELP
        self.fields["password1"].label = "New password"
        del self.fields["password2"]


class ChangePasswordForm(SinglePasswordFieldMixin, account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Current password"


class SetPasswordForm(SinglePasswordFieldMixin, account.SetPasswordForm):
    pass


class ResetPasswordForm(SinglePasswordFieldMixin, account.ResetPasswordKeyForm):
    pass


class SingleUseCodeMixin:
    """Accept each TOTP code once. allauth remembers codes for one period only, but they stay valid for longer."""

    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not self._first_use(code):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _first_use(self, code: str) -> bool:
        digits = "".join(c for c in code if c.isdigit())
        valid_for = mfa_settings.TOTP_PERIOD * (2 * mfa_settings.TOTP_TOLERANCE + 1)
        return cache.add(f"second-step:{self.authenticator.user_id}:{digits}", 1, timeout=valid_for)


class AuthenticateForm(SingleUseCodeMixin, mfa.AuthenticateForm):
    pass


class ReauthenticateForm(SingleUseCodeMixin, mfa.ReauthenticateForm):
    pass


class KeyResponseField(forms.JSONField):
    """What a security key answered. JSON that is nested too deeply to be read is invalid, not an error of the server."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid", {"value": ""}) from None


class KeyResponseMixin(forms.Form):
    credential = KeyResponseField(widget=forms.HiddenInput)


class LoginKeyForm(KeyResponseMixin, webauthn.LoginWebAuthnForm):
    pass


class SecondStepKeyForm(KeyResponseMixin, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticateKeyForm(KeyResponseMixin, webauthn.ReauthenticateWebAuthnForm):
    pass


class SignupKeyForm(KeyResponseMixin, webauthn.SignupWebAuthnForm):
    pass


class AddKeyForm(KeyResponseMixin, webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].label = "Use it instead of my password, too (a passkey)"
        self.fields[
            "passwordless"
        ].help_text = "You unlock it the way you unlock the device: with your fingerprint, face or PIN."
