import re

import pytest
from django.urls import reverse

from accounts.models import Block, Credential
from forum.models import ClinicalNote, Post, Reaction, Thread
from forum.moderation.post_removal import remove
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, edit_post
from forum.threads.annotations import threads_for_reader


def page(client, thread, **data):
    return client.get(thread.get_absolute_url(), data).content.decode().split("<body")[1]


def note(post, by, body, state="shown"):
    licence = Credential.objects.get(user=by)
    ClinicalNote.objects.create(
        post=post, by=by, credential=licence, written_as="physician", body=body, html=f"<p>{body}</p>", state=state
    )


def test_a_removed_post_shows_the_reason_but_neither_text_nor_note(client, published, maya, noah, dr_lind):
    thread = published(maya, "Question.").thread
    gone = published(noah, "Take forty.", thread)
    remove(gone, by=dr_lind, reason="dose", note="Private words.")
    html = page(client, thread)
    assert "It tells others what or how much to take." in html
    assert "Take forty" not in html
    assert "Private words" not in html


def test_notes_are_shown_with_their_post_unless_withdrawn(client, published, maya, dr_okafor):
    post = published(maya, "Question.")
    note(post, dr_okafor, "Please ask first.")
    note(post, dr_okafor, "Taken back.", "withdrawn")
    html = page(client, post.thread)
    assert "Clinical note from Dr. Okafor, verified physician" in html
    assert "Please ask first." in html
    assert "Taken back" not in html


def test_the_clinicians_answer_is_pinned_on_the_first_page_and_stays_in_place(client, published, maya, noah, dr_lind):
    thread = published(maya, "Question.").thread
    published(noah, "Other.", thread)
    answer = published(dr_lind, "With food.", thread)
    Thread.objects.filter(pk=thread.pk).update(answer=answer)
    html = page(client, thread)
    assert html.count("With food.") == 2
    assert html.index("Question.") < html.index("With food.") < html.index("Other.")
    Post.objects.filter(pk=answer.pk).update(state="removed")
    assert "With food." not in page(client, thread)


@pytest.mark.parametrize(
    ("owner", "kind", "words"),
    [
        ("maya", "mute", "You’ve muted or blocked this member."),
        ("maya", "block", "You’ve muted or blocked this member."),
        ("noah", "block", None),  # a collapsed post would tell of the block
        ("noah", "mute", None),
    ],
)
def test_posts_are_collapsed_across_a_block_for_that_reader_only(client, published, maya, noah, owner, kind, words):
    thread = published(noah, "Noahs words.").thread
    one, other = (maya, noah) if owner == "maya" else (noah, maya)
    Block.objects.create(owner=one, other=other, kind=kind)
    client.force_login(maya)
    html = page(client, thread)
    assert ("You’ve muted or blocked this member." in html) == bool(words)
    assert ("<strong>Noah</strong>" in html) == (words is None)
    client.logout()
    assert "<summary>" not in page(client, thread).split("<h1")[1].split("</main>")[0]


def test_collapsing_does_not_reveal_an_anonymous_author(client, published, maya, noah):
    thread = published(noah, "Secret.", anonymous=True).thread
    Block.objects.create(owner=maya, other=noah, kind="mute")
    client.force_login(maya)
    assert "muted or blocked" not in page(client, thread)


def test_newer_and_older_threads_are_those_the_reader_may_see(client, published, maya):
    first, _inner, third = (
        published(maya, f"Q {title}.", title=title, members_only=title == "Inner").thread
        for title in ("First", "Inner", "Third")
    )
    html = page(client, Thread.objects.get(pk=third.pk))
    assert reverse("forum:thread", args=[first.pk, "first"]) in html
    assert "Inner" not in html
    client.force_login(maya)
    assert "Inner" in page(client, Thread.objects.get(pk=third.pk))
    assert "Third" not in page(client, Thread.objects.get(pk=first.pk)).split("Inner")[0]


def test_an_edited_post_is_marked_as_edited(client, published, maya, dr_okafor):
    post = published(maya, "One.")
    assert "edited" not in page(client, post.thread)
    edit_post(post, PostText("Two.", title="A question"), by=maya)
    approve(post.revisions.get(number=2), by=dr_okafor)
    assert ">edited<" in page(client, post.thread)


@pytest.mark.parametrize("count", [1, 3])
def test_reactions_notes_and_answers_cost_no_extra_queries(
    client, published, maya, noah, dr_lind, count, django_assert_max_num_queries
):
    thread = published(maya, "Question.").thread
    posts = [published(dr_lind, f"Reply {n}.", thread) for n in range(count)]
    Thread.objects.filter(pk=thread.pk).update(answer=posts[0])
    for post in posts:
        note(post, dr_lind, "Note.")
        Reaction.objects.create(post=post, by=noah, kind="thanks")
    with django_assert_max_num_queries(4):
        page(client, thread)
    client.force_login(noah)
    with django_assert_max_num_queries(8):
        page(client, thread)


def similar(client, thread):
    found = page(client, thread).partition('id="similar"')[2].partition("</nav>")[0]
    return re.findall(r'<a href="[^"]*">([^<]*)</a>', found)


def test_a_thread_ends_with_up_to_three_others_about_the_same_best_first(client, published, maya):
    thread = published(maya, "Text.", title="Headache after the first tablet").thread
    for title in ["First tablet and a headache", "A headache since the tablet", "The dentist", "A tablet a day"]:
        published(maya, "Text.", title=title)
    assert similar(client, thread) == ["First tablet and a headache", "A headache since the tablet"]
    for title in ["Tablet, then headache", "Headache from a tablet"]:
        published(maya, "Text.", title=title)
    found = similar(client, thread)
    assert (found[0], len(found)) == ("First tablet and a headache", 3)


def test_similar_threads_are_only_those_that_this_reader_may_see(client, published, maya):
    thread = published(maya, "Text.", title="Headache after a tablet").thread
    hidden = published(maya, "Text.", title="Headache from the tablet").thread
    Thread.objects.filter(pk=hidden.pk).update(members_only=True)
    assert similar(client, thread) == []
    client.force_login(maya)
    assert similar(client, thread) == ["Headache from the tablet"]
    Thread.objects.filter(pk=hidden.pk).update(state=Thread.State.REMOVED)
    assert similar(client, thread) == []


def test_only_the_newest_threads_that_share_a_word_are_compared(published, maya, monkeypatch):
    thread = published(maya, "Text.", title="Headache after a tablet").thread
    for title in ("Headache from the tablet", "A tablet", "Headache again", "Rain"):
        published(maya, "Text.", title=title)

    def found(most):
        monkeypatch.setattr("forum.models.threads.MOST_COMPARED", most)
        return [row["title"] for row in threads_for_reader(maya).get(pk=thread.pk).similar]

    assert (found(3)[0], sorted(found(2))) == ("Headache from the tablet", ["A tablet", "Headache again"])
    assert found(1) == ["Headache again"]


@pytest.mark.parametrize("title", ["& | ! ( )", "the of and", "a & b | c", "'quotes' \\ and : colons:*", "🙂"])
def test_any_title_can_be_compared(client, published, maya, title):
    published(maya, "Text.", title="Quotes and colons")
    assert client.get(published(maya, "Text.", title=title).thread.get_absolute_url()).status_code == 200
