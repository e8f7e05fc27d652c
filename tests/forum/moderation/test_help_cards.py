"""Help cards: sent in two steps, undone within 30 seconds, opened without logging in, closed by two clinicians."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, OutboxEmail, User
from forum.models import FollowUp, HelpCard, Lane, ReviewItem
from forum.moderation import text_decisions
from forum.moderation.claims import claim_next, release
from forum.moderation.help_cards import close_help_cards, send_help_card, undo_help_card
from forum.moderation.text_decisions import Superseded
from forum.notifications.help_cards import SALT, card_token
from forum.publishing.queue_items import open_danger_item
from tests.conftest import logged_in, person
from tests.forum.conftest import let_undo_run_out

pytestmark = pytest.mark.usefixtures("guide")


@pytest.fixture
def wren(db):
    return person("wren", "Wren")


@pytest.fixture
def item(say, wren):
    wren.country = "GB"
    wren.save()
    return ReviewItem.objects.get(post=say(wren, "We are planning a holiday in spring.", public=False))


def card_of(item, by, **changed):
    return send_help_card(item.post.author, by=by, item=item, **{"kind": "self-harm", **changed})


def page(client, url):
    return client.get(url).content.decode()


# Sending


def test_a_card_makes_its_item_red_with_a_promise_that_begins_now(item, dr_okafor, dr_lind):
    long_ago = timezone.now() - timedelta(hours=20)
    ReviewItem.objects.filter(pk=item.pk).update(asked_at=long_ago, promised_at=long_ago + timedelta(hours=24))
    assert item.lane == Lane.GREEN
    card = card_of(item, dr_okafor)
    item.refresh_from_db()
    assert (item.lane, item.needs_second) == (Lane.RED, True)
    assert item.asked_at == long_ago
    assert timedelta(minutes=14) < item.promised_at - timezone.now() <= timedelta(minutes=15)
    assert (card.person.display_name, card.country, card.alerted) == ("Wren", "GB", dr_lind)


def test_a_second_click_sends_no_second_card_but_another_card_can_follow(item, dr_okafor, wren):
    card = card_of(item, dr_okafor)
    assert card_of(item, dr_okafor) == card
    other = card_of(item, dr_okafor, kind="overdose")
    assert HelpCard.objects.count() == 2
    HelpCard.objects.filter(pk=other.pk).update(sent_at=timezone.now() - timedelta(minutes=2))
    assert card_of(item, dr_okafor, kind="overdose") != other


def test_a_card_goes_to_a_member_without_an_item_and_to_a_published_post(published, maya, noah, dr_okafor):
    card = send_help_card(maya, by=dr_okafor, kind="violence")
    assert (card.item.kind, card.item.lane, card.item.member, card.item.state) == ("danger", Lane.RED, maya, "open")
    assert send_help_card(maya, by=dr_okafor, kind="child").item == card.item
    post = published(noah, "I look at the bridge.")
    card = send_help_card(noah, by=dr_okafor, kind="self-harm", post=post)
    assert (card.item.kind, card.post, card.item.member) == ("danger", post, noah)


def test_the_moderator_sees_country_kind_and_lines_before_anything_is_sent(item, wren, dr_okafor, client):
    client.force_login(dr_okafor)
    url = reverse("forum:compose-card", args=["item", item.pk])
    html = page(client, url)
    assert "They chose United Kingdom in their settings." in html
    assert 'name="send"' not in html
    html = client.post(url, {"kind": "violence", "country": "GB", "note": "Call when you can."}).content.decode()
    assert HelpCard.objects.count() == OutboxEmail.objects.count() == 0
    assert "What Wren will see" in html
    assert "In United Kingdom" in html
    assert 'href="tel:08082000247"' in html
    assert "Call when you can." in html
    assert "Send this card to Wren" in html
    client.post(url, {"kind": "violence", "country": "GB", "note": "Call when you can.", "send": "1"})
    card = HelpCard.objects.get()
    assert (card.kind, card.note, card.country) == ("violence", "Call when you can.", "GB")


def test_the_country_is_theirs_to_choose_and_nothing_typed_is_lost(item, dr_okafor, client):
    client.force_login(dr_okafor)
    url = reverse("forum:compose-card", args=["item", item.pk])
    html = client.post(url, {"kind": "overdose", "country": "", "note": "", "send": "1"}, follow=True)
    assert (HelpCard.objects.get().country, HelpCard.objects.get().lines) == ("", [])
    html = client.post(url, {"kind": "", "country": "XX", "note": "A line.", "send": "1"}).content.decode()
    assert HelpCard.objects.count() == 1
    assert "A line." in html


@pytest.mark.parametrize("note", ["Stop the naltrexone.", "Dear WREN, call us."])
def test_the_line_of_ones_own_names_neither_medicine_nor_person(note, item, dr_okafor, client):
    client.force_login(dr_okafor)
    url = reverse("forum:compose-card", args=["item", item.pk])
    html = client.post(url, {"kind": "overdose", "country": "GB", "note": note, "send": "1"}).content.decode()
    assert HelpCard.objects.count() == 0
    assert "someone else may read this" in html


def test_triage_suggests_the_kind(say, wren, dr_okafor, client):
    call_command("load_triage", stdout=StringIO())
    item = ReviewItem.objects.get(post=say(wren, "I want to kill myself tonight.", public=False))
    client.force_login(dr_okafor)
    html = page(client, reverse("forum:compose-card", args=["item", item.pk]))
    assert re.findall(r'value="([a-z-]+)"[^>]*checked', html) == ["self-harm"]


def test_on_the_item_no_letter_of_the_queue_opens_it_and_no_button_there_sends_it(item, dr_okafor, client):
    client.force_login(dr_okafor)
    html = page(client, reverse("forum:review-item", args=[item.pk]))
    compose = reverse("forum:compose-card", args=["item", item.pk])
    assert 'data-key="!"' in html
    assert 'data-key="k"' not in html
    assert f'action="{compose}"' in html
    client.post(reverse("forum:item-action", args=[item.pk, "help-card"]), {"kind": "overdose"})
    client.post(compose, {"kind": "overdose", "country": "GB"})
    assert HelpCard.objects.count() == 0


@pytest.mark.parametrize("about", ["item", "post", "member"])
def test_no_card_to_oneself_and_none_from_a_member(about, say, maya, dr_okafor, dr_lind):
    post = say(dr_lind, "My own words.")
    item = open_danger_item(dr_lind, post)
    pk = {"item": item.pk, "post": post.pk, "member": dr_lind.pk}[about]
    url = reverse("forum:compose-card", args=[about, pk])
    found = [logged_in(who).get(url).status_code for who in (dr_lind, maya, None, dr_okafor)]
    assert found == [404, 404, 404, 200]


def test_an_earlier_card_is_told_before_another_is_sent(item, wren, dr_okafor, dr_lind, client):
    card = card_of(item, dr_okafor)
    HelpCard.objects.filter(pk=card.pk).update(opened_at=timezone.now())
    client.force_login(dr_lind)
    for url in (
        reverse("forum:compose-card", args=["member", wren.pk]),
        reverse("forum:review-item", args=[item.pk]),
    ):
        html = page(client, url)
        assert "A help card was sent" in html
        assert "They opened it" in html


# Undo


def test_a_card_is_undone_within_30_seconds_and_nobody_was_mailed(item, wren, dr_okafor, dr_lind, client):
    before = (item.lane, item.asked_at, item.promised_at)
    card = card_of(item, dr_okafor)
    client.force_login(dr_okafor)
    assert "Undo: don’t send it" in page(client, reverse("forum:review-item", args=[item.pk]))
    client.post(reverse("forum:undo-card", args=[card.pk]))
    item.refresh_from_db()
    assert (item.lane, item.asked_at, item.promised_at, item.needs_second) == (*before, False)
    assert OutboxEmail.objects.count() == 0
    assert not Notification.objects.filter(kind__in=["help-card", "alarm"]).exists()
    assert HelpCard.objects.sent().count() == 0
    assert logged_in(wren).get(reverse("forum:help-card", args=[card.pk])).status_code == 404
    assert client.get(reverse("shared-card", args=[card_token(card)])).status_code == 404


def test_not_after_30_seconds_not_once_it_was_opened_and_not_by_another(item, wren, dr_okafor, dr_lind):
    card = card_of(item, dr_okafor)
    with pytest.raises(PermissionDenied):
        undo_help_card(card, by=dr_lind)
    logged_in(wren).get(reverse("forum:help-card", args=[card.pk]))
    with pytest.raises(Superseded):
        undo_help_card(card, by=dr_okafor)
    HelpCard.objects.filter(pk=card.pk).update(opened_at=None, sent_at=timezone.now() - timedelta(seconds=31))
    with pytest.raises(Superseded):
        undo_help_card(card, by=dr_okafor)


def test_an_undone_card_to_a_member_takes_its_item_along(maya, dr_okafor):
    card = send_help_card(maya, by=dr_okafor, kind="overdose")
    undo_help_card(card, by=dr_okafor)
    card.item.refresh_from_db()
    assert card.item.state == "closed"


# The person's side


def test_the_page_needs_no_login_says_nothing_about_who_or_what_and_expires(item, wren, dr_okafor, client, settings):
    card = card_of(item, dr_okafor, note="Call when you can.")
    url = reverse("shared-card", args=[card_token(card)])
    assert url.startswith("/card/")
    answer = client.get(url)
    html = answer.content.decode()
    assert 'href="tel:116123"' in html
    assert "United Kingdom" in html
    for word in ("Wren", "naltrexone", settings.SITE_NAME, "Okafor", "Call when you can", "forum", "log in"):
        assert word.lower() not in html.lower().replace("/forum-", "")
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]
    assert client.get("/card/forged/").status_code == 404
    assert client.get(reverse("shared-card", args=[signing.dumps(card.pk, salt="other")])).status_code == 404


def test_an_expired_link_still_shows_all_numbers(item, dr_okafor, client, monkeypatch):
    card = card_of(item, dr_okafor)
    signer = signing.TimestampSigner(salt=SALT)
    monkeypatch.setattr(signing.TimestampSigner, "timestamp", lambda self: signing.b62_encode(1_700_000_000))
    token = signing.dumps(card.pk, salt=SALT)
    monkeypatch.undo()
    assert signer
    answer = client.get(reverse("shared-card", args=[token]))
    assert answer.status_code == 410
    assert 'href="tel:911"' in answer.content.decode()


def test_where_are_you_is_one_click_and_is_remembered_only_if_the_member_wants(item, wren, dr_okafor):
    card = card_of(item, dr_okafor, country="")
    client = logged_in(wren)
    url = reverse("forum:help-card", args=[card.pk])
    html = page(client, url)
    assert "Where are you?" in html
    assert 'href="?country=NZ"' in html
    for name in ("United States", "Ireland", "New Zealand"):
        assert name in html
    html = page(client, f"{url}?country=NZ")
    assert "In New Zealand" in html
    main = html.partition("<main")[2]
    assert main.index('href="tel:111"') < main.index('href="tel:911"')
    wren.refresh_from_db()
    assert wren.country == "GB"
    assert "Remember New Zealand in my settings" in html
    client.post(reverse("forum:remember-country", args=[card.pk]), {"country": "NZ"})
    wren.refresh_from_db()
    assert wren.country == "NZ"


def test_a_card_is_for_its_person_alone(item, maya, dr_okafor):
    card = card_of(item, dr_okafor)
    assert logged_in(maya).get(reverse("forum:help-card", args=[card.pk])).status_code == 404


def test_a_link_that_was_opened_may_have_been_a_mail_program(item, dr_okafor, dr_lind, client):
    card = card_of(item, dr_okafor)
    client.get(reverse("shared-card", args=[card_token(card)]))
    html = page(logged_in(dr_lind), reverse("forum:review-item", args=[item.pk]))
    assert "That can also be a mail program." in html


# Closing


def test_two_clinicians_close_it_and_the_action_says_what_is_true(item, dr_okafor, dr_lind):
    card_of(item, dr_okafor)
    text_decisions.approve(item.revision, by=dr_okafor)
    first, second = logged_in(dr_okafor), logged_in(dr_lind)
    act = reverse("forum:item-action", args=[item.pk, "close-card"])
    answer = first.post(act, {}, follow=True)
    assert "You closed the help card for your part." in answer.content.decode()
    item.refresh_from_db()
    assert item.state == "open"
    html = page(first, reverse("forum:review-item", args=[item.pk]))
    assert "Dr. Okafor closed it for their part; a second clinician is needed." in html
    assert "Close it for my part" not in html
    assert "The last card is still open. A new one goes out as well, and two clinicians have to close it." in html
    again = first.post(act, {})
    assert again.status_code == 409
    assert "You have already closed this for your part. A second clinician is needed." in again.content.decode()
    assert "Someone else got there first" not in again.content.decode()
    second.post(act, {})
    item.refresh_from_db()
    assert (item.state, item.closed_by) == ("closed", dr_lind)
    with pytest.raises(Superseded, match="Two clinicians have already closed this"):
        close_help_cards(item, by=User.objects.get(pk=dr_lind.pk))


def test_next_does_not_bring_back_what_only_a_second_clinician_can_close(item, dr_okafor, dr_lind):
    card_of(item, dr_okafor)
    close_help_cards(item, by=dr_okafor)
    assert claim_next(dr_okafor) == item  # its text waits
    release(item, by=dr_okafor)
    text_decisions.approve(item.revision, by=dr_okafor)
    assert claim_next(dr_okafor) is None
    card_of(item, dr_okafor, kind="overdose")
    assert claim_next(dr_okafor) == item
    release(item, by=dr_okafor)
    assert claim_next(dr_lind) == item


def test_a_second_close_by_the_same_person_says_why(item, dr_okafor):
    card_of(item, dr_okafor)
    close_help_cards(item, by=dr_okafor)
    with pytest.raises(Superseded, match="You have already closed this for your part"):
        close_help_cards(item, by=dr_okafor)


def test_after_both_have_closed_it_another_card_is_really_sent(item, dr_okafor, dr_lind, client):
    card_of(item, dr_okafor)
    for who in (dr_okafor, dr_lind):
        close_help_cards(item, by=who)
    client.force_login(dr_okafor)
    html = page(client, reverse("forum:review-item", args=[item.pk]))
    assert "Two clinicians have closed it." in html
    assert "Person in danger: send a help card" not in html
    assert "Person in danger: send another help card" in html
    assert "Two clinicians have closed the last card. A new one goes out as well," in html
    HelpCard.objects.update(sent_at=timezone.now() - timedelta(minutes=5))
    url = reverse("forum:compose-card", args=["item", item.pk])
    client.post(url, {"kind": "self-harm", "country": "GB", "send": "1"})
    assert HelpCard.objects.count() == 2
    item.refresh_from_db()
    assert item.needs_second


def test_a_closed_item_sends_nothing_and_says_so(item, dr_okafor, client):
    text_decisions.approve(item.revision, by=dr_okafor)
    client.force_login(dr_okafor)
    url = reverse("forum:compose-card", args=["item", item.pk])
    answer = client.post(url, {"kind": "self-harm", "country": "GB", "send": "1"})
    assert (answer.status_code, HelpCard.objects.count()) == (409, 0)
    assert "This is closed, so no card was sent." in answer.content.decode()


# Follow-ups


def test_a_follow_up_comes_back_at_its_time_with_the_assessment(item, wren, dr_okafor, dr_lind, client):
    from forum.moderation.follow_ups import open_due_follow_ups

    card_of(item, dr_okafor)
    act = reverse("forum:item-action", args=[item.pk, "close-card"])
    client.force_login(dr_okafor)
    html = client.post(act, {"close-card-again": "1"}).content.decode()
    assert "Write down what you saw" in html
    client.post(act, {"close-card-again": "1", "close-card-assessment": "Safe tonight, sister is there."})
    follow_up = FollowUp.objects.get()
    assert timedelta(hours=23) < follow_up.due_at - timezone.now() <= timedelta(hours=24)
    assert open_due_follow_ups() == 0
    FollowUp.objects.update(due_at=timezone.now())
    assert (open_due_follow_ups(), open_due_follow_ups()) == (1, 0)
    again = ReviewItem.objects.get(kind="followup")
    assert (again.member, again.state, again.lane) == (wren, "open", Lane.AMBER)
    client.force_login(dr_lind)
    html = page(client, reverse("forum:review-item", args=[again.pk]))
    assert "Look at Wren again" in html
    assert "Safe tonight, sister is there." in html
    assert "A help card was sent" in html
    act = reverse("forum:item-action", args=[again.pk, "followed-up"])
    client.post(act, {"followed-up-again": "7", "followed-up-assessment": "Better."})
    assert let_undo_run_out() == 1
    again.refresh_from_db()
    assert (again.state, again.closed_by) == ("closed", dr_lind)
    assert FollowUp.objects.count() == 2
