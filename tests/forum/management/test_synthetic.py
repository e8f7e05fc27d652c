from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Max

from forum.management.synthetic import Size, fill
from forum.models import Category, Decision, Post, PostRevision, Thread
from forum.moderation.text_decisions import approve
from forum.publishing.recount import differences
from forum.text.markdown import RENDER_VERSION, render


@pytest.fixture
def large(category):
    Category.objects.create(slug="stories", title="Stories", purpose="Ours.", position=2)
    return Thread.objects.get(pk=fill(Size(threads=40, posts=600, giant=200, seed=7)))


def test_the_command_fails_outside_development_or_with_inconsistent_numbers(db, settings):
    with pytest.raises(CommandError, match="development settings only"):
        call_command("synthetic_forum", threads=1, posts=1)
    settings.DEBUG = True
    with pytest.raises(CommandError, match="Each thread needs a post"):
        call_command("synthetic_forum", threads=10, posts=12, giant=5)
    call_command("synthetic_forum", threads=10, posts=30, giant=5, stdout=StringIO())
    assert (Thread.objects.count(), Post.objects.count()) == (10, 30)


def test_every_post_has_a_revision_a_decision_and_a_position(large):
    assert (Thread.objects.count(), Post.objects.count(), large.last_position) == (40, 600, 200)
    assert PostRevision.objects.filter(post__live_revision=F("pk"), state="approved").count() == 600
    assert Decision.objects.filter(revision__post__published_at=F("decided_at")).count() == 600
    assert not Decision.objects.filter(by=F("revision__post__author")).exists()
    dense = Thread.objects.annotate(n=Count("posts"), highest=Max("posts__position"))
    assert dense.filter(n=F("highest"), last_position=F("highest")).count() == 40
    assert [each for category in Category.objects.all() for each in differences(category)] == []


def test_the_html_equals_the_renderers_output(large):
    for revision in PostRevision.objects.all()[:50]:
        assert (revision.html, revision.render_version) == (render(revision.body), RENDER_VERSION)


def test_the_same_seed_gives_the_same_texts_and_another_seed_different_ones(large):
    def bodies(first):
        return list(PostRevision.objects.filter(post__thread=first).order_by("pk").values_list("body", flat=True))

    one, again, other = (bodies(fill(Size(threads=40, posts=600, giant=200, seed=seed))) for seed in (7, 7, 8))
    assert one == again != other


def test_members_can_post_in_a_synthetic_forum(large, say, maya, dr_okafor, client):
    post = say(maya, "New here.", large, public=False)
    approve(post.revisions.get(), by=dr_okafor)
    assert Post.objects.get(pk=post.pk).position == 201
    assert "New here." in client.get(large.get_absolute_url(), {"page": 11}).content.decode()
