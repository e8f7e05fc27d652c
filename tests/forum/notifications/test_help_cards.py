"""A help card's mail, through a real SMTP server: at once, past quiet hours, with the numbers in it or only a neutral link."""

import re
from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Notification, OutboxEmail
from accounts.notifications.inbox import queue_emails
from accounts.notifications.outbox import send_emails
from accounts.text.locations import country_name
from forum.models import HelpCard, ReviewItem
from forum.moderation.help_cards import send_help_card
from forum.notifications.help_cards import WORDS, card_token

pytestmark = pytest.mark.usefixtures("guide")
# For each country: what its card for self-harm must say. Three of the twelve have no lines of their own.
COUNTRIES = {
    "US": ["call 911", "call 988. Text 988", "Text HOME to 741741"],
    "GB": ["call 999", "call 116 123", "call 0808 808 8000", "Text SHOUT to 85258"],
    "CA": ["call 911", "call 9-8-8. Text 9-8-8"],
    "AU": ["call 000", "call 13 11 14", "Text 0477 13 11 14"],
    "IE": ["call 112 (999 works too)", "call 116 123", "Text HELLO to 50808"],
    "NZ": ["call 111", "call 1737. Text 1737"],
    "ZA": ["call 112 (from a mobile phone)", "call 0800 567 567"],
    "SG": ["call 995", "call 1767"],
    "IN": ["call 112", "call 14416"],
    "DE": ["In Germany, call 112, the emergency number."],
    "FR": ["In France, call 112, the emergency number."],
    "JP": ["Call the emergency number in Japan."],
    "": ["Call the emergency number where you are."],
}
OWN_LINES = {"US", "GB", "CA", "AU", "IE", "NZ", "ZA", "SG", "IN"}
ALL_COUNTRIES = ["United States:", "United Kingdom:", "Ireland:", "New Zealand:", "Canada:", "Australia:"]


@pytest.fixture
def at_night(maya):
    """It is the middle of Maya's quiet hours."""
    now = timezone.now()
    maya.quiet_from = (now - timedelta(hours=2)).time().replace(microsecond=0)
    maya.quiet_until = (now + timedelta(hours=2)).time().replace(microsecond=0)
    maya.save()
    return maya


def send(say, person, by, **card):
    post = say(person, f"I cannot go on. {uuid4()}", public=False)
    item = ReviewItem.objects.get(post=post)
    return send_help_card(person, by=by, item=item, **{"kind": "self-harm", **card})


def after_the_undo_period():
    OutboxEmail.objects.update(due_at=timezone.now())
    queue_emails()
    send_emails()


def mail_to(sink, person):
    [mail] = [mail for mail in sink.received if mail["To"] == person.email]
    return mail


def text_of(mail):
    return " ".join(mail.get_content().split())


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_numbers_of_the_members_country_stand_in_the_mail_in_quiet_hours(
    country,
    say,
    at_night,
    dr_okafor,
    dr_lind,
    sink,
    settings,
):
    maya = at_night
    maya.country = country
    maya.save()
    card = send(say, maya, dr_okafor)
    after_the_undo_period()
    mail = mail_to(sink, maya)
    assert (mail["Subject"], mail["Auto-Submitted"], mail["List-Unsubscribe"]) == (
        settings.MAIL_SUBJECT,
        "auto-generated",
        None,
    )
    text = text_of(mail)
    for words in COUNTRIES[country]:
        assert words in text
    assert "findahelpline.com" in text
    name = country_name(country)
    for line in card.lines:
        assert f"{line['name']} ({name}):" in text
    if country in OWN_LINES:
        assert f"In {name}:" in text
        assert {line["country"] for line in card.lines} == {country}
    else:
        assert card.lines == []
        assert [c for c in ALL_COUNTRIES if c not in text] == []
    assert "naltrexone" not in text.lower()
    assert maya.display_name not in text
    assert Notification.objects.get(kind="help-card").mailed_at is not None


def test_it_waits_for_no_burst_and_no_delivery_that_was_chosen(say, maya, dr_okafor, sink, settings):
    settings.MAIL_BURST_SECONDS = 3600
    maya.preferences.create(kind="help-card", delivery="site")
    send(say, maya, dr_okafor)
    assert send_emails() == 0  # it can still be undone
    late = OutboxEmail.objects.get().due_at - timezone.now()
    assert timedelta(seconds=25) < late <= timedelta(seconds=30)
    after_the_undo_period()
    mail_to(sink, maya)


