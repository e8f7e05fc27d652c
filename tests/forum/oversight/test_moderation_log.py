"""The moderators' log holds decisions, lane changes, help cards, what authors did to texts in RED, and proposals."""

from datetime import timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.profiles.names import rename
from forum.models import Decision, HelpCard, ItemLogEntry, Lane, PendingAction, ReviewItem, TriageRule
from forum.moderation.experience_decisions import approve_experience, reject_experience
from forum.moderation.help_cards import close_help_cards, send_help_card, undo_help_card
from forum.moderation.name_decisions import approve_name, turn_down_name
from forum.moderation.pending_actions import undo
from forum.moderation.text_decisions import approve, reject
from forum.moderation.urgency import change_urgency, close_item
from forum.oversight import moderation_log
from forum.oversight.decision_log import LogFilters
from forum.posting.posts import withdraw_post
from forum.triage import proposals

URL = reverse("forum:decision-log")


@pytest.fixture
def happened(say, maya, noah, dr_okafor, dr_lind):
    """A GREEN post is raised, gets a card, is withdrawn by its author and closed by two; another post is published."""
    say(noah, "Can I take it with food?", title="With food")
    post = say(maya, "The evenings are long.", title="Long evenings", public=False)
    item = ReviewItem.objects.open().get(post=post)
    change_urgency(item, by=dr_okafor, lane=Lane.RED, reason="She speaks of a bridge.")
    send_help_card(maya, by=dr_okafor, kind="self-harm", item=item)
    withdraw_post(post, by=maya)
    close_help_cards(item, by=dr_okafor)
    close_help_cards(item, by=dr_lind)
    return item


def log_of(client, who, query=""):
    client.force_login(who)
    return client.get(URL + query).content.decode().split("<main")[1].split("</main>")[0]


def test_everything_that_was_done_is_there_newest_first(client, happened, lead):
    html = log_of(client, lead)
    order = [
        "<strong>Withdrawn by its author",
        "Help card sent: suicide or self-harm",
        "<strong>Made more urgent",
        "With food",
    ]
    places = [html.index(words) for words in order]
    assert places == sorted(places)
    for words in (
        "green to red",
        "She speaks of a bridge.",
        "While it was in red. A clinician has closed it.",
        "Closed by Dr. Okafor and, on",
        "then verified as physician",
        f'href="/forum/review/item/{happened.pk}/"',
    ):
        assert words in html, words
    assert "Maya" not in html


def test_a_card_that_was_undone_and_one_that_waits_say_so(client, say, maya, noah, dr_okafor, dr_lind):
    for who in (maya, noah):
        say(who, "The evenings are long.", public=False)
    first, second = ReviewItem.objects.order_by("pk")
    undo_help_card(send_help_card(maya, by=dr_okafor, kind="overdose", item=first), by=dr_okafor)
    send_help_card(noah, by=dr_okafor, kind="violence", item=second)
    close_help_cards(second, by=dr_okafor)
    html = log_of(client, dr_lind)
    for words in ("Undone before the mail was sent.", "Dr. Okafor closed it on", "A second clinician is needed."):
        assert words in html, words


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("?action=raised", {"raised"}),
        ("?action=help-card", {"card"}),
        ("?action=withdrawn", {"author"}),
        ("?action=approved", {"decision"}),
        ("?lane=1", {"raised", "card", "author"}),
        ("?lane=3", {"decision"}),
        ("?reason=unkind", set()),
        ("?by=me", {"raised", "card", "decision"}),
        ("?before=1_2_3", {"raised", "card", "author", "decision"}),
        ("?member=maya", {"raised", "card", "author"}),
        ("?member=Noah", {"decision"}),
        ("?member=Noah&action=help-card", set()),
        ("?words=bridge", {"raised"}),
        ("?words=EVENINGS long", {"raised", "card", "author"}),
        ("?words=evenings food", set()),
        ("?until=2020-01-01", set()),
        ("?since=2020-01-01", {"raised", "card", "author", "decision"}),
    ],
)
def test_filters(client, happened, dr_okafor, dr_lind, query, there):
    html = log_of(client, dr_lind, query.replace("by=me", f"by={dr_okafor.pk}"))
    signs = {
        "raised": "a bridge.",
        "card": "Help card sent: s",
        "author": "<strong>Withdrawn by i",
        "decision": ">With food<",
    }
    shown = {name for name, words in signs.items() if words in html.replace("\n", "")}
    assert shown == there


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?action=nonsense", "nonsense is not one of the available choices."),
        ("?member=Mya", "No member has or had this name."),
        ("?since=2026-05-02&until=2026-05-01", "This date is before the “From” date."),
        ("?since=yesterday", "Enter a valid date."),
    ],
)
def test_a_filter_that_cannot_be_read_finds_nothing_and_says_why(client, happened, lead, query, said):
    html = log_of(client, lead, query)
    assert said in html
    assert ("With food" in html, "Nothing matches" in html) == (False, False)


