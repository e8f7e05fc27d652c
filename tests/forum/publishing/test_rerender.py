from io import StringIO

import pytest
from django.core.management import call_command

from forum.models import ClinicalNote, Post, PostRevision
from forum.posting.posts import PostText, edit_post
from forum.publishing import rerender
from forum.publishing.rerender import rerender_all, rerender_batch
from forum.text.markdown import RENDER_VERSION, render


@pytest.fixture
def old(say, maya, noah):
    """Five texts, published and waiting, as a forgetful renderer of an earlier version made them."""
    post = say(maya, "**One.**")
    edit_post(post, PostText("Two.", title="T"), by=maya)
    for n in range(3):
        say(noah, f"Reply *{n}*.", post.thread, public=n == 1)
    PostRevision.objects.update(html="<script>alert(1)</script>", render_version=RENDER_VERSION - 1)
    return PostRevision.objects.order_by("pk")


def kept(rows):
    """All but what the renderer makes."""
    return list(rows.values_list("pk", "post", "number", "title", "body", "warning", "state", "created_at"))


@pytest.mark.parametrize("batch", [1, 2, 5, 500])
def test_a_new_version_reaches_every_old_text_and_changes_no_word(old, monkeypatch, batch):
    monkeypatch.setattr(rerender, "BATCH", batch)
    words, posts = kept(old), list(Post.objects.values())
    assert (rerender_all(), rerender_all()) == (5, 0)
    assert [(r.html, r.render_version) for r in old.all()] == [(render(r.body), RENDER_VERSION) for r in old.all()]
    assert (kept(old.all()), list(Post.objects.values())) == (words, posts)


def test_a_newer_version_that_was_taken_back_is_undone_too(old):
    old.update(render_version=RENDER_VERSION + 1)
    assert rerender_all() == 5


def test_what_is_up_to_date_is_left_alone(old):
    PostRevision.objects.filter(pk=old[0].pk).update(render_version=RENDER_VERSION, html="as it is")
    assert rerender_all() == 4
    assert PostRevision.objects.get(pk=old[0].pk).html == "as it is"


def test_the_worker_does_a_little_at_a_time_and_then_rests(old, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(rerender, "BATCH", 2)
    assert [rerender_batch() for _ in range(4)] == [2, 2, 1, 0]
    with django_assert_num_queries(0):
        assert rerender_batch() == 0
    assert old.exclude(render_version=RENDER_VERSION).count() == 0


def test_a_version_that_comes_while_the_worker_rests_wakes_it(old, monkeypatch):
    assert [rerender_batch(), rerender_batch()] == [5, 0]
    monkeypatch.setattr(rerender, "RENDER_VERSION", RENDER_VERSION + 1)
    assert [rerender_batch(), rerender_batch()] == [5, 0]


def test_by_hand(old):
    out = StringIO()
    call_command("rerender_posts", stdout=out)
    assert out.getvalue() == "5 texts rendered again.\n"


@pytest.fixture
def notes(say, maya, dr_lind):
    """Two clinical notes, one withdrawn, of an earlier version."""
    post = say(maya, "One.")
    held = {"by": dr_lind, "credential": dr_lind.credentials.get(), "written_as": "physician", "html": "<script>"}
    for state in ClinicalNote.State.values:
        ClinicalNote.objects.create(post=post, body=f"See **{state}**.", state=state, render_version=0, **held)
    return ClinicalNote.objects.order_by("pk")


def test_clinical_notes_are_rendered_again_too_and_keep_their_words(notes):
    words = list(notes.values_list("body", "state", "by", "made_at"))
    assert (rerender_all(), rerender_all()) == (2, 0)
    assert [(n.html, n.render_version) for n in notes.all()] == [(render(n.body), RENDER_VERSION) for n in notes.all()]
    assert list(notes.values_list("body", "state", "by", "made_at")) == words


def test_the_worker_renders_notes_beside_posts(notes, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(rerender, "BATCH", 1)
    PostRevision.objects.update(render_version=0)
    assert [rerender_batch() for _ in range(3)] == [2, 1, 0]
    with django_assert_num_queries(0):
        assert rerender_batch() == 0
