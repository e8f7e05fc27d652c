"""Clinical notes: a clinician's corrections shown beside posts."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Credential
from forum.models.enforced_transitions import enforce_transitions
from forum.models.posts import Post


@enforce_transitions
class ClinicalNote(models.Model):
    """A clinician's note shown beside a post. The post itself stays as its author wrote it."""

    class State(models.TextChoices):
        SHOWN = "shown", "shown"
        WITHDRAWN = "withdrawn", "withdrawn"

    TRANSITIONS: dict[Any, set[Any]] = {State.SHOWN: {State.WITHDRAWN}, State.WITHDRAWN: set()}

    post = models.ForeignKey(Post, models.PROTECT, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    written_as = models.CharField(max_length=24, help_text="The profession verified at that time.")
    body = models.TextField(max_length=2000)
    html = models.TextField(editable=False)
    render_version = models.PositiveSmallIntegerField(default=1, editable=False)
    state = models.CharField(max_length=9, choices=State, default=State.SHOWN)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["shown", "withdrawn"]), name="clinical_note_state_is_known")
        ]
        triggers = [
            pgtrigger.ReadOnly(name="clinical_note_text_is_read_only", exclude=["html", "render_version", "state"])
        ]

    def __str__(self) -> str:
        return f"clinical note on post {self.post_id}"