def test_the_last_day_counts_in_the_moderators_time_zone(client, happened, lead):
    User.objects.filter(pk=lead.pk).update(time_zone="Pacific/Auckland")
    today = timezone.localdate(timezone=ZoneInfo("Pacific/Auckland"))
    assert "With food" in log_of(client, lead, f"?since={today}&until={today}")
    assert "With food" not in log_of(client, lead, f"?since={today + timedelta(days=1)}")


def test_the_number_found_is_shown_only_for_filters_and_is_not_counted_without_end(client, happened, lead, monkeypatch):
    assert "entries." not in log_of(client, lead)
    assert "1 entry." in " ".join(log_of(client, lead, "?action=help-card").split())
    assert "3 entries." in " ".join(log_of(client, lead, "?member=Maya").split())
    monkeypatch.setattr(moderation_log, "COUNTED", 2)
    assert "More than 2 entries." in log_of(client, lead, "?member=Maya")


def test_a_former_name_finds_its_member(client, happened, maya, lead):
    rename(maya, "Sunny Hill Clown", by=maya)
    for name in ("Maya", "sunny hill clown"):
        assert "Help card sent: s" in log_of(client, lead, f"?member={name}"), name


def test_a_filter_keeps_a_moderator_who_left_the_team(client, happened, dr_okafor, lead):
    dr_okafor.groups.clear()
    assert "With food" in log_of(client, lead, f"?by={dr_okafor.pk}&action=approved")


def test_a_refused_text_can_be_read_in_the_log_but_not_by_its_author(client, say, noah, dr_okafor, dr_lind):
    for who, by in ((noah, dr_okafor), (dr_lind, dr_okafor)):
        revision = say(who, f"The rude words of {who}.", title="Rude", public=False).revisions.get()
        reject(revision, by=by, reason="unkind", note="Be kind.")
    html = log_of(client, dr_lind)
    assert "<summary>Read the text</summary>" in html and "The rude words of Noah." in html
    assert "The rude words of Dr. Lind." not in html
    assert "The rude words of Dr. Lind." in log_of(client, dr_okafor, "?words=rude")


def test_proposals_to_weaken_triage_are_there_with_both_people(client, happened, dr_okafor, dr_lind, lead):
    rule = TriageRule.objects.create(key="fox", title="Foxes", lane=Lane.RED, phrases="purple fox")
    rule.active = False
    proposal = proposals.propose(rule, by=dr_okafor, reason="Too many false alarms.")
    assert "Triage, rule fox: waiting for a second person" in log_of(client, lead)
    proposals.reject(proposal, by=dr_lind, answer="Five of them were right.")
    html = log_of(client, dr_lind)
    for words in (
        "Triage, rule fox: rejected",
        "Switches the rule off",
        "Five of them were right.",
        "rejected by Dr. Lind",
    ):
        assert words in html, words
    shown = lambda query: "Too many false alarms." in log_of(client, lead, query)  # noqa: E731
    queries = ("?action=triage", "?words=fox", f"?by={dr_okafor.pk}", "?lane=1", "?member=Maya", "?action=approved")
    assert [shown(query) for query in queries] == [True, True, True, False, False, False]


def test_words_are_sought_in_what_was_typed_and_not_in_the_names_of_fields(client, say, maya, dr_okafor, dr_lind):
    item = say(maya, "Text.", title="A plain question", public=False).review_items.get()
    client.force_login(dr_okafor)
    client.post(
        reverse("forum:item-action", args=[item.pk, "reject"]), {"reject-reason": "spam", "reject-note": "A slip."}
    )
    undo(PendingAction.objects.get(), by=dr_okafor)
    assert "A slip." in log_of(client, dr_lind, "?words=slip")
    assert "A slip." not in log_of(client, dr_lind, "?words=reject")


def test_an_undone_decision_is_in_the_log_alone(client, say, maya, dr_okafor, dr_lind):
    item = say(maya, "Words.", title="A plain question", public=False).review_items.get()
    client.force_login(dr_okafor)
    refusing = {"reject-reason": "spam", "reject-note": "A slip of mine."}
    client.post(reverse("forum:item-action", args=[item.pk, "reject"]), refusing)
    assert "A slip of mine." not in log_of(client, dr_lind)
    undo(PendingAction.objects.get(), by=dr_okafor)
    html = log_of(client, dr_lind)
    assert "Undone before it took effect: Do not publish" in html and "A slip of mine." in html
    assert "A slip of mine." in log_of(client, dr_lind, "?action=undone")
    assert "A slip of mine." not in log_of(client, dr_lind, "?action=rejected")
    client.force_login(maya)
    assert "A slip of mine." not in client.get(reverse("forum:my-decisions")).content.decode()


def test_no_moderator_reads_there_what_was_done_about_them(client, say, dr_okafor, dr_lind):
    post = say(dr_lind, "The evenings are long.", title="My evenings", public=False)
    item = ReviewItem.objects.get()
    change_urgency(item, by=dr_okafor, lane=Lane.RED, reason="I worry about my colleague.")
    send_help_card(dr_lind, by=dr_okafor, kind="self-harm", item=item)
    withdraw_post(post, by=dr_lind)
    own, other = log_of(client, dr_lind), log_of(client, dr_okafor)
    for words in ("I worry about my colleague.", "Help card sent: s", "My evenings"):
        assert (words in own, words in other) == (False, True), words


