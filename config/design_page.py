"""A page of the site's components, rendered from the templates that the site uses. Only in development."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.views import AUDIENCES

COLORS = ["paper", "raised", "sunken", "ink", "soft", "line", "edge", "teal", "red", "amber", "green", "focus"]
STEPS = ["step--1", "step-0", "step-1", "step-2", "step-3", "step-4"]
SPACES = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"]


class SampleForm(forms.Form):
    title = forms.CharField(help_text="A short question helps others find it.")
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    country = forms.ChoiceField(choices=[("US", "United States"), ("IE", "Ireland")], required=False)
    form = forms.ChoiceField(choices=[("tablet", "Tablet"), ("injection", "Injection")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I have read the house rules")


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    return render(request, "design.html", sample_context())


def sample_context() -> dict[str, Any]:
    return {
        "colors": COLORS,
        "steps": STEPS,
        "spaces": SPACES,
        "icons": icons(),
        "audiences": AUDIENCES,
        "form": SampleForm({"title": "", "form": "tablet"}, auto_id="sample_%s"),
        "messages": [Message(constants.SUCCESS, "Your settings are saved.")],
        "category": {"title": "Starting naltrexone"},
        "threads": [_thread(1, "First tablet tomorrow", answer=2), _thread(2, "How do you remember it?", answer=None)],
    }


def icons() -> list[str]:
    return sorted(path.stem for path in Path(settings.ROOT, "templates", "components", "icons").glob("*.html"))


def _thread(pk: int, title: str, *, answer: int | None) -> dict[str, Any]:
    at: datetime = timezone.now()
    return {"pk": pk, "title": title, "at": at.isoformat(), "posts": pk + 1, "answer": answer}
