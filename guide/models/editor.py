"""What belongs to one editor: autosaves and preferences."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import QueryDict

PERSON = settings.AUTH_USER_MODEL


class Autosave(models.Model):
    """What an editor has typed into a form and not yet saved, visible only to them."""

    owner = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    place = models.CharField(max_length=80, help_text="The form: “article 12”, “question new-7”.")
    fields = models.JSONField(help_text="The values of the form's fields, by name; a list if a field has several.")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "place"], name="autosave_unique_per_place")]

    def __str__(self) -> str:
        return f"autosave of {self.place}"

    @property
    def data(self) -> QueryDict:
        """Return the values as a form takes them."""
        data = QueryDict(mutable=True)
        for name, values in self.fields.items():
            data.setlist(name, values if isinstance(values, list) else [values])
        return data


class EditorPreference(models.Model):
    """Whether and how often an editor wants a digest by mail."""

    class Digest(models.TextChoices):
        NEVER = "never", "never"
        DAILY = "daily", "every morning"
        WEEKLY = "weekly", "every Monday"

    owner = models.OneToOneField(PERSON, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=6, choices=Digest, default=Digest.NEVER)
    digest_sent_on = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(digest__in=["never", "daily", "weekly"]), name="digest_valid")
        ]

    def __str__(self) -> str:
        return f"digest {self.digest}"
