import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import User
from forum.models import ReviewItem, TriageMatch, TriageRule, TriageVersion
from forum.triage import rule_store
from forum.triage.author_advice import marked_spans

# session, user, rights; rows, texts, matches, rules; counts, late; filter choices; undo (2); item views; looks of
# colleagues; handover notes; rest; proposals to weaken triage; help lines
QUEUE = 24


@pytest.fixture
def rules(loaded_rules, module_guide, db):
    """The starting rules, and the guide with its help lines."""


@pytest.fixture
def reader(client, maya):
    client.force_login(maya)
    return client


def test_the_author_sees_help_lines_right_after_sending(rules, reader, say, maya):
    post = say(maya, "I can't go on. My eyes are yellow.", public=False)
    html = reader.get(reverse("forum:my-post", args=[post.pk])).content.decode()
    red, amber = html.index("sounds urgent"), html.index("Signs of liver trouble")
    assert red < amber
    assert 'href="tel:988"' in html[red:] and "Moderators read urgent posts first, when one is on duty." in html


def test_help_lines_are_those_of_the_authors_country(rules, client, say, maya):
    User.objects.filter(pk=maya.pk).update(country="AU")
    maya.refresh_from_db()
    client.force_login(maya)
    post = say(maya, "I can't go on.", public=False)
    html = client.get(reverse("forum:my-post", args=[post.pk])).content.decode()
    advice = html[html.index("triage-advice") : html.index("Get help first")]
    assert "If you or somebody with you" not in html
    assert "Lifeline" in advice and "988 Suicide" not in advice


def test_an_ordinary_post_shows_no_advice(rules, reader, say, maya):
    post = say(maya, "One year today.", public=False)
    assert "triage-advice" not in reader.get(reverse("forum:my-post", args=[post.pk])).content.decode()


def test_advice_while_typing_is_the_same_and_stores_nothing(rules, reader):
    answer = reader.post(reverse("forum:advice-fragment"), {"body": "she won't wake up", "title": "Help"})
    assert "give naloxone" in answer.content.decode() and "<html" not in answer.content.decode()
    assert (TriageMatch.objects.count(), answer["Cache-Control"]) == (
        0,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_takes_the_same_queries_for_one_and_three_items(
    rules, client, say, maya, dr_lind, django_assert_num_queries, rows
):
    for i in range(rows):
        say(maya, f"I can't go on, {i}. My eyes are yellow.", title="A title", public=False)
    client.force_login(dr_lind)
    client.get(reverse("forum:review-queue"))
    with django_assert_num_queries(QUEUE):
        html = client.get(reverse("forum:review-queue")).content.decode()
    listed = html.split("data-queue")[1]
    assert (listed.count("lane-red"), listed.count("Signs of liver trouble")) == (rows, rows)


def test_the_header_counts_the_queue_for_moderators_and_tells_red_apart(rules, client, say, maya, dr_okafor, dr_lind):
    say(maya, "I can't go on.", public=False)
    say(maya, "My eyes are yellow.", public=False)
    say(dr_okafor, "Words.", public=False)  # which Dr. Okafor can't decide
    client.force_login(dr_okafor)
    number = lambda: link.search(client.get(reverse("forum:index")).content.decode())[1]  # noqa: E731
    link = re.compile(r'id="review-link".*?>(Review.*?)</a>', re.DOTALL)
    assert strip_tags(number()).split() == ["Review", "1", "in", "red,", "2", "waiting"]
    dr_okafor.credentials.update(expires_at=timezone.now())
    assert number().strip() == "Review"


def test_the_headers_number_takes_one_query_of_moderators_and_none_of_members(client, say, maya, dr_okafor):
    say(maya, "Words.", public=False)
    about_the_queue = {}
    for who in (maya, dr_okafor):
        client.force_login(who)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("forum:index"))
        about_the_queue[who] = sum("forum_reviewitem" in query["sql"] for query in asked)
    assert about_the_queue == {maya: 0, dr_okafor: 1}


