"""“Remove my posts” hides them at once, and brings them back if the member stays."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.privacy.account_deletion import cancel_deletion, request_deletion
from accounts.privacy.erasure import erase
from forum.models import Post, Thread
from forum.moderation.post_removal import remove
from forum.moderation.text_decisions import approve


def shown(client, post):
    thread = Thread.objects.get(pk=post.thread_id)
    return client.get(thread.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("choice", "state"), [("remove", "away"), ("leave", "published")])
def test_posts_of_a_leaving_member_are_hidden_at_once_if_they_want(client, say, maya, noah, choice, state):
    thread = say(noah, "A question.").thread
    post = say(maya, "I drink alone.", thread, anonymous=True)
    request_deletion(maya, posts_choice=choice)
    assert Post.objects.get(pk=post.pk).state == state
    html = shown(client, post)
    assert ("I drink alone." in html, "This post isn’t shown." in html) == (choice == "leave", choice == "remove")
    search = client.get("/search/?in=forum&q=alone").content.decode()
    assert ("post-2" in search or f"/forum/post/{post.pk}/" in search) == (choice == "leave")
    cancel_deletion(User.objects.get(pk=maya.pk))
    assert Post.objects.get(pk=post.pk).state == "published"
    assert "I drink alone." in shown(client, post)


def test_the_title_of_their_thread_goes_and_comes_back(client, say, maya):
    post = say(maya, "Words.", title="I was found out")
    request_deletion(maya, posts_choice="remove")
    assert "I was found out" not in client.get(reverse("forum:index")).content.decode()
    cancel_deletion(User.objects.get(pk=maya.pk))
    assert Thread.objects.get(pk=post.thread_id).title == "I was found out"


def test_what_a_moderator_hid_does_not_come_back(say, maya, dr_okafor):
    post = say(maya, "Words.")
    remove(post, by=dr_okafor, reason="other", note="No.")
    request_deletion(maya, posts_choice="remove")
    cancel_deletion(User.objects.get(pk=maya.pk))
    assert Post.objects.get(pk=post.pk).state == "removed"


def test_a_post_approved_meanwhile_is_not_shown(client, say, maya, noah, dr_okafor):
    thread = say(noah, "A question.").thread
    post = say(maya, "Waiting words.", thread, public=False)
    request_deletion(maya, posts_choice="remove")
    approve(post.revisions.get(), by=dr_okafor)
    assert Post.objects.get(pk=post.pk).state == "away"
    assert "Waiting words." not in shown(client, post)


def test_erasure_deletes_what_was_hidden(say, maya):
    post = say(maya, "Words.")
    request_deletion(maya, posts_choice="remove")
    erase(User.objects.get(pk=maya.pk))
    post.refresh_from_db()
    assert (post.state, post.revisions.get().body) == ("deleted", "")
