"""What an item's page shows around the text: changes, what was asked for, the author's record, similar decisions."""

import pytest
from django.urls import reverse

from forum.models import Lane, ReviewItem, TriageMatch, TriageRule
from forum.moderation.help_cards import send_help_card
from forum.moderation.text_decisions import approve, ask_for_changes, reject
from forum.moderation.urgency import change_urgency
from forum.posting.posts import PostText, edit_post

QUERIES = (
    38  # for any number of colleagues, posts and decisions; five of the session and rights, seven of the guide's search
)
FIRST = "I take 50 mg in the morning.\n\nIt helps me a lot.\n\nShould I stop on Sundays?"


@pytest.fixture
def desk(client, dr_lind):
    client.force_login(dr_lind)
    return client


def page(client, post):
    item = ReviewItem.objects.open().get(post=post)
    return client.get(reverse("forum:review-item", args=[item.pk])).content.decode()


def test_what_was_asked_for_is_beside_the_changed_words_of_the_text_that_came_back(desk, say, maya, dr_okafor):
    post = say(maya, FIRST, public=False)
    ask_for_changes(post.revisions.get(), by=dr_okafor, reason="dose", note="Please leave out the amount.")
    edit_post(post, PostText(FIRST.replace("50 mg", "it")), by=maya)
    html = page(desk, post).split('id="the-change"')[1].split("</section>")[0]
    assert "What a physician asked for" in html and "Please leave out the amount." in html
    assert "I take <del>50 mg</del><ins>it</ins> in the morning." in html
    assert html.count('class="soft"') == 2  # the paragraphs that stayed


def test_a_new_text_in_place_of_a_refused_one_says_so_here_and_in_the_queue(desk, say, maya, dr_okafor):
    post = say(maya, FIRST, public=False)
    reject(post.revisions.get(), by=dr_okafor, reason="dose", note="It tells others how much to take.")
    edit_post(post, PostText(FIRST.replace("50 mg", "it")), by=maya)
    html = page(desk, post).split('id="the-change"')[1].split("</section>")[0]
    assert "Why a physician did not publish the text before," in html and "how much to take." in html
    queue = desk.get(reverse("forum:review-queue")).content.decode()
    assert "A new text in place of one that was not published" in queue
    assert "Back after a moderator asked for changes" not in queue


def test_the_queue_says_what_came_back_after_a_request(desk, say, maya, dr_okafor):
    post = say(maya, FIRST, public=False)
    ask_for_changes(post.revisions.get(), by=dr_okafor, reason="dose", note="Please leave out the amount.")
    edit_post(post, PostText(FIRST.replace("50 mg", "it")), by=maya)
    assert "Back after a moderator asked for changes" in desk.get(reverse("forum:review-queue")).content.decode()


def test_the_record_links_to_the_help_cards_that_the_author_was_sent(desk, say, maya, dr_okafor):
    first = say(maya, "The evenings are long.", public=False).review_items.get()
    send_help_card(maya, by=dr_okafor, kind="self-harm", item=first)
    html = page(desk, say(maya, "New words.", public=False)).split('id="the-author"')[1].split("</section>")[0]
    assert f'<a href="{reverse("forum:review-item", args=[first.pk])}">Suicide or self-harm</a>' in html
    assert "still open" in html


def test_being_in_red_before_is_not_said_of_what_clinicians_write_as_such(desk, say, maya, dr_lind, dr_okafor):
    for who in (maya, dr_okafor):
        item = say(who, "In an overdose, call first.", public=False).review_items.get()
        change_urgency(item, by=dr_lind, lane=Lane.RED, reason="It speaks of an overdose.")
        approve(item.revision, by=dr_lind)
        say(who, "New words.", title=f"By {who}", public=False)
    queue = " ".join(desk.get(reverse("forum:review-queue")).content.decode().split())
    rows = {
        title: row
        for row in queue.split('<li class="queue-row">')
        for title in ("By Maya", "By Dr. Okafor")
        if title in row
    }
    said = {title: "was in red before" in row for title, row in rows.items()}
    assert said == {"By Maya": True, "By Dr. Okafor": False}


def test_a_request_that_was_settled_is_not_shown_again(desk, say, maya, dr_okafor):
    post = say(maya, FIRST, public=False)
    ask_for_changes(post.revisions.get(), by=dr_okafor, reason="dose", note="Please leave out the amount.")
    approve(edit_post(post, PostText("I take it in the morning."), by=maya), by=dr_okafor)
    edit_post(post, PostText("I take it at noon."), by=maya)
    assert "Please leave out the amount." not in page(desk, post).split('id="the-change"')[1].split("</section>")[0]


def test_the_record_links_to_the_authors_last_posts_and_earlier_decisions(desk, say, maya, dr_okafor):
    public = say(maya, "A public text.", title="Public one")
    refused = say(maya, "A refused text.", title="Refused one", public=False)
    reject(refused.revisions.get(), by=dr_okafor, reason="spam")
    html = page(desk, say(maya, "New words.", public=False)).split('id="the-author"')[1]
    links = {
        "A public text.": reverse("forum:moderate-post", args=[public.pk]),
        "A refused text.": reverse("forum:review", args=[refused.revisions.get().pk]),
    }
    for text, link in links.items():
        assert text in html and html.count(f'href="{link}"') == 2  # as a post and as a decision
        assert text in desk.get(link, follow=True).content.decode()


def test_a_first_post_has_no_record(desk, say, maya):
    html = page(desk, say(maya, "New words.", public=False)).split('id="the-author"')[1]
    assert "First post." in html
    assert "Last posts" not in html and "Earlier decisions" not in html


def test_similar_decisions_open_refused_ones_too(desk, say, maya, noah, dr_okafor):
    rule = TriageRule.objects.create(key="spoons", title="Spoons", lane=2, phrases="zzz")
    refused, waiting = say(noah, "Nine spoons.", public=False), say(maya, "Ten spoons.", public=False)
    for post in (refused, waiting):
        TriageMatch.objects.create(revision=post.revisions.get(), rule=rule, lane=2)
    reject(refused.revisions.get(), by=dr_okafor, reason="dose")
    link = reverse("forum:review", args=[refused.revisions.get().pk])
    assert f'href="{link}"' in page(desk, waiting).split("Decisions on similar posts")[1]
    assert "Nine spoons." in desk.get(link, follow=True).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_an_items_page_takes_the_same_queries_for_a_short_and_a_long_record(
    desk, say, maya, dr_okafor, settings, django_assert_num_queries, rows
):
    settings.FORUM_POSTS_PER_HOUR_NEW = 20
    for n in range(rows):
        say(maya, f"Public {n}.", title=f"Public {n}")
        reject(say(maya, f"Refused {n}.", public=False).revisions.get(), by=dr_okafor, reason="spam")
    post = say(maya, "New words.", public=False)
    page(desk, post)
    with django_assert_num_queries(QUERIES):
        page(desk, post)