def test_rows_and_counts_are_renewed_with_the_filters_and_the_header(rules, client, say, maya, dr_okafor):
    say(maya, "I can't go on.", title="First", public=False)
    say(maya, "Hello.", title="Second", public=False)
    red = ReviewItem.objects.get(lane=1)
    client.force_login(dr_okafor)
    rows = client.get(reverse("forum:queue-rows-fragment"), {"lane": "red"}).content.decode()
    assert ("<html" in rows, "First" in rows, "Second" in rows) == (False, True, False)
    counted = client.get(reverse("forum:counts-fragment")).content.decode()
    assert f'data-red="{red.pk}"' in counted and 'hx-swap-oob="true"' in counted


def test_the_item_page_shows_lane_marks_reasons_and_standard_texts(rules, client, say, maya, dr_lind):
    post = say(maya, "I <b>can't go on</b>.", public=False)
    client.force_login(dr_lind)
    html = client.get(reverse("forum:review", args=[post.revisions.get().pk]), follow=True).content.decode()
    assert '<mark class="lane-red" title="Thoughts of suicide or self-harm">' in html
    assert "and contact your prescriber." in html and "<b>can" not in html


def test_marks_escape_the_text_and_shorten_overlapping_spans():
    matches = [TriageMatch(lane=1, start=0, end=6, kind="words"), TriageMatch(lane=2, start=3, end=9, kind="link")]
    assert marked_spans("<a>bcd<i>e", matches) == (
        '<mark class="lane-red" title="Words">&lt;a&gt;bcd</mark>'
        '<mark class="lane-amber" title="A link">&lt;i&gt;</mark>e'
    )


def rule_form(**changed):
    fields = {
        "key": "new-rule",
        "title": "New",
        "lane": 2,
        "acuteness": 9,
        "phrases": "purple elephant",
        "active": "on",
    }
    return {**fields, "negation_window": 0, "past_window": 0, **changed}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"phrases": "the"}, "too broad"),
        ({"phrases": "(a+)+$ purple"}, "isn’t a word"),
        ({"should_match": "green elephant"}, "should match but doesn’t"),
        ({"should_not_match": "a purple elephant"}, "should not match but does"),
        ({"help_needs": "magic"}, "no kind of help line"),
    ],
)
def test_the_admin_refuses_a_rule_that_fails(rules, client, dr_lind, changed, why):
    client.force_login(dr_lind)
    answer = client.post(reverse("admin:forum_triagerule_add"), rule_form(**changed))
    assert (answer.status_code, why in answer.content.decode()) == (200, True)
    assert not TriageRule.objects.filter(key="new-rule").exists()


def test_the_admin_stores_every_version_with_its_author(rules, client, dr_lind):
    client.force_login(dr_lind)
    assert client.post(reverse("admin:forum_triagerule_add"), rule_form()).status_code == 302
    rule = TriageRule.objects.get(key="new-rule")
    url = reverse("admin:forum_triagerule_change", args=[rule.pk])
    assert client.post(url, rule_form(phrases="green elephant")).status_code == 302
    kept = TriageVersion.objects.filter(subject="rule new-rule").order_by("number")
    assert [(v.number, v.content["phrases"], v.by) for v in kept] == [
        (1, "purple elephant", dr_lind),
        (2, "green elephant", dr_lind),
    ]
    assert "Version 2" in client.get(url).content.decode()


def test_a_list_that_would_make_a_rule_fail_is_refused(rules, client, dr_lind):
    client.force_login(dr_lind)
    naltrexone, drinks = (rule_store.TriageList.objects.get(name=name) for name in ("naltrexone", "drinks"))
    url = reverse("admin:forum_triagelist_change", args=[naltrexone.pk])
    assert "should match but doesn’t" in client.post(url, {"words": "something"}).content.decode()
    url = reverse("admin:forum_triagelist_change", args=[drinks.pk])
    assert client.post(url, {"words": drinks.words + "\nvermouth"}).status_code == 302


def test_editors_and_verifiers_cannot_edit_rules(rules, client, elif_, vera):
    for person in (elif_, vera):
        client.force_login(person)
        assert client.get(reverse("admin:forum_triagerule_changelist")).status_code == 403


def test_a_year_old_account_is_not_new(rules, say, maya):
    User.objects.update(date_joined=timezone.now() - timezone.timedelta(days=365))
    maya.refresh_from_db()
    assert say(maya, "Hello.", public=False).revisions.get().triage_matches.count() == 0
