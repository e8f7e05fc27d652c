"""The texts of the house rules that were in force, and who accepted which version."""

from django.conf import settings
from django.db import models

from core.triggers import append_only


class HouseRulesText(models.Model):
    """A text of the house rules, in force until the next. A small correction keeps the version's number. Append-only."""

    number = models.PositiveSmallIntegerField("version")
    text = models.TextField(help_text="Markdown.")
    in_force_from = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"house rules, version {self.number}"


class RulesAcceptance(models.Model):
    """A member's acceptance of one version of the house rules. Kept until the member's account is erased."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="rules_acceptances")
    number = models.PositiveSmallIntegerField("version")
    accepted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["user", "number"], name="rules_version_accepted_once")]

    def __str__(self) -> str:
        return f"house rules, version {self.number}, accepted"
