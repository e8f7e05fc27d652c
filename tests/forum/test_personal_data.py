import json

import pytest

from accounts.models import User
from accounts.privacy.exports import collect
from forum.models import Category, Post, PostRevision
from forum.personal_data import erase


def test_an_export_contains_only_the_members_own_posts(published, maya, noah):
    thread = published(maya, "Maya's words.").thread
    published(noah, "Noah's words.", thread)
    text = json.dumps(collect(maya), default=str)
    assert "Maya's words." in text
    for other in ("Noah", "Okafor"):
        assert other not in text


@pytest.mark.parametrize(("posts_choice", "state", "left"), [("leave", "published", 2), ("remove", "deleted", 1)])
def test_erasure_keeps_or_removes_posts_as_chosen(say, published, maya, noah, posts_choice, state, left):
    thread = published(maya, "Question.").thread
    published(noah, "Answer.", thread)
    waiting = say(maya, "Not yet read.", thread, public=False)
    maya.posts_choice = User.PostsChoice(posts_choice)
    erase(maya)
    waiting.refresh_from_db()
    assert Post.objects.get(position=1).state == state
    assert (waiting.state, waiting.revisions.get().state) == ("withdrawn", "withdrawn")
    assert Category.objects.get().post_count == left
    kept = PostRevision.objects.filter(post__author=maya).exclude(body="").values_list("body", flat=True)
    assert list(kept) == ([] if posts_choice == "remove" else ["Question."])
    assert PostRevision.objects.filter(state="waiting").count() == 0
