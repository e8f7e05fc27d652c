"""Texts that other apps hand over by settings.DANGER_READERS: feedback, badge applications, appeals against sanctions."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from core.requests import AnyUser
from forum.triage.author_advice import advice_for
from forum.triage.detection import detect
from forum.triage.intake import take_in_outside_text


def read_outside_text(text: str, *, source: str, by: User | None, reader: AnyUser, url: str) -> SafeString:
    """Take a text in if triage finds danger in it, and return help for whoever wrote it."""
    if take_in_outside_text(text, source=source, by=by, url=url) is None:
        return SafeString("")
    advice = advice_for(detect({"text": text}), reader)
    template = "forum/triage/_advice.html" if advice["red"] or advice["amber"] else "components/_urgent.html"
    return mark_safe(render_to_string(template, advice))  # noqa: S308  a rendered template
