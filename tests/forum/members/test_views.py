import pytest
from django.urls import reverse

from accounts.models import Block
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


@pytest.mark.parametrize("kind", Reaction.Kind.values)
def test_a_reaction_keeps_its_button_and_is_announced(kind, client, say, maya, noah):
    post = say(noah, "Words.", say(maya, "Question.").thread)
    client.force_login(maya)
    url = reverse("forum:react-fragment", args=[post.pk])
    given = client.post(url, {"kind": kind, "on": "1"}).content.decode()
    label = Reaction.Kind(kind).label
    assert f'id="react-{kind}-2" aria-pressed="true"' in given
    assert f"“{label}” added." in given.split('id="announcement"')[1]
    taken = client.post(url, {"kind": kind, "on": "0"}).content.decode()
    assert '<details class="post-menu" open>' in taken  # the button is in the choice again and keeps the focus
    assert f'id="react-{kind}-2" aria-pressed="false"' in taken
    assert f"“{label}” removed." in taken


@pytest.mark.parametrize("anonymous", [False, True])
def test_the_asker_marks_the_reply_that_answered_them_and_everyone_sees_it(
    anonymous, client, say, maya, noah, dr_okafor
):
    thread = say(maya, "Question.", anonymous=anonymous).thread
    reply = say(noah, "Words.", thread)
    button, sentence = 'id="react-answered-2"', "The person who asked says that this answered the question"

    def shown(reader):
        client.logout()
        if reader:
            client.force_login(reader)
        html = client.get(thread.get_absolute_url()).content.decode()
        return button in html, sentence in html

    assert [shown(who) for who in (maya, noah, dr_okafor, None)] == [(True, False)] + [(False, False)] * 3
    client.force_login(maya)
    client.post(reverse("forum:react", args=[reply.pk]), {"kind": "answered", "on": "1"})
    assert [shown(who) for who in (maya, noah, dr_okafor, None)] == [(True, False)] + [(False, True)] * 3
    client.force_login(dr_okafor)
    assert client.post(reverse("forum:react", args=[reply.pk]), {"kind": "answered", "on": "1"}).status_code == 403


def test_a_bookmark_keeps_its_button_and_is_announced(client, say, maya, noah):
    post = say(maya, "Words.")
    client.force_login(noah)
    url = reverse("forum:bookmark-fragment", args=[post.pk])
    answers = [client.post(url, {"on": on}).content.decode() for on in "10"]
    assert ['aria-pressed="true"' in html for html in answers] == [True, False]
    assert all('id="bookmark-1"' in html for html in answers)
    assert [html.split('hx-swap-oob="innerHTML">')[1].split("<")[0] for html in answers] == [
        "Bookmark added.",
        "Bookmark removed.",
    ]


@pytest.mark.parametrize("kind", Block.Kind.values)
def test_every_named_author_can_be_muted_and_blocked_from_a_post_with_a_hidden_profile_too(
    kind, client, say, maya, noah
):
    post = say(noah, "Words.")
    client.force_login(maya)
    page = client.get(post.thread.get_absolute_url()).content.decode()
    assert f'action="{reverse("forum:block-author", args=[post.pk])}"' in page
    after = client.post(reverse("forum:block-author", args=[post.pk]), {"kind": kind}, follow=True).content.decode()
    assert [(b.owner, b.other, b.kind) for b in Block.objects.all()] == [(maya, noah, kind)]
    assert "They won’t be told." in after
    assert "You’ve muted or blocked this member." in after


def test_an_anonymous_author_cannot_be_blocked_by_a_post(client, say, maya, noah):
    post = say(noah, "Words.", anonymous=True)
    client.force_login(maya)
    url = reverse("forum:block-author", args=[post.pk])
    assert url not in client.get(post.thread.get_absolute_url()).content.decode()
    assert client.post(url, {"kind": "block"}).status_code == 404
    assert Block.objects.count() == 0


def test_members_cannot_block_themselves_or_the_authors_of_what_they_may_not_read(client, say, maya, noah):
    own, hidden = say(maya, "Mine."), say(noah, "Waiting.", public=False)
    client.force_login(maya)
    for post in (own, hidden):
        assert client.post(reverse("forum:block-author", args=[post.pk]), {"kind": "block"}).status_code == 404
    assert Block.objects.count() == 0


def test_the_author_of_a_post_can_edit_it_from_its_menu(client, say, maya, noah):
    post = say(maya, "Words.")
    for member, offered in ((maya, True), (noah, False)):
        client.force_login(member)
        page = client.get(post.thread.get_absolute_url()).content.decode()
        assert (reverse("forum:edit-post", args=[post.pk]) in page) == offered
        assert (reverse("forum:report-post", args=[post.pk]) in page) != offered
