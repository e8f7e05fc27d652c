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
    """Five texts, published and waiting, rendered by an older version."""
    post = say(maya, "**One.**")
    edit_post(post, PostText("Two.", title="T"), by=maya)
    for n in range(3):
        say(noah, f"Reply *{n}*.", post.thread, public=n == 1)
    PostRevision.objects.update(html="<script>alert(1)</script>", render_version=RENDER_VERSION - 1)
    return PostRevision.objects.order_by("pk")


def kept(rows):
    """Return all columns but the rendered ones."""
    return list(rows.values_list("pk", "post", "number", "title", "body", "warning", "state", "created_at"))


@pytest.mark.parametrize("batch", [1, 2, 5, 500])
def test_a_new_version_rerenders_every_text_and_changes_no_source(old, monkeypatch, batch):
    monkeypatch.setattr(rerender, "BATCH", batch)
    words, posts = kept(old), list(Post.objects.values())
    assert (rerender_all(), rerender_all()) == (5, 0)
    assert [(r.html, r.render_version) for r in old.all()] == [(render(r.body), RENDER_VERSION) for r in old.all()]
    assert (kept(old.all()), list(Post.objects.values())) == (words, posts)


def test_a_reverted_version_is_rerendered_too(old):
    old.update(render_version=RENDER_VERSION + 1)
    assert rerender_all() == 5


def test_current_html_is_left_alone(old):
    PostRevision.objects.filter(pk=old[0].pk).update(render_version=RENDER_VERSION, html="as it is")
    assert rerender_all() == 4
    assert PostRevision.objects.get(pk=old[0].pk).html == "as it is"


def test_the_worker_renders_batch_by_batch_and_then_stops_querying(old, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(rerender, "BATCH", 2)
    assert [rerender_batch() for _ in range(4)] == [2, 2, 1, 0]
    with django_assert_num_queries(0):
        assert rerender_batch() == 0
    assert old.exclude(render_version=RENDER_VERSION).count() == 0


def test_a_new_version_restarts_the_worker(old, monkeypatch):
    assert [rerender_batch(), rerender_batch()] == [5, 0]
    monkeypatch.setattr(rerender, "RENDER_VERSION", RENDER_VERSION + 1)
    assert [rerender_batch(), rerender_batch()] == [5, 0]


def test_the_command_rerenders_everything(old):
    out = StringIO()
    call_command("rerender_posts", stdout=out)
    assert out.getvalue() == "5 texts rendered again.\n"


@pytest.fixture
def notes(say, maya, dr_lind):
    """Two clinical notes, one withdrawn, rendered by an older version."""
    post = say(maya, "One.")
    held = {"by": dr_lind, "credential": dr_lind.credentials.get(), "written_as": "physician", "html": "<script>"}
    for state in ClinicalNote.State.values:
        ClinicalNote.objects.create(post=post, body=f"See **{state}**.", state=state, render_version=0, **held)
    return ClinicalNote.objects.order_by("pk")


def test_clinical_notes_are_rerendered_and_keep_their_source(notes):
    words = list(notes.values_list("body", "state", "by", "made_at"))
    assert (rerender_all(), rerender_all()) == (2, 0)
    assert [(n.html, n.render_version) for n in notes.all()] == [(render(n.body), RENDER_VERSION) for n in notes.all()]
    assert list(notes.values_list("body", "state", "by", "made_at")) == words


def test_the_worker_renders_notes_as_well_as_posts(notes, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(rerender, "BATCH", 1)
    PostRevision.objects.update(render_version=0)
    assert [rerender_batch() for _ in range(3)] == [2, 1, 0]
    with django_assert_num_queries(0):
        assert rerender_batch() == 0
