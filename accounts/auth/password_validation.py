"""Password strength, estimated by zxcvbn; there are no rules about kinds of characters."""

from typing import Any

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

MAX_CHECKED_LENGTH = 72  # characters; zxcvbn is slow beyond this, and longer passwords are strong enough
MIN_SCORE = 2  # of 0-4: at least 10^6 guesses, more than our rate limits allow


class PasswordStrengthValidator:
    """Refuse passwords found in lists of leaked passwords, names and keyboard patterns. Works offline."""

    def validate(self, password: str, user: Any = None) -> None:
        known = [str(getattr(user, name, "")) for name in ("email", "display_name")]
        inputs = [*known, "naltrexone", "getnaltrexone", "vivitrol"]
        if zxcvbn(password[:MAX_CHECKED_LENGTH], user_inputs=inputs)["score"] < MIN_SCORE:
            raise ValidationError(self.get_help_text(), code="password_guessable")

    def get_help_text(self) -> str:
        return "This is easy to guess. Try three or four unrelated words."
