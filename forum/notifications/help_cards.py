"""What a help card says: its words for each kind, the inbox entry, the mail, and the link in it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notifications.inbox import notify, notify_at_once
from accounts.text.locations import country_name
from forum.models import HelpCard
from forum.notifications.kinds import ALARM, CARD
from guide.pages.help_lines import (
    DIRECTORY_NAME,
    DIRECTORY_URL,
    Country,
    countries_with_lines,
    emergency_advice,
    lines_for,
    numbers_of,
)

Kind = HelpCard.Kind
SALT = "help-card"
LINK_IS_GOOD_FOR = timedelta(days=14)
SENTENCE = 200  # characters of an inbox entry
# Besides the emergency number. The second set is used where a country has no line of the first.
NEEDS: dict[str, tuple[set[str], set[str]]] = {
    Kind.SELF_HARM: ({"crisis", "text"}, set()),
    Kind.OVERDOSE: ({"poison", "using-alone"}, {"crisis"}),
    Kind.POISONING: ({"poison"}, {"crisis"}),
    Kind.VIOLENCE: ({"violence"}, {"crisis", "text"}),
    Kind.WITHDRAWAL: ({"treatment"}, {"crisis"}),
    Kind.CHILD: ({"child", "poison"}, {"crisis", "text"}),
}
WORDS: dict[str, str] = {
    Kind.SELF_HARM: (
        "If you might hurt yourself, call or text one of these lines now. You don’t have to explain anything first. If you "
        "have already taken something or hurt yourself, call the emergency number."
    ),
    Kind.OVERDOSE: (
        "If someone can’t be woken, hardly breathes, or has blue or gray lips, call the emergency number now. Give naloxone "
        "if you have it, give rescue breaths, and stay. Call even if the person wakes up."
    ),
    Kind.POISONING: (
        "Call now, even if there are no symptoms yet, and have the package at hand. If anyone collapses, has a seizure, "
        "can’t breathe well, or can’t be woken, call the emergency number."
    ),
    Kind.VIOLENCE: (
        "You deserve to be safe. In danger now, call the emergency number. The other lines are for people who are hurt or "
        "threatened at home. Calls and messages can stay visible on a phone: use one that no one else looks at, if you can."
    ),
    Kind.WITHDRAWAL: (
        "If you drink every day, stopping at once can be dangerous. For a seizure, confusion, or seeing things that aren’t "
        "there, call the emergency number now. For bad shaking or sweating, get medical help today."
    ),
    Kind.CHILD: (
        "If a child may have swallowed a medicine, call the poison line now. If a child can’t be woken, has trouble "
        "breathing, or someone is hurting them, call the emergency number. If you are the child, you can call too."
    ),
}


def card_lines(kind: str, country: str) -> list[dict[str, str]]:
    """The lines that a card of this kind names in this country, as stored on the card; none for a country not offered."""
    first, instead = NEEDS[kind]
    found = [line for line in lines_for(country, first) if line.phone or line.sms or line.url]
    if not any(line.need in first and (line.phone or line.sms) for line in found):
        found += [line for line in lines_for(country, instead) if line.need in instead]
    names = ("need", "name", "phone", "sms", "url", "country")
    return [{name: str(getattr(line, name)) for name in names} for line in found]


def card_context(card: HelpCard, country: str | None = None) -> dict[str, Any]:
    """Context of _help_card.html; `country` is what its reader has just chosen instead of the card's."""
    code = card.country if country is None else country
    lines = card.lines if code == card.country else card_lines(card.kind, code)
    return {
        "words": WORDS[card.kind],
        "country": code,
        "country_name": country_name(code),
        "lines": lines,
        "emergency": "" if lines else emergency_advice(code),
        "countries": _countries(card.kind),
        "directory_name": DIRECTORY_NAME,
        "directory_url": DIRECTORY_URL,
    }


def _countries(kind: str) -> list[Country]:
    """All countries, each with the lines for this kind only."""
    wanted = NEEDS[kind][0] | NEEDS[kind][1] | {"emergency"}
    return [c._replace(lines=[x for x in c.lines if x.need in wanted]) for c in countries_with_lines()]


def tell_help_card(card: HelpCard) -> None:
    """An inbox entry at once, and a mail of its own, past quiet hours and bursts, as soon as the card can't be undone."""
    url = reverse("forum:help-card", args=[card.pk])
    body = render_to_string("forum/notifications/help_card.txt", mail_context(card))
    notify_at_once(card.person, CARD.key, inbox_sentence(card), url, card.pk, body=body, not_before=card.undo_until)


def inbox_sentence(card: HelpCard) -> str:
    """As many numbers as an inbox entry holds, each with its country, the emergency number first."""
    if card.lines:
        called = [f"{line['phone']} ({line['name']})" for line in card.lines if line["phone"]]
        return _as_fits(f"Numbers to call in {country_name(card.country)}: ", called)
    if card.country:
        return f"{emergency_advice(card.country)} More numbers to call, and a directory of help lines, are here."
    return _as_fits("In danger now? Call ", [*emergency_numbers(), "or your local emergency number"])


def emergency_numbers() -> list[str]:
    """“911 (United States, Canada)”, for each number with all countries that have it."""
    return [f"{number} ({', '.join(names)})" for number, names in numbers_of("emergency")]


def _as_fits(beginning: str, parts: list[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if len(beginning) + len(", ".join([*kept, part])) < SENTENCE:
            kept.append(part)
    return f"{beginning}{', '.join(kept)}."


def mail_context(card: HelpCard) -> dict[str, Any]:
    """For the mail. A person who wants no numbers in mails gets the link only."""
    path = reverse("shared-card", args=[card_token(card)])
    return card_context(card) | {
        "with_numbers": card.person.mail_help_numbers,
        "note": card.note,
        "is_violence": card.kind == Kind.VIOLENCE,
        "link": settings.SITE_ADDRESS + path,
        "link_until": timezone.now() + LINK_IS_GOOD_FOR,
        "settings": settings.SITE_ADDRESS + reverse("accounts:notification-settings"),
    }


def card_token(card: HelpCard) -> str:
    """Opens the card without logging in, until it expires. It says nothing by itself."""
    return signing.dumps(card.pk, salt=SALT)


def card_of_token(token: str) -> HelpCard:
    """Raise signing.SignatureExpired, signing.BadSignature, and HelpCard.DoesNotExist for a card that was undone."""
    pk = signing.loads(token, salt=SALT, max_age=LINK_IS_GOOD_FOR)
    return HelpCard.objects.sent().select_related("credential").get(pk=pk)


def tell_second_clinician(card: HelpCard, to: User) -> None:
    """Like an alarm: past quiet hours, once the card can't be undone any more."""
    url = reverse("forum:review-item", args=[card.item_id])
    sentence = "A help card was sent. Please look at it as the second clinician."
    told = notify(to, ALARM.key, sentence, url, card.item_id)
    if told and told.mail_due_at:
        told.mail_due_at = card.undo_until
        told.save(update_fields=["mail_due_at"])
