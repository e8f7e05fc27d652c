"""Moving and merging threads: unread text stays out of categories that are read first, and nothing is lost on the way."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from forum.models import Category, Decision, Post, PostRevision, Thread
from forum.moderation.post_removal import hide, keep_shown
from forum.moderation.text_decisions import approve
from forum.moderation.thread_actions import merge, move_thread
from forum.moderation.trust import give_trust
from forum.posting.posts import PostText, reply, start_thread
from tests.conftest import logged_in
from tests.simultaneous import while_uncommitted

REFUSAL = "1 post in this thread hasn’t been read by a clinician yet."


@pytest.fixture
def stories(db):
    return Category.objects.create(slug="stories", title="Stories", purpose="p", policy="review-after", position=2)


@pytest.fixture
def unread(stories, maya, dr_lind):
    """A post that is public and that no moderator has read."""
    give_trust(maya, by=dr_lind, reason="Kind for a year.")
    post = start_thread(stories, PostText("Unread.", title="A story"), by=maya, key=uuid4())
    post.refresh_from_db()
    assert post.live_revision.state == "shown"
    return post


def test_a_thread_with_unread_text_moves_to_no_category_that_is_read_first(unread, category, dr_okafor):
    page = logged_in(dr_okafor).post(
        reverse("forum:thread-action", args=[unread.thread_id, "move"]), {"move-category": category.pk}
    )
    assert REFUSAL in page.content.decode()
    assert Thread.objects.get().category.slug == "stories"
    keep_shown(unread.live_revision, by=dr_okafor)
    move_thread(unread.thread, category, by=dr_okafor)
    assert Thread.objects.get().category == category


def test_hidden_unread_text_stays_out_too(unread, category, dr_okafor):
    hide(unread, by=dr_okafor, reason="dose")
    with pytest.raises(ValidationError, match=REFUSAL):
        move_thread(unread.thread, category, by=dr_okafor)


def test_a_thread_with_unread_text_joins_no_thread_in_a_category_that_is_read_first(unread, say, noah, dr_okafor):
    clinical = say(noah, "A question.").thread
    with pytest.raises(ValidationError, match=REFUSAL):
        merge(unread.thread, clinical, by=dr_okafor)
    unread.refresh_from_db()
    assert unread.thread.category.slug == "stories"
    merge(clinical, unread.thread, by=dr_okafor)  # the other way round is fine
    assert Post.objects.filter(thread=unread.thread).count() == 2


def test_a_category_with_unread_text_cannot_become_read_first(unread, stories, admin_page):
    assert "Public posts that no clinician has read yet: 1. Read them first." in admin_page(stories)
    assert Category.objects.get(pk=stories.pk).policy == "review-after"
    PostRevision.objects.update(state="approved")
    admin_page(stories)
    assert Category.objects.get(pk=stories.pk).policy == "review-first"


@pytest.fixture
def admin_page(django_user_model):
    boss = django_user_model.objects.create_superuser("boss@example.org", "pw", display_name="Boss")

    def save(category):
        fields = {"title": category.title, "purpose": category.purpose, "policy": "review-first"}
        fields |= {"position": 2, "visitor_questions_per_day": 0}
        url = reverse("admin:forum_category_change", args=[category.pk])
        return logged_in(boss).post(url, fields).content.decode()

    return save


def while_merging(thread, into, by, work):
    """Start `work` on another connection while a merge is not yet committed. Return its result or exception."""
    with while_uncommitted(work) as results:
        merge(thread, into, by=by)
    return results[0]


@pytest.mark.django_db(transaction=True)
def test_an_approval_during_a_merge_publishes_in_the_merged_thread(say, maya, noah, dr_okafor, dr_lind):
    thread, into = say(maya, "One.").thread, say(noah, "Two.").thread
    waiting = say(noah, "A reply.", thread, public=False).revisions.get()
    decision = while_merging(thread, into, dr_lind, lambda: approve(waiting, by=dr_okafor))
    assert isinstance(decision, Decision), decision
    post = Post.objects.get(revisions=waiting)
    assert (post.state, post.thread_id, post.position) == ("published", into.pk, 3)


@pytest.mark.django_db(transaction=True)
def test_a_hiding_during_a_merge_hides_the_post_where_it_is_now(say, maya, noah, dr_okafor, dr_lind):
    first, into = say(maya, "One."), say(noah, "Two.").thread
    decision = while_merging(first.thread, into, dr_lind, lambda: hide(first, by=dr_okafor, reason="dose"))
    assert isinstance(decision, Decision), decision
    assert Thread.objects.get(pk=into.pk).post_count == 1


@pytest.mark.django_db(transaction=True)
def test_a_reply_during_a_merge_goes_to_the_merged_thread(say, maya, noah, dr_lind):
    thread, into = say(maya, "One.").thread, say(noah, "Two.").thread
    key = uuid4()
    sent = while_merging(thread, into, dr_lind, lambda: reply(thread, PostText("A reply."), by=noah, key=key))
    assert isinstance(sent, Post), sent
    assert Post.objects.get(key=key).thread_id == into.pk
