"""Settings that administrators change in the admin. Each change is a new row."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from core.triggers import append_only

REVEALING = re.compile(r"naltrex|alcohol|opioid|addict|drink|drug|sober|recover|treatment|clinic", re.IGNORECASE)
NO_CONTROL_CHARACTERS = RegexValidator(r"^[^\x00-\x1f\x7f]*$", "Use one line of plain text.")
DAY = 1440  # minutes


def validate_neutral(text: str) -> None:
    """Refuse words that would tell others who see a member's list of mails what the site is about."""
    if found := REVEALING.search(text):
        raise ValidationError(f"Others may see this in a list of mails. Leave out “{found.group()}”.")


def minutes(lane: str, at_most: int) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        f"{lane} posts are read within (minutes)", validators=[MinValueValidator(5), MaxValueValidator(at_most)]
    )


class SiteSettings(models.Model):
    """One version of the settings; the newest counts (`accounts.site_settings`). Append-only."""

    site_name = models.CharField(
        "name of the site",
        max_length=40,
        validators=[NO_CONTROL_CHARACTERS],
        help_text="Every page shows it. Mails never do.",
    )
    mail_sender_name = models.CharField(
        "sender of mails", max_length=60, validators=[NO_CONTROL_CHARACTERS, validate_neutral]
    )
    mail_subject = models.CharField(
        "subject of mails", max_length=100, validators=[NO_CONTROL_CHARACTERS, validate_neutral]
    )
    red_minutes = minutes("red", 60)
    amber_minutes = minutes("amber", DAY)
    green_minutes = minutes("green", 7 * DAY)
    read_only_hours = models.PositiveSmallIntegerField(
        "read-only after (hours)",
        validators=[MaxValueValidator(24 * 7)],
        help_text="After so many hours without a moderator on duty, members can’t send anything new. 0: never.",
    )
    reason = models.CharField(max_length=200, help_text="Other administrators read it.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "site settings"
        triggers = [append_only()]
        constraints = [
            models.CheckConstraint(
                condition=Q(red_minutes__lte=F("amber_minutes"), amber_minutes__lte=F("green_minutes")),
                name="more_urgent_is_read_sooner",
                violation_error_message="More urgent posts must be read sooner: red, then amber, then green.",
            )
        ]

    def __str__(self) -> str:
        return f"settings of {self.at:%d %b %Y, %H:%M}" if self.at else "settings"