def test_decisions_on_names_are_there_with_their_reason(client, maya, noah, dr_okafor, dr_lind):
    rename(maya, "Sunny Hill Clown", by=maya)
    rename(noah, "Nurse Noah", by=noah)
    turn_down_name(
        ReviewItem.objects.get(member=maya), by=dr_okafor, reason="someone", note="Too close to another name."
    )
    approve_name(ReviewItem.objects.get(member=noah), by=dr_okafor)
    html = log_of(client, dr_lind)
    for words in (
        "Name: changed back by a moderator",
        "“Sunny Hill Clown”",
        "Too close to another name.",
        "Name: approved",
    ):
        assert words in html, words
    assert "“Nurse Noah”" in log_of(client, dr_lind, f"?action=approved&lane=2&by={dr_okafor.pk}")
    assert "“Sunny" in log_of(client, dr_lind, "?action=reverted&reason=someone")
    assert "“Sunny" not in log_of(client, dr_lind, "?action=refused")


def test_a_moderator_does_not_read_there_who_turned_down_their_name(client, dr_okafor, dr_lind):
    rename(dr_lind, "Sunny Hill Clown", by=dr_lind)
    turn_down_name(ReviewItem.objects.get(), by=dr_okafor, reason="someone")
    assert ("“Sunny" in log_of(client, dr_lind), "“Sunny" in log_of(client, dr_okafor)) == (False, True)


def test_decisions_on_experiences_are_shown_except_to_their_author(client, tell, maya, dr_okafor, dr_lind):
    reject_experience(tell(maya, "Zebras.", public=False), by=dr_okafor, reason="dose", note="No amounts.")
    log = log_of(client, dr_lind)
    for words in ("Experience: not published", "Zebras.", "No amounts."):
        assert words in log
    assert "No amounts." in log_of(client, dr_lind, "?action=rejected&words=zebras")
    assert "No amounts." not in log_of(client, dr_lind, "?action=removed")
    approve_experience(tell(dr_lind, "Mine.", public=False), by=dr_okafor, note="Thank you.")
    assert ("Thank you." in log_of(client, dr_lind), "Thank you." in log_of(client, dr_okafor)) == (False, True)


def test_pages_skip_nothing_and_repeat_nothing_while_rows_are_added(happened, say, noah, dr_okafor, lead, monkeypatch):
    monkeypatch.setattr(moderation_log, "PAGE", 2)
    expected = {(type(row), row.pk) for model in (Decision, ItemLogEntry, HelpCard) for row in model.objects.all()}
    expected |= {(ReviewItem, happened.pk)}
    seen, cursor = [], ""
    while True:
        rows, cursor = moderation_log.log_page(LogFilters(before=cursor), lead)
        seen += [(type(entry.row), entry.row.pk) for entry in rows]
        say(noah, f"Meanwhile {len(seen)}.")
        if not cursor:
            break
    assert len(seen) == len(set(seen))
    assert set(seen) == expected


def test_rows_of_the_same_moment_are_all_shown(happened, lead, monkeypatch):
    moment = Decision.objects.get().decided_at
    monkeypatch.setattr(moderation_log, "PAGE", 1)
    ReviewItem.objects.filter(pk=happened.pk).update(author_did_at=moment)
    first, cursor = moderation_log.log_page(LogFilters(action="approved"), lead)
    assert [entry.kind for entry in first] == ["decision"]
    cursor = f"{moment.isoformat()}_0_{Decision.objects.get().pk}"
    second, _ = moderation_log.log_page(LogFilters(before=cursor), lead)
    assert [entry.kind for entry in second] == ["author"]


def test_the_link_to_older_rows_works(client, happened, lead, monkeypatch):
    monkeypatch.setattr(moderation_log, "PAGE", 2)
    client.force_login(lead)
    older = client.get(URL).context["page"].next_cursor
    assert f"before={quote(older)}" in log_of(client, lead)
    assert f"words=i&amp;before={quote(client.get(f'{URL}?words=i').context['page'].next_cursor)}" in log_of(
        client, lead, "?words=i"
    )
    assert "With food" in log_of(client, lead, f"?before={quote(older)}")


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_takes_the_same_queries_for_one_and_three_rows_of_each_kind(
    client, say, maya, dr_okafor, dr_lind, count, django_assert_num_queries, settings
):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    for n in range(count):
        approve(say(maya, f"Number {n}.", public=False).revisions.get(), by=dr_okafor)
        post = say(maya, f"Evening {n}.", public=False)
        item = ReviewItem.objects.open().get(post=post)
        change_urgency(item, by=dr_okafor, lane=Lane.RED, reason="A bridge.")
        withdraw_post(post, by=maya)
        close_item(item, by=dr_okafor, reason="She is safe.")
        send_help_card(maya, by=dr_okafor, kind="self-harm", country="US")
    client.force_login(dr_lind)
    client.get(URL)
    with django_assert_num_queries(16):  # session, user, rights; eight tables; reasons, team; header; help lines
        client.get(URL)
