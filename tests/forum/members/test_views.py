import pytest
from django.urls import reverse

from forum.models import Bookmark, Category, Reaction, ReadMark, Subscription
from forum.moderation.post_removal import remove
from forum.posting.posts import delete_post
from forum.threads.pagination import PER_PAGE


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


def test_viewing_a_thread_writes_nothing_and_the_read_mark_post_does(client, published, maya, noah):
    thread = published(maya, "Question.").thread
    client.force_login(noah)
    html = client.get(thread.get_absolute_url()).content.decode()
    assert 'name="position" value="1"' in html
    assert ReadMark.objects.count() == 0
    for rubbish in ("", "x", "-1", "9" * 30, "²"):
        client.post(url("mark-read", thread.pk), {"position": rubbish})
    assert ReadMark.objects.count() == 0
    assert client.post(url("mark-read", thread.pk), {"position": 1})["Location"] == thread.get_absolute_url()
    assert client.post(url("mark-read-fragment", thread.pk), {"position": 1}).status_code == 204
    assert ReadMark.objects.get().position == 1
    assert "data-read-mark" not in client.get(thread.get_absolute_url()).content.decode()


def test_reactions_are_counted_for_everyone_without_names(client, published, maya, noah):
    post = published(maya, "Question.")
    client.force_login(noah)
    sent = client.post(url("react", post.pk), {"kind": "thanks", "on": "1"})
    assert sent["Location"] == url("post", post.pk)
    assert 'aria-pressed="true"' in client.get(post.thread.get_absolute_url()).content.decode()
    assert client.post(url("react", post.pk), {"kind": "down", "on": "1"}).status_code == 404
    part = client.post(url("react-fragment", post.pk), {"kind": "strength", "on": "1"}).content.decode()
    assert "<html" not in part
    assert part.count('aria-pressed="true"') == 2
    assert Reaction.objects.count() == 2
    client.logout()
    response = client.get(post.thread.get_absolute_url())
    html = response.content.decode()
    assert 'Thanks <span class="count">1</span>' in html
    assert "Noah" not in html
    assert "csrfmiddlewaretoken" not in html
    assert 'method="post"' not in html
    assert response.cookies == {}


def test_own_posts_show_no_reaction_buttons_and_refuse_reactions(client, published, maya):
    post = published(maya, "Question.")
    client.force_login(maya)
    assert url("react", post.pk) not in client.get(post.thread.get_absolute_url()).content.decode()
    assert client.post(url("react", post.pk), {"kind": "thanks", "on": "1"}).status_code == 403


def test_threads_and_categories_can_be_followed_and_unfollowed(client, published, maya, noah, category):
    thread = published(maya, "Question.").thread
    client.force_login(noah)
    for where, back in (
        (url("follow-thread", thread.pk), thread.get_absolute_url()),
        (url("follow-category", category.slug), category.get_absolute_url()),
    ):
        assert client.post(where, {"on": "1"})["Location"] == back
        assert Subscription.objects.count() == 1
        assert 'aria-pressed="true">Follow' in client.get(back).content.decode()
        client.post(where, {"on": "0"})
        assert Subscription.objects.count() == 0


@pytest.mark.parametrize("name", ["bookmark", "react", "bookmark-fragment", "react-fragment"])
def test_unreadable_posts_and_threads_cannot_be_bookmarked_followed_or_marked(client, say, published, maya, noah, name):
    waiting = say(maya, "Waiting.", public=False)
    gone = published(maya, "Gone.")
    delete_post(gone, by=maya)
    client.force_login(noah)
    for post in (waiting, gone):
        assert client.post(url(name, post.pk), {"kind": "thanks", "on": "1"}).status_code == 404


def test_bookmarks_are_paginated_and_only_of_readable_posts(client, published, maya, noah, dr_lind, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    posts = [published(maya, f"Q{n}.", title=f"Title {n}.") for n in range(PER_PAGE + 3)]
    client.force_login(noah)
    for post in posts:
        client.post(url("bookmark", post.pk), {"on": "1"})
    remove(posts[0], by=dr_lind, reason="dose", note="")
    first = client.get(url("bookmarks"))
    Bookmark.objects.filter(post=posts[-1]).delete()
    second = client.get(url("bookmarks"), {"before": first.context["older"]})
    found = [b.post_id for r in (first, second) for b in r.context["bookmarks"]]
    assert found == [p.pk for p in posts[:0:-1]]
    client.force_login(maya)
    assert "You have no bookmarks" in client.get(url("bookmarks")).content.decode()
    assert Category.objects.count() == 1
