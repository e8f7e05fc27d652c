"""Mentioned members appear under their current name."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.privacy.erasure import erase
from accounts.profiles.names import rename
from forum.models import Mention, PostRevision, Thread
from forum.posting.posts import PostText, edit_post
from forum.publishing.mention_html import revision_html
from forum.publishing.rerender import rerender_all

PERSON, HELP = 2, 1


@pytest.fixture
def thread(say, elif_, maya, noah):
    found = say(elif_, "Question.").thread
    say(maya, "Here.", found)
    say(noah, "Thanks, @maya!", found)
    return Thread.objects.get(pk=found.pk)


def words(client, thread):
    html = client.get(thread.get_absolute_url()).content.decode()
    return re.findall(r'<div class="words">(.*?)</div>', html, re.S)


def test_a_mention_has_no_link_if_the_profile_is_hidden(client, thread):
    assert words(client, thread)[2].strip() == '<p>Thanks, <span class="mention">@Maya</span>!</p>'


def test_a_mention_links_to_a_public_profile(client, thread, maya):
    maya.profile_public = True
    maya.save()
    link = f'<a class="mention" href="{reverse("accounts:profile", args=[maya.pk])}">@Maya</a>'
    assert words(client, thread)[2].strip() == f"<p>Thanks, {link}!</p>"


def test_a_new_name_appears_at_once_and_the_old_one_nowhere(client, thread, maya, noah):
    rename(maya, "Quiet Harbour", by=maya)
    post = thread.posts.get(author=noah)
    client.force_login(noah)
    pages = [
        thread.get_absolute_url(),
        reverse("forum:thread-feed", args=[thread.pk]),
        reverse("forum:my-post", args=[post.pk]),
        reverse("forum:edit-post", args=[post.pk]),
    ]
    for page in pages:
        html = client.get(page).content.decode()
        assert "@Quiet Harbour" in html
        assert "@maya" not in html


def test_a_quotation_shows_the_current_name(client, thread, maya, noah, elif_):
    rename(maya, "Quiet Harbour", by=maya)
    client.force_login(elif_)
    reply = reverse("forum:reply", args=[thread.pk, thread.slug])
    html = client.get(f"{reply}?quote={thread.posts.get(author=noah).pk}").content.decode()
    assert "&gt; Thanks, @Quiet Harbour!" in html


@pytest.mark.parametrize("posts_choice", ["leave", "remove"])
def test_an_erased_member_is_shown_as_a_former_member(client, thread, maya, posts_choice):
    maya.state, maya.posts_choice, maya.profile_public = "leaving", posts_choice, True
    maya.save()
    erase(maya)
    assert words(client, thread)[-1].strip() == '<p>Thanks, <span class="mention">former member</span>!</p>'


def test_erased_members_stay_nameless_after_rerendering(client, thread, maya):
    maya.state, maya.posts_choice = "leaving", "leave"
    maya.save()
    erase(maya)
    PostRevision.objects.update(render_version=0, html="")
    rerender_all()
    assert words(client, thread)[2].strip() == '<p>Thanks, <span class="mention">former member</span>!</p>'
    assert "maya" not in Mention.objects.get().key


@pytest.mark.parametrize("more", [0, 2])
def test_mentions_cost_no_extra_queries(client, say, thread, noah, vera, more, django_assert_num_queries):
    say(vera, "Here.", thread)
    for n in range(more):
        say(noah, f"@Maya and @Vera, {n}.", thread)
    with django_assert_num_queries(2 + HELP):
        client.get(thread.get_absolute_url())
    client.force_login(noah)
    with django_assert_num_queries(PERSON + 4 + HELP):
        client.get(thread.get_absolute_url())


def test_a_pinned_answer_with_a_mention_stays_within_the_query_budget(
    client, say, thread, dr_lind, noah, django_assert_max_num_queries
):
    say(dr_lind, "@Maya, this is common.", thread)
    for who, most in ((None, 4), (noah, 8)):
        if who:
            client.force_login(who)
        with django_assert_max_num_queries(most):
            html = client.get(thread.get_absolute_url()).content.decode()
        assert html.count('<span class="mention">@Maya</span>, this is common') == 2


def test_members_cannot_write_a_mention_placeholder(client, say, thread, vera, maya):
    say(vera, f'<span data-member="{maya.pk}">@member</span>', thread)
    assert "&lt;span data-member" in words(client, thread)[3]
    assert '<span class="mention">' not in words(client, thread)[3]


def test_stored_html_contains_no_name(say, thread, noah):
    revision = thread.posts.get(author=noah).live_revision
    assert revision.html == f'<p>Thanks, <span data-member="{revision.mentions.get().user_id}">@member</span>!</p>\n'
    revision.mentions.all().delete()
    assert "former member" in revision_html(revision)


def test_a_moderator_sees_the_mentioned_name(client, thread, noah, dr_okafor):
    edited = edit_post(thread.posts.get(author=noah), PostText("Again, @Maya."), by=noah)
    client.force_login(dr_okafor)
    html = client.get(reverse("forum:review", args=[edited.pk]), follow=True).content.decode()
    assert html.count('<span class="mention">@Maya</span>') >= 1
    assert "@member" not in html


def test_the_preview_shows_the_name(client, thread, noah):
    client.force_login(noah)
    reply = reverse("forum:reply", args=[thread.pk, thread.slug])
    html = client.post(reply, {"body": "@maya and @elif", "do": "preview", "key": uuid4()}).content.decode()
    assert '<span class="mention">@Maya</span> and <span class="mention">@Elif</span>' in html
