"""The country whose help lines a member sees first. Which countries may be chosen is up to the app that has the lines."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from accounts.models import User


def offered_countries() -> list[tuple[str, str]]:
    """(code, name) of each country that may be chosen, by name: settings.HELP_COUNTRIES names the function."""
    found: list[tuple[str, str]] = import_string(settings.HELP_COUNTRIES)()
    return found


def choose_country(user: User, code: str) -> None:
    """Set the member's country. Raise ValidationError for one that is not offered."""
    if code not in dict(offered_countries()):
        raise ValidationError("Choose a country from the list.")
    user.country = code
    user.save(update_fields=["country"])
