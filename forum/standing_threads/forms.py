"""The form of a schedule of standing threads."""

from typing import Any

from django import forms
from django.conf import settings

from accounts.text import locations
from forum.models import ThreadSchedule
from forum.permissions import can_host_thread
from forum.text.markdown import links


class ThreadScheduleForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=locations.time_zones, initial="UTC")

    class Meta:
        model = ThreadSchedule
        fields = [
            *("title", "body", "category", "host", "week", "weekday", "starts", "time_zone"),
            *("answering_minutes", "lead_hours", "open_days", "active"),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a host who may not open the thread, and a text that could not be sent as a post."""
        found = super().clean() or self.cleaned_data
        host, category = found.get("host"), found.get("category")
        if host and category and found.get("active") and not can_host_thread(host, category):
            self.add_error(
                "host", f"{host} can’t moderate right now: a license in force and an active account are needed."
            )
        if len(links(found.get("body", ""))) > settings.FORUM_LINKS_PER_POST:
            self.add_error("body", f"Please use at most {settings.FORUM_LINKS_PER_POST} links.")
        return found
