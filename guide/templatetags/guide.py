"""Template tags and filters of the guide, built into every template."""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from accounts.text import locations
from guide.dashboard.panels import panels_for
from guide.models import HelpLine, OutcomeArm, OutcomeFigure, SafetyMessage, SearchEntry
from guide.pages import help_lines, site_pages
from guide.pages.help_lines import PanelLine
from guide.permissions import can_write_guide
from guide.search.query import marked, opening
from guide.text.diff import rendered
from guide.text.markdown import plain_text, render_fragment
from guide.text.phone_links import call_links, call_url, number_and_remark, text_links, text_url

register = template.Library()

PERSON_WIDTH, GAP = 10, 2
ONE_ROW, TEN = 12, 10  # people
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
def first_sentences(entry: SearchEntry) -> str:
    """Return the first two sentences of a search entry."""
    return opening(entry)


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """Render a JSON-LD data block. The browser does not run it, so the CSP allows it inline."""
    text = json.dumps(data, ensure_ascii=False).translate(JSON_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


@register.inclusion_tag("guide/dashboard/_panels.html", takes_context=True)
def dashboard_panels(context: template.Context) -> dict[str, Any]:
    """Render the dashboard panels of the logged-in editor."""
    return {"panels": panels_for(context["request"].user)}


@register.filter
def country_name(code: str) -> str:
    return locations.country_name(code)


@register.inclusion_tag("components/_site_page.html", takes_context=True)
def site_page(context: template.Context, slug: str) -> dict[str, Any]:
    """Show a page about the site, with its title."""
    reader = {name: context.get(name) for name in ("has_session", "user")}
    return {"page": site_pages.site_page(slug), **reader}


@register.filter
def earlier_site_text(text: str) -> SafeString:
    """Render the Markdown that a page about the site had at an earlier time."""
    return mark_safe(site_pages.earlier_html(text))  # noqa: S308  sanitized by guide.text.markdown


@register.simple_tag
def site_page_since(slug: str, old: str) -> SafeString:
    """Render a page about the site with what differs from `old`, its Markdown at an earlier time, marked."""
    now = site_pages.site_html(site_pages.find(slug).body)
    return mark_safe(rendered(site_pages.earlier_html(old), now)[2])  # noqa: S308  sanitized


class Spot(NamedTuple):
    """One person, or ten in a row, of an array of people."""

    people: int
    x: int
    y: int
    marked: bool


@register.filter
def emergency_number(lines: Iterable[HelpLine | PanelLine]) -> str:
    """The emergency number among a country's lines."""
    return next((number_and_remark(line.phone)[0] for line in lines if line.need == "emergency"), "")


@register.inclusion_tag("components/_help_line.html")
def help_line(line: HelpLine | PanelLine | dict[str, str], country: str = "", detail: str = "") -> dict[str, Any]:
    """One help line as a row with its buttons; `line` may be what a help card has stored of it."""
    row = line if isinstance(line, dict) else {name: getattr(line, name) for name in ("name", "phone", "sms", "url")}
    number, remark = number_and_remark(row["phone"])
    ways = {"call": call_url(row["phone"]), "number": number, "remark": remark, "text": text_url(row["sms"])}
    return {"name": row["name"], "country": country, "sms": row["sms"], "url": row["url"], "detail": detail, **ways}


@register.filter
def help_line_detail(line: HelpLine) -> SafeString:
    """What the line is for, and when it was checked, for the guide's page."""
    return mark_safe(render_to_string("guide/blocks/_help_line_detail.html", {"line": line}))  # noqa: S308  a template


@register.inclusion_tag("components/_help_now.html", takes_context=True)
def help_now(context: template.Context) -> dict[str, Any]:
    """The panel of help lines. A member's own country is open; public pages are the same for everyone."""
    own = _country_of_member(context.get("request"))
    return {"countries": _countries_html(help_lines.panel_lines(), own)}


def _country_of_member(request: HttpRequest | None) -> str:
    """Return the country of a signed-in member, or "".

    Don't touch the session of a visitor without its cookie: that would add “Vary: Cookie” to the page.
    """
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    return str(getattr(getattr(request, "user", None), "country", ""))


@lru_cache(maxsize=64)
def _countries_html(lines: tuple[PanelLine, ...], first: str) -> SafeString:
    """Render the countries of the panel. It is on every page, so each process keeps the HTML of these very lines."""
    context = {"countries": help_lines.by_country(lines), "first": first}
    return mark_safe(render_to_string("components/_help_countries.html", context))  # noqa: S308  a template


@register.filter
def writes_guide(user: User) -> bool:
    return can_write_guide(user)


@register.inclusion_tag("components/_emergency.html")
def emergency(title: str, link: bool = True) -> dict[str, Any]:
    """The red box with the emergency numbers of all countries, and a link to all lines unless they stand below."""
    return {"title": title, "link": link, "numbers": help_lines.numbers_of("emergency")}


@register.inclusion_tag("components/_crisis.html")
def crisis() -> dict[str, Any]:
    """The crisis lines of all countries, for someone who thinks about suicide."""
    return {"numbers": help_lines.numbers_of("crisis")}


@register.inclusion_tag("components/_urgent.html")
def urgent() -> dict[str, Any]:
    """Numbers for someone who may be in danger: the same for all, as no one should have to choose a country first."""
    return {"emergency": help_lines.numbers_of("emergency"), "crisis": help_lines.numbers_of("crisis")}


@register.inclusion_tag("components/_urgent_in_short.html")
def urgent_in_short() -> dict[str, Any]:
    """The numbers of `urgent` in less room, above suggestions."""
    return urgent()


@register.inclusion_tag("guide/blocks/_people.html")
def people(figure: OutcomeFigure, arm: OutcomeArm) -> dict[str, Any]:
    """Render an array of people, with the arm's count of them marked: up to a dozen in one row, more ten to a row."""
    columns = figure.out_of if figure.out_of <= ONE_ROW else TEN
    rows = [range(first, min(first + columns, figure.out_of)) for first in range(0, figure.out_of, columns)]
    spots = [spot for n, row in enumerate(rows) for spot in _spots(row, arm.count, n * (PERSON_WIDTH + 2 * GAP))]
    size = {"width": columns * (PERSON_WIDTH + GAP), "height": len(rows) * (PERSON_WIDTH + 2 * GAP)}
    return {"figure": figure, "arm": arm, "spots": spots, **size}


def _spots(row: range, count: int, y: int) -> list[Spot]:
    """Return the people of a row whose numbers are below `count` as marked; ten who are alike as one symbol."""
    if len(row) == TEN and not row.start < count < row.stop:
        return [Spot(TEN, 0, y, row.start < count)]
    return [Spot(1, place * (PERSON_WIDTH + GAP), y, number < count) for place, number in enumerate(row)]
