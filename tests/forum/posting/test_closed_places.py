"""A place to write can vanish while a member writes. Whatever happened, the text comes back with the reason."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.conduct.sanctions import impose
from accounts.models import Block, User
from accounts.privacy.account_deletion import request_deletion
from forum.models import Category, Draft, OutsideText, Post, Thread
from forum.moderation import post_removal, thread_actions
from forum.posting.posts import delete_post, withdraw_post
from tests.forum.conftest import put

TEXT = "My sister doesn’t know that I take it."


@pytest.fixture
def thread(say, noah):
    return say(noah, "Is it normal?").thread


def typed(**more):
    return {"body": TEXT, "key": str(uuid4()), **more}


def reply_url(thread):
    return reverse("forum:reply", args=[thread.pk, thread.slug])


def lock(thread, dr_okafor, **_):
    post_removal.lock(thread, by=dr_okafor)


def remove(thread, **_):
    put(Thread.objects.filter(pk=thread.pk), state=Thread.State.REMOVED)


def suspend(maya, vera, **_):
    impose(maya, by=vera, kind="suspension", reason="Spam.", message="You sent adverts.")


def close_account(maya, vera, **_):
    impose(maya, by=vera, kind="closure", reason="Spam.", message="You sent adverts.")


def leave(maya, **_):
    request_deletion(maya, posts_choice=User.PostsChoice.LEAVE)


def block(maya, noah, **_):
    Block.objects.create(owner=noah, other=maya, kind=Block.Kind.BLOCK)


def new_rules(maya, **_):
    User.objects.filter(pk=maya.pk).update(rules_accepted=0)


WAYS = [
    (lock, 403, "This thread is closed to new posts"),
    (remove, 404, "isn’t there anymore"),
    (suspend, 403, "Your account is suspended"),
    (close_account, 403, "Your account is suspended"),
    (leave, 403, "You asked us to delete your account"),
    (block, 403, "You can’t write in this thread"),
    (new_rules, 403, "The house rules have changed"),
]


@pytest.mark.parametrize(("vanish", "status", "why"), WAYS)
@pytest.mark.parametrize("do", ["send", "preview"])
def test_a_reply_comes_back_with_the_reason(vanish, status, why, do, client, maya, noah, dr_okafor, vera, thread):
    client.force_login(maya)
    vanish(thread=thread, maya=maya, noah=noah, dr_okafor=dr_okafor, vera=vera)
    page = client.post(reply_url(thread), typed(do=do))
    assert (page.status_code, TEXT in page.content.decode(), why in page.content.decode()) == (status, True, True)
    assert Post.objects.filter(author=maya).count() == 0
    assert [d.form_data["body"] for d in Draft.objects.all()] == ([TEXT] if status == 403 else [])


@pytest.mark.parametrize(("vanish", "status", "why"), [way for way in WAYS if way[0] not in (remove,)])
def test_a_draft_opens_to_be_read(vanish, status, why, client, maya, noah, dr_okafor, vera, thread):
    client.force_login(maya)
    client.post(reply_url(thread), typed(do="draft"))
    vanish(thread=thread, maya=maya, noah=noah, dr_okafor=dr_okafor, vera=vera)
    page = client.get(reply_url(thread), {"draft": Draft.objects.get().pk})
    assert (page.status_code, TEXT in page.content.decode(), why in page.content.decode()) == (status, True, True)


@pytest.mark.parametrize(("vanish", "status", "why"), [way for way in WAYS if way[0] is not remove])
def test_a_page_without_text_says_why(vanish, status, why, client, maya, noah, dr_okafor, vera, thread):
    client.force_login(maya)
    vanish(thread=thread, maya=maya, noah=noah, dr_okafor=dr_okafor, vera=vera)
    page = client.get(reply_url(thread))
    assert (page.status_code, why in page.content.decode(), "site-header" in page.content.decode()) == (403, True, True)


@pytest.mark.parametrize(("vanish", "why"), [(way[0], way[2]) for way in WAYS if way[0] in (suspend, leave, new_rules)])
def test_a_new_thread_comes_back_too(vanish, why, client, maya, noah, dr_okafor, vera, category):
    client.force_login(maya)
    vanish(maya=maya, noah=noah, dr_okafor=dr_okafor, vera=vera)
    page = client.post(reverse("forum:new-thread", args=[category.slug]), typed(title="Her"))
    assert (page.status_code, TEXT in page.content.decode(), why in page.content.decode()) == (403, True, True)


def test_a_new_thread_in_a_category_that_is_gone_comes_back(client, maya, category):
    client.force_login(maya)
    url = reverse("forum:new-thread", args=[category.slug])
    Category.objects.all().delete()
    page = client.post(url, typed(title="Her"))
    assert (page.status_code, TEXT in page.content.decode()) == (404, True)


@pytest.mark.parametrize("vanish", [delete_post, withdraw_post])
def test_an_edit_of_a_post_that_is_gone_comes_back(vanish, client, say, maya):
    post = say(maya, "First.", public=vanish is delete_post)
    client.force_login(maya)
    vanish(post, by=maya)
    page = client.post(reverse("forum:edit-post", args=[post.pk]), typed(title="A question", seen=1))
    assert (page.status_code, TEXT in page.content.decode()) == (403, True)
    assert "so it can’t be edited" in page.content.decode()


def test_an_edit_of_a_removed_post_comes_back(client, say, maya):
    post = say(maya, "First.")
    put(Post.objects.filter(pk=post.pk), state=Post.State.REMOVED)
    client.force_login(maya)
    page = client.post(reverse("forum:edit-post", args=[post.pk]), typed(title="A question", seen=1))
    assert (page.status_code, TEXT in page.content.decode()) == (403, True)


def test_a_reply_to_a_merged_thread_goes_to_the_other(client, say, maya, noah, dr_okafor, thread):
    other = say(noah, "The same?").thread
    client.force_login(maya)
    url = reply_url(other)
    thread_actions.merge(other, into=thread, by=dr_okafor, reason="The same.")
    assert client.get(url).context["thread"] == thread
    client.post(url, typed())
    assert Post.objects.get(author=maya).thread == thread


def test_the_text_can_become_a_new_thread(client, maya, dr_okafor, thread, category):
    client.force_login(maya)
    lock(thread, dr_okafor)
    sheet = typed()
    page = client.post(reply_url(thread), sheet).content.decode()
    new = reverse("forum:new-thread", args=[category.slug])
    assert f'action="{new}"' in page
    asked = client.post(new, sheet)
    assert (asked.status_code, asked.context["form"]["body"].value()) == (200, TEXT)
    client.post(new, {**sheet, "title": "My sister"})
    assert (Post.objects.get(author=maya).revisions.get().body, Draft.objects.count()) == (TEXT, 0)


def test_a_background_save_keeps_the_draft_and_says_why_it_cannot_be_sent(client, maya, dr_okafor, thread):
    client.force_login(maya)
    lock(thread, dr_okafor)
    answer = client.post(reply_url(thread), typed(do="draft"), headers={"X-Background": "1"})
    assert (answer.status_code, answer.content.decode()[:34]) == (409, "This thread is closed to new posts")
    assert Draft.objects.get().form_data["body"] == TEXT


@pytest.mark.usefixtures("loaded_rules")
def test_a_cry_for_help_in_a_closed_thread_is_read_by_a_clinician(client, maya, dr_okafor, thread):
    client.force_login(maya)
    lock(thread, dr_okafor)
    page = client.post(reply_url(thread), typed(body="I am going to kill myself tonight.", do="send"))
    assert OutsideText.objects.get().by == maya
    assert "What you wrote sounds urgent" in page.content.decode()


def test_nothing_of_a_thread_that_a_member_may_not_read_is_kept_or_shown(client, maya, say, noah):
    hidden = say(noah, "Hidden.", title="Secret title", public=False).thread
    client.force_login(maya)
    page = client.post(reverse("forum:reply", args=[hidden.pk, "x"]), typed())
    assert (page.status_code, "Secret title" in page.content.decode(), Draft.objects.count()) == (404, False, 0)


def test_a_refused_page_has_the_sites_header_and_help(client, maya, say):
    client.force_login(maya)
    own = say(maya, "Mine.")
    page = client.post(reverse("forum:react", args=[own.pk]), {"kind": "thanks", "on": "1"})
    assert (page.status_code, "You can’t do this" in page.content.decode()) == (403, True)
    assert "Need help now?" in page.content.decode()
