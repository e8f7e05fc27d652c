"""Words that a moderator redacted stay redacted in later texts of the post."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import Notification
from forum.appeals.appeal import appeal
from forum.models import Category, ItemView, PendingAction, Thread
from forum.moderation import appeal_decisions
from forum.moderation.bulk import bulk_approve
from forum.moderation.text_decisions import RedactionSpan, approve
from forum.moderation.trust import give_trust
from forum.posting.posts import PostText, edit_post, start_thread
from forum.publishing.visible_text import public_text

NAME = "Penelope Featherstonehaugh"
BODY = f"My neighbor {NAME} drinks."


def spans_of(revision, words=NAME):
    return [
        RedactionSpan(at, at + len(words), "name", part)
        for part in ("title", "body")
        if (at := getattr(revision, part).find(words)) >= 0
    ]


@pytest.fixture
def stories(db):
    return Category.objects.create(slug="stories", title="Stories", purpose="p", policy="review-after", position=2)


@pytest.fixture
def redacted(stories, say, maya, dr_okafor, dr_lind):
    """A post by trusted Maya with a redacted name, in a category that shows her posts at once."""
    post = start_thread(stories, PostText(BODY, title=f"About {NAME}"), by=maya, key=uuid4())
    approve(post.revisions.get(), by=dr_okafor, redactions=spans_of(post.revisions.get()))
    give_trust(maya, by=dr_lind, reason="Kind for a year.")
    post.refresh_from_db()
    return post


def edit(post, body, by, title="My story", warning=""):
    return edit_post(post, PostText(body, title=title, warning=warning), by=by)


def readers_see(client, post):
    pages = [
        Thread.objects.get(pk=post.thread_id).get_absolute_url(),
        reverse("forum:index"),
        reverse("forum:thread-feed", args=[post.thread_id]),
        "/search/?in=forum&q=Penelope",
    ]
    return "".join(client.get(page).content.decode().replace('value="Penelope"', "") for page in pages)


def test_a_trusted_authors_edit_uncovers_nothing(client, redacted, maya):
    later = edit(redacted, BODY.replace("drinks", "drank"), maya, title=f"About {NAME}")
    assert later.state == "waiting"
    assert "Featherstonehaugh" not in readers_see(client, redacted)


@pytest.mark.parametrize(
    "body",
    [BODY.replace("drinks", "drank"), f"So {NAME.upper()} drank.", "So Penelope\nFeatherstonehaugh, drank."],
)
def test_approving_an_edit_repeats_the_redactions(client, redacted, maya, dr_okafor, body):
    later = edit(redacted, body, maya, title=f"Again about {NAME}")
    assert "eatherstonehaugh" not in later.html.lower()  # so the moderator sees what readers will see
    decision = approve(later, by=dr_okafor)
    seen = readers_see(client, redacted)
    assert "featherstonehaugh" not in seen.lower()
    assert "Again about ▮▮▮" in seen
    assert decision.with_redaction is True
    assert "hid a name" in seen


def test_a_word_that_left_and_came_back_is_redacted_again(redacted, maya, dr_okafor):
    approve(edit(redacted, "Nothing about her.", maya), by=dr_okafor)
    later = edit(redacted, BODY.replace("drinks", "drank"), maya)
    assert later.state == "waiting"
    approve(later, by=dr_okafor)
    assert public_text(later)["body"] == "My neighbor ▮▮▮ drank."


def test_only_whole_words_are_repeated(say, maya, dr_okafor):
    post = say(maya, "I am Ann.", public=False)
    approve(post.revisions.get(), by=dr_okafor, redactions=spans_of(post.revisions.get(), "Ann"))
    later = edit(post, "Annual costs, said Ann.", maya)
    assert public_text(later)["body"] == "Annual costs, said ▮▮▮."


def test_words_that_an_appeal_uncovered_stay_readable(redacted, maya, dr_okafor, dr_lind):
    later = edit(redacted, f"{NAME} is a singer.", maya)
    decision = approve(later, by=dr_okafor)
    made = appeal(decision, by=maya, text="She is famous.")
    appeal_decisions.answer_appeal(made, by=dr_lind, overturn=True, answer="You are right.")
    last = edit(redacted, f"{NAME} is a great singer.", maya)
    approve(last, by=dr_okafor)
    assert public_text(last)["body"] == f"{NAME} is a great singer."


def test_redacted_words_in_a_content_warning_stop_the_approval(redacted, maya, dr_okafor):
    later = edit(redacted, "Words.", maya, warning=f"About {NAME}")
    with pytest.raises(ValidationError, match="content warning has words that were redacted"):
        approve(later, by=dr_okafor)
    item = later.review_items.get()
    ItemView.objects.create(item=item, by=dr_okafor)
    refused = bulk_approve([str(item.pk)], by=dr_okafor)
    assert (len(refused), PendingAction.objects.count()) == (1, 0)


def test_the_author_is_told_that_words_are_redacted(redacted, maya, dr_okafor):
    approve(edit(redacted, f"{NAME} drank.", maya), by=dr_okafor)
    told = Notification.objects.of(maya).filter(kind="my-post").order_by("pk").values_list("sentence", flat=True)
    assert [sentence.replace("Your edit", "Your post") for sentence in told] == [told[0]] * 2
