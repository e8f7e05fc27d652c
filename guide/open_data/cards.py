"""Cards: a section or an answer as an HTML fragment that other sites can show. It needs no script, style or frame."""

from datetime import date
from typing import Any

from django.http import Http404
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.site_settings import site_name
from guide.models import Article
from guide.open_data.pieces import article, questions

Card = dict[str, Any]
FAQ = "faq"  # the article that shows all questions


def section_cards(found: Article) -> list[Card]:
    """Return the sections of an article as cards, each with its HTML."""
    page = article(found)
    return [_card(section, page) for section in page["sections"]]


def question_cards(page: Article) -> list[Card]:
    """Return the questions that this article shows as cards, each with its HTML."""
    found = questions(page)
    return [_card(question, found | {"review": question["review"], "written": None}) for question in found["questions"]]


def find_card(cards: list[Card], key: str, value: str) -> Card:
    """Return the card whose `key` has this value. Raises Http404."""
    for card in cards:
        if card[key] == value:
            return card
    raise Http404


def _card(piece: dict[str, Any], page: dict[str, Any]) -> Card:
    days = {"written": page["written"], "on": page["review"]["on"], "due": page["review"]["due"]}
    context = {
        "piece": piece,
        "sources": [_shown(source) for source in piece["sources"]],
        "page": page,
        "days": {name: date.fromisoformat(day) for name, day in days.items() if day}
        | {"copied": timezone.now().date()},
        "site": site_name(),
    }
    return piece | {"card_html": render_to_string("guide/open_data/_card.html", context).strip()}


def _shown(source: dict[str, Any]) -> dict[str, Any]:
    where = "".join(f", {source[key]}" for key in ("publisher", "year") if source[key])
    return source | {"where": where, "checked": date.fromisoformat(source["checked"])}
