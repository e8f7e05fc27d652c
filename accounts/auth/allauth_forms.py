"""allauth's forms with our words. Apart from `signup_form`, which allauth's own form module imports."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.http import HttpRequest

from accounts.profiles.names import withhold

HARD_TO_GUESS = (
    "At least 10 characters that are hard to guess: three or four words that have nothing to do with each other are good. "
    "Any characters will do, and you can paste it."
)


class LoginForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields["password"].help_text = ""  # the way out stands after the button


class SignupForm(account.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail address"
        self.fields["email"].help_text = "Nobody but you sees it. We send a code to it, to be sure that it is yours."
        if "password1" in self.fields:
            self.fields["password1"].help_text = HARD_TO_GUESS
        for name in ("display_name", "email", "password1"):
            if name in self.fields:
                self.fields[name].error_messages["required"] = "Please fill this in."

    def try_save(self, request: HttpRequest) -> Any:
        """An address with an account costs as much time and uses up the name just as a new one does."""
        if self.account_already_exists:
            make_password(self.cleaned_data.get("password1"))
            withhold(self.cleaned_data["display_name"])
        return super().try_save(request)


class LoginCodeForm(account.RequestLoginCodeForm):
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


class NewPassword:
    """A new password is asked for once, as at sign-up: somebody who mistypes it gets in with a code."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = HARD_TO_GUESS
        self.fields["password1"].label = "New password"
        del self.fields["password2"]


class ChangePasswordForm(NewPassword, account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Password now"


class SetPasswordForm(NewPassword, account.SetPasswordForm):
    pass


class ResetPasswordForm(NewPassword, account.ResetPasswordKeyForm):
    pass


class UsedOnce:
    """A code of the app opens one door. allauth remembers it for one period only, but it is valid for longer."""

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


class SecondStepForm(UsedOnce, mfa.AuthenticateForm):
    pass


class SecondStepAgainForm(UsedOnce, mfa.ReauthenticateForm):
    pass


class AddKeyForm(webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].label = "Let it stand for my password, too (a passkey)"
        self.fields[
            "passwordless"
        ].help_text = "You unlock it as you unlock the device: with a finger, your face or a PIN."