def test_a_member_may_choose_that_mails_never_hold_numbers(client, say, at_night, dr_okafor, sink):
    maya = at_night
    maya.country, maya.mail_help_numbers = "GB", False
    maya.save()
    card = send(say, maya, dr_okafor, kind="violence", note="We are here tomorrow too.")
    after_the_undo_period()
    text = text_of(mail_to(sink, maya))
    assert text.startswith("Hello, There is a message for you. You can read it without logging in, until ")
    for word in ("999", "0808", "violence", "clinician", "danger", "emergency", "tomorrow", "help"):
        assert word not in text.lower()
    link = text.rpartition(" ")[2]
    page = client.get(link[link.index("/card/") :]).content.decode()
    assert 'href="tel:08082000247"' in page
    card.refresh_from_db()
    assert (card.link_opened_at is not None, card.opened_at) == (True, None)


def inbox_of(client, person):
    client.force_login(person)
    return client.get("/account/inbox/").content.decode().split('class="inbox"')[1].split("Mark all as read")[0]


def ways_in(html):
    """The buttons as they look: whose number it is is only read aloud."""
    return {label: address for address, label in re.findall(r'href="((?:tel|sms):[^"]+)">([^<]+)<', html)}


def test_the_inbox_entry_holds_the_numbers_as_buttons(client, say, maya, dr_okafor):
    maya.country = "IE"
    maya.save()
    send(say, maya, dr_okafor)
    html = inbox_of(client, maya)
    assert "A clinician sent you numbers to call in Ireland." in html
    assert ways_in(html) == {
        "Call 112": "tel:112",
        "Call 116 123": "tel:116123",
        "Text HELLO to 50808": "sms:50808?&amp;body=HELLO",
    }


@pytest.mark.parametrize(
    ("country", "advice", "ways"),
    [
        ("DE", "In Germany, call 112, the emergency number.", {"Call 112": "tel:112"}),
        ("JP", "Call the emergency number in Japan.", {}),
    ],
)
def test_the_inbox_entry_of_a_country_without_lines(client, say, maya, dr_okafor, country, advice, ways):
    maya.country = country
    maya.save()
    send(say, maya, dr_okafor)
    html = inbox_of(client, maya)
    assert advice in html
    assert ways_in(html) == ways


def test_the_inbox_entry_of_an_unknown_country_has_every_emergency_number_with_its_countries(
    client, say, maya, dr_okafor
):
    send(say, maya, dr_okafor)
    html = inbox_of(client, maya)
    ways = ways_in(html)
    assert {"Call 911", "Call 999", "Call 112", "Call 000", "Call 111", "Call 995"} == set(ways)
    assert "United States, Canada" in html
    assert "Call the emergency number where you are." in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_for_one_card_and_three(
    client, say, maya, dr_okafor, django_assert_num_queries, count
):
    maya.country = "IE"
    maya.save()
    for _ in range(count):
        send(say, maya, dr_okafor)
    client.force_login(maya)
    with django_assert_num_queries(5):  # session, person with groups, messages, cards, help lines
        client.get("/account/inbox/")


@pytest.mark.parametrize("country", ["DE", "FR"])
def test_the_page_without_a_login_has_a_button_where_112_holds(client, say, maya, dr_okafor, country):
    maya.country = country
    maya.save()
    card = send(say, maya, dr_okafor)
    page = client.get(f"/card/{card_token(card)}/").content.decode()
    assert 'href="tel:112">Call 112<span' in page.split("Where are you?")[0]


@pytest.mark.parametrize("kind", HelpCard.Kind.values)
def test_each_kind_has_words_and_lines_of_its_own(kind, say, maya, dr_okafor, sink):
    needs = {
        "self-harm": {"emergency", "crisis", "text"},
        "overdose": {"emergency", "poison", "using-alone"},
        "poisoning": {"emergency", "poison"},
        "violence": {"emergency", "violence"},
        "withdrawal": {"emergency", "treatment"},
        "child": {"emergency", "poison", "child"},
    }
    maya.country = "US"
    maya.save()
    card = send(say, maya, dr_okafor, kind=kind)
    assert {line["need"] for line in card.lines} == needs[kind]
    after_the_undo_period()
    text = text_of(mail_to(sink, maya))
    other = [k for k in HelpCard.Kind.values if k != kind]
    assert WORDS[kind] in text
    assert [k for k in other if WORDS[k] in text] == []
    assert ("delete this one" in text) == (kind == "violence")


def test_a_country_without_a_line_of_the_kind_gets_its_crisis_line(say, maya, dr_okafor):
    maya.country = "SG"
    maya.save()
    card = send(say, maya, dr_okafor, kind="violence")
    assert [(line["need"], line["phone"]) for line in card.lines] == [("emergency", "995"), ("crisis", "1767")]


def test_the_second_clinician_is_told_at_once_too(say, maya, dr_okafor, dr_lind, sink):
    dr_lind.quiet_from, dr_lind.quiet_until = time(0), time(23, 59)
    dr_lind.save()
    send(say, maya, dr_okafor)
    Notification.objects.filter(recipient=dr_lind).update(mail_due_at=timezone.now())
    after_the_undo_period()
    assert "something urgent" in text_of(mail_to(sink, dr_lind))
