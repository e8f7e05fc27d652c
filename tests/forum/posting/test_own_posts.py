"""Whose turn it is with a post, and what its author can do with it."""

from uuid import uuid4

import pytest
from django.urls import reverse

from forum.models import Decision, Post
from forum.moderation.text_decisions import ask_for_changes
from forum.posting.posts import withdraw_post


@pytest.fixture
def returned(say, maya, dr_okafor):
    post = say(maya, "Take 50 mg.", public=False)
    ask_for_changes(post.revisions.get(), by=dr_okafor, reason="dose", note="Please leave out the dose.")
    return post


def page(client, name, *args):
    return client.get(reverse(f"forum:{name}", args=args)).content.decode()


def test_a_returned_post_is_back_with_its_author(client, returned, maya):
    client.force_login(maya)
    mine = page(client, "my-posts")
    assert ("Back with you" in mine, "With a clinician" in mine) == (True, False)
    own = page(client, "my-post", returned.pk)
    edit = reverse("forum:edit-post", args=[returned.pk])
    assert f'<a class="button" href="{edit}">Edit and send again</a>' in own
    assert "Please leave out the dose." in own
    assert '<button type="submit">Withdraw' not in own


def test_the_request_is_above_the_text_while_it_is_changed(client, returned, maya):
    client.force_login(maya)
    html = page(client, "edit-post", returned.pk)
    assert (
        html.index("What the moderator asked for") < html.index("Please leave out the dose.") < html.index("<textarea")
    )


def test_a_waiting_post_says_where_it_is_and_how_it_will_appear(client, say, maya):
    post = say(maya, "Words.", public=False, anonymous=True)
    client.force_login(maya)
    assert "With a clinician" in page(client, "my-posts")
    own = page(client, "my-post", post.pk)
    assert "your inbox" in own
    assert "Anonymous member 1" in own


def test_withdrawing_asks_first_and_the_text_can_be_used_again(client, say, maya, category):
    post = say(maya, "Words that matter.", title="Matter", public=False)
    client.force_login(maya)
    url = reverse("forum:withdraw-post", args=[post.pk])
    assert "Withdraw your post?" in client.get(url).content.decode()
    assert Post.objects.get().state == "waiting"
    own = client.post(url, follow=True).content.decode()
    again = reverse("forum:new-thread", args=[category.slug]) + f"?again={post.pk}"
    assert (Post.objects.get().state, f'href="{again}"' in own) == ("withdrawn", True)
    form = client.get(again).context["form"]
    assert (form["title"].value(), form["body"].value()) == ("Matter", "Words that matter.")
    sheet = {"title": "Matter", "body": "Words that matter.", "key": str(uuid4())}
    client.post(reverse("forum:new-thread", args=[category.slug]), sheet)
    assert Post.objects.filter(state="waiting").count() == 1


def test_deleting_asks_first(client, say, maya):
    post = say(maya, "Words.")
    client.force_login(maya)
    url = reverse("forum:delete-post", args=[post.pk])
    assert "Delete your post?" in client.get(url).content.decode()
    assert Post.objects.get().state == "published"
    client.post(url)
    assert Post.objects.get().state == "deleted"


def test_no_one_can_use_anothers_withdrawn_text(client, say, maya, noah, category):
    post = say(maya, "Hers.", public=False)
    withdraw_post(post, by=maya)
    client.force_login(noah)
    form = client.get(reverse("forum:new-thread", args=[category.slug]), {"again": post.pk}).context["form"]
    assert not form["body"].value()


def test_a_change_that_a_moderator_asked_for_does_not_count_for_the_hour(client, returned, say, maya, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 1
    client.force_login(maya)
    edit = reverse("forum:edit-post", args=[returned.pk])
    client.post(edit, {"title": "A question", "body": "Less.", "seen": 1})
    newest = returned.revisions.order_by("-number").first()
    assert (newest.body, Decision.objects.count()) == ("Take 50 mg.", 1)  # the post itself counts
    settings.FORUM_POSTS_PER_HOUR_NEW = 2
    for n in (1, 2, 3):
        client.post(edit, {"title": "A question", "body": f"Less {n}.", "seen": n})
    assert returned.revisions.order_by("-number").first().body == "Less 3."


def test_the_hourly_limit_says_when_it_ends(client, say, maya, category, settings):
    say(maya, "One.", public=False)
    settings.FORUM_POSTS_PER_HOUR_NEW = 1
    client.force_login(maya)
    sheet = {"title": "Two", "body": "Two.", "key": str(uuid4())}
    html = client.post(reverse("forum:new-thread", args=[category.slug]), sheet).content.decode()
    assert "You can send this at" in html
