"""What a help card says: its words for each kind, the inbox entry, the mail, and the link in it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Notification, User
from accounts.notifications.inbox import notify, notify_at_once
from accounts.text.locations import country_name
from forum.models import HelpCard
from forum.notifications.kinds import ALARM, CARD
from forum.notifications.visitors import address_of
from guide.pages.help_lines import (
    DIRECTORY_NAME,
    DIRECTORY_URL,
    EMERGENCY_LINE,
    Country,
    countries_with_lines,
    emergency_advice,
    emergency_line,
    lines_for,
    numbers_of,
)

Kind = HelpCard.Kind
SALT = "help-card"
LINK_IS_GOOD_FOR = timedelta(days=14)
ENTRY = "forum/notifications/_help_card_entry.html"
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
        "emergency_line": None if lines else emergency_line(code),
        "countries": _countries(card.kind),
        "directory_name": DIRECTORY_NAME,
        "directory_url": DIRECTORY_URL,
    }


def _countries(kind: str) -> list[Country]:
    """All countries, each with the lines for this kind only."""
    wanted = NEEDS[kind][0] | NEEDS[kind][1] | {"emergency"}
    return [c._replace(lines=[x for x in c.lines if x.need in wanted]) for c in countries_with_lines()]


def tell_help_card(card: HelpCard) -> None:
    """An inbox entry at once, and a mail of its own, past quiet hours and bursts, as soon as the card can't be undone.

    A visitor reads the card beside their question, and gets the mail only if they left an address.
    """
    url = reverse("forum:help-card", args=[card.pk])
    body = render_to_string("forum/notifications/help_card.txt", mail_context(card))
    event = (card.person, CARD.key, inbox_sentence(card), url, card.pk)
    notify_at_once(*event, body=body, not_before=card.undo_until, to=address_of(card.person))


def inbox_sentence(card: HelpCard) -> str:
    """The sentence of the inbox entry; `inbox_details` adds the numbers as buttons."""
    where = f" in {country_name(card.country)}" if card.lines else ""
    return f"A clinician sent you numbers to call{where}. Open this for more."


def inbox_details(notifications: list[Notification]) -> dict[int, SafeString]:
    """Return the help lines of each card as buttons, by key of its notification. One query, and one without a country."""
    cards = HelpCard.objects.in_bulk([n.subject_id for n in notifications if n.subject_id])
    found = {n.pk: cards[n.subject_id] for n in notifications if n.subject_id in cards}
    return {pk: mark_safe(render_to_string(ENTRY, _entry_context(card))) for pk, card in found.items()}  # noqa: S308  a template


def _entry_context(card: HelpCard) -> dict[str, Any]:
    if card.lines:
        called = [line for line in card.lines if line["phone"] or line["sms"]]
        return {"lines": [(line, country_name(line["country"])) for line in called]}
    own = emergency_line(card.country)
    numbers = [] if card.country else numbers_of("emergency")
    everywhere = [({**EMERGENCY_LINE, "phone": number}, ", ".join(names)) for number, names in numbers]
    return {
        "advice": emergency_advice(card.country),
        "lines": [(own, country_name(card.country))] if own else everywhere,
    }


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
        "has_account": card.person.state != User.State.VISITOR,
    }


def card_token(card: HelpCard) -> str:
    """Opens the card without logging in, until it expires. It says nothing by itself."""
    return signing.dumps(card.pk, salt=SALT)


def card_of_token(token: str) -> HelpCard:
    """Raise signing.SignatureExpired, signing.BadSignature, and HelpCard.DoesNotExist for a card that was undone."""
    pk = signing.loads(token, salt=SALT, max_age=LINK_IS_GOOD_FOR)
    return HelpCard.objects.sent().select_related("credential").get(pk=pk)


def tell_second_clinician(card: HelpCard, to: User) -> None:
    """Like an alarm: past quiet hours, once the card can't be undone anymore."""
    url = reverse("forum:review-item", args=[card.item_id])
    sentence = "A help card was sent. Please look at it as the second clinician."
    told = notify(to, ALARM.key, sentence, url, card.item_id)
    if told and told.mail_due_at:
        told.mail_due_at = card.undo_until
        told.save(update_fields=["mail_due_at"])
