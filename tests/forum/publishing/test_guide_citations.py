"""Citations of a thread: exactly the guide pages that its visible text links to."""

import pytest

from accounts.models import User
from forum.models import Thread, ThreadArticle
from forum.moderation.post_removal import remove, restore
from forum.moderation.text_decisions import RedactionSpan, approve, reject
from forum.moderation.thread_actions import merge
from forum.personal_data import erase
from forum.posting.posts import PostText, delete_post, edit_post
from forum.publishing.guide_citations import move_citations
from guide.models import Article
from guide.review.revisions import Draft, publish_loaded, write_revision

LINK = "See [this page](/guide/small/)."


@pytest.fixture
def other(article):
    found = Article.objects.create(slug="other")
    page = Draft("Other", "Another page.", "Short.", "## One\n\nText.\n", section=article.live.section_id, position=2)
    publish_loaded(write_revision(found, page, by=None))
    return found


def cited():
    return sorted(ThreadArticle.objects.values_list("thread", "post", "article__slug"))


@pytest.mark.parametrize(
    "body",
    [LINK, "/guide/small/ is in [it](/guide/small/?x=1#one)", "[x](/guide/small)", "See http://127.0.0.1:8000/guide/small/#one",
     "- [one](/guide/small/)\n- [two](/guide/small/#one)"],
)  # fmt: skip
def test_a_link_to_a_guide_page_is_stored_once_at_publication(say, maya, dr_okafor, article, body):
    post = say(maya, body, public=False)
    assert cited() == []
    approve(post.revisions.get(), by=dr_okafor)
    assert cited() == [(post.thread_id, post.pk, "small")]


@pytest.mark.parametrize(
    "body",
    ["`/guide/small/`", "[x](/guide/none/)", "[x](/guide/)", "[x](https://example.org/guide/small/)", "/guide/small/",
     "[x](/guide/small/feedback/)", "[x](//guide/small/)"],
)  # fmt: skip
def test_other_links_are_not_stored(say, maya, article, body):
    say(maya, body)
    assert cited() == []


def test_an_edits_links_are_stored_at_its_approval(say, maya, dr_okafor, article, other):
    post = say(maya, LINK)
    edited = edit_post(post, PostText("[x](/guide/other/)", title="T"), by=maya)
    assert [row[2] for row in cited()] == ["small"]
    approve(edited, by=dr_okafor)
    assert [row[2] for row in cited()] == ["other"]
    reject(edit_post(post, PostText(f"{LINK} Again.", title="T"), by=maya), by=dr_okafor, reason="spam")
    assert [row[2] for row in cited()] == ["other"]


def test_an_unpublished_post_cites_nothing_until_restored(say, maya, dr_okafor, article):
    post = say(maya, LINK)
    remove(post, by=dr_okafor, reason="spam")
    assert cited() == []
    restore(post, by=dr_okafor)
    assert cited() == [(post.thread_id, post.pk, "small")]
    delete_post(post, by=maya)
    assert cited() == []


def test_another_posts_citation_stays(say, maya, noah, article):
    post = say(maya, LINK)
    reply = say(noah, LINK, post.thread)
    delete_post(post, by=maya)
    assert cited() == [(post.thread_id, reply.pk, "small")]


@pytest.mark.parametrize(("posts_choice", "left"), [("leave", 1), ("remove", 0)])
def test_an_erased_members_citations_go_with_their_posts(say, maya, article, posts_choice, left):
    say(maya, LINK)
    maya.posts_choice = User.PostsChoice(posts_choice)
    erase(maya)
    assert len(cited()) == left


def test_citations_move_with_posts_to_another_thread(say, maya, noah, article):
    first, second = say(maya, "One."), say(maya, "Two.")
    reply = say(noah, LINK, first.thread)
    move_citations([reply], Thread.objects.get(pk=second.thread_id))
    assert cited() == [(second.thread_id, reply.pk, "small")]


def test_a_redacted_link_is_no_citation(say, maya, dr_okafor, article):
    post = say(maya, LINK, public=False)
    approve(post.revisions.get(), by=dr_okafor, redactions=[RedactionSpan(4, len(LINK), "contact")])
    assert cited() == []


def test_a_merged_thread_has_the_citations_of_both(say, maya, noah, dr_okafor, article):
    first, second = say(maya, "One.").thread, say(noah, LINK).thread
    merge(second, first, by=dr_okafor)
    assert [row[0] for row in cited()] == [first.pk]


def test_citations_of_a_rolled_back_approval_are_not_stored(say, maya, dr_okafor, article, monkeypatch):
    post = say(maya, LINK, public=False)
    monkeypatch.setattr("forum.moderation.text_decisions.tell_published", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        approve(post.revisions.get(), by=dr_okafor)
    assert cited() == []
