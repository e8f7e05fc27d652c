"""Template tags and filters of the guide, built into every template."""

import json
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from guide.dashboard.panels import panels_for
from guide.models import OutcomeArm, OutcomeFigure, SafetyMessage, SearchEntry
from guide.pages.blocks import emergency_lines, help_lines
from guide.search.index import marked
from guide.text.markdown import plain_text, render_fragment
from guide.text.phone_links import call_links, text_links

register = template.Library()

PERSON_WIDTH, GAP = 10, 2
# A JSON string may contain "</script>"; escaped like this, it cannot end the element.
JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def cited(text: str) -> SafeString:
    """Render a Markdown text with citations, which the page numbers later."""
    return mark_safe(render_fragment(text))  # noqa: S308  sanitized by guide.text.markdown


@register.filter
def plain(text: str) -> str:
    """Render a Markdown text as plain text."""
    return plain_text(render_fragment(text))


@register.filter
def cites(keys: list[str]) -> SafeString:
    return mark_safe("".join(f'<sup data-cite="{key}"></sup>' for key in keys if key[1:].isdigit()))  # noqa: S308


@register.filter
def callable_numbers(phone: str) -> SafeString:
    """Render a help line's phone numbers as links."""
    return mark_safe(call_links(phone))  # noqa: S308  escaped there


@register.filter
def textable_numbers(sms: str) -> SafeString:
    """Render how to text a help line, with its numbers as links."""
    return mark_safe(text_links(sms))  # noqa: S308  escaped there


@register.filter
def most_urgent_first(messages: Iterable[SafetyMessage]) -> list[SafetyMessage]:
    """Sort emergencies first, otherwise in the editors' order."""
    return sorted(messages, key=lambda message: message.level != SafetyMessage.Level.EMERGENCY)


@register.filter
def excerpt(entry: SearchEntry) -> SafeString:
    return marked(entry)


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """Render a JSON-LD data block. The browser does not run it, so the CSP allows it inline."""
    text = json.dumps(data, ensure_ascii=False).translate(JSON_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


@register.inclusion_tag("guide/dashboard/_panels.html", takes_context=True)
def dashboard_panels(context: template.Context) -> dict[str, Any]:
    """Render the dashboard panels of the logged-in editor."""
    return {"panels": panels_for(context["request"].user)}


@register.inclusion_tag("components/_help_now.html")
def help_now() -> dict[str, Any]:
    return {"countries": help_lines()}


@register.inclusion_tag("components/_emergency.html")
def emergency(title: str, link: bool = True) -> dict[str, Any]:
    """Render the red box with each country's emergency number, and a link to all help lines unless `link` is false."""
    return {"title": title, "link": link, "lines": emergency_lines()}


@register.inclusion_tag("guide/blocks/_people.html")
def people(figure: OutcomeFigure, arm: OutcomeArm) -> dict[str, Any]:
    """Render an array of people, ten to a row, with the arm's count of them marked."""
    step, columns = PERSON_WIDTH + GAP, min(10, figure.out_of)
    spots = [(i % columns * step, i // columns * (step + GAP), i < arm.count) for i in range(figure.out_of)]
    height = (figure.out_of + columns - 1) // columns * (step + GAP)
    return {"figure": figure, "arm": arm, "spots": spots, "width": columns * step, "height": height}
