"""A password is good when it is hard to guess; which kinds of characters it has does not matter."""

from typing import Any

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

LONGEST_READ = 72  # characters; the estimate grows slow beyond, and such a password is not guessed anyway
GOOD_ENOUGH = 2  # of 0-4: at least 10^6 to 10^8 guesses, beyond what our rate limits let anybody try


class GuessableValidator:
    """Refuses what common lists of leaked passwords, names and keyboard runs would find. No network is asked."""

    def validate(self, password: str, user: Any = None) -> None:
        known = [str(getattr(user, name, "")) for name in ("email", "display_name")]
        inputs = [*known, "naltrexone", "getnaltrexone", "vivitrol"]
        if zxcvbn(password[:LONGEST_READ], user_inputs=inputs)["score"] < GOOD_ENOUGH:
            raise ValidationError(self.get_help_text(), code="password_guessable")

    def get_help_text(self) -> str:
        return "This is easy to guess. Three or four words that have nothing to do with each other are hard to guess."
