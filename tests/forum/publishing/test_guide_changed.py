"""Which clinical notes and answers return to the queue when a guide text changes."""

import pytest
from django.urls import reverse

from forum.models import CitedChange, ClinicalNote, ReviewItem
from forum.moderation.clinical_notes import add_note
from guide.review.revisions import Draft, publish_loaded, write_revision
from tests.forum.conftest import let_undo_run_out

TEXT = "## Liver\n\n{liver}\n\n## Cost\n\n{cost}\n"


@pytest.fixture
def live(article):
    """Publish this text of the article."""

    def live(liver="Ask first.", cost="It is cheap."):
        draft = Draft("Title", "Summary", "In short.", TEXT.format(liver=liver, cost=cost))
        publish_loaded(write_revision(article, draft, by=None))

    live()
    return live


@pytest.fixture
def note(say, maya, dr_okafor, article, live):
    post = say(maya, "Words.")
    return add_note(post, by=dr_okafor, body=f"See [the guide](/guide/{article.slug}/#liver).")


def waiting():
    return list(ReviewItem.objects.open().filter(kind="note"))


def test_a_changed_cited_section_opens_one_item_however_often_it_changes(note, live):
    live(liver="Ask before.")
    live(liver="Ask twice.")
    assert [item.note for item in waiting()] == [note]
    change = CitedChange.objects.get()
    assert ("Ask first." in change.before, "Ask twice." in change.after) == (True, True)


def test_an_uncited_section_or_an_unchanged_text_opens_nothing(note, live):
    live(cost="It is free.")
    live(cost="It is free.")
    assert waiting() == []


def test_a_link_to_the_whole_page_cites_every_section(say, maya, dr_okafor, article, live):
    add_note(say(maya, "Words."), by=dr_okafor, body=f"See [the guide](/guide/{article.slug}/).")
    live(cost="It is free.")
    assert len(waiting()) == 1


def test_a_withdrawn_note_is_not_reopened(note, live):
    ClinicalNote.objects.update(state="withdrawn")
    live(liver="Ask twice.")
    assert waiting() == []


@pytest.mark.parametrize(("act", "fields", "state", "notes"), [
    ("keep-note", {}, "shown", 1),
    ("withdraw-note", {}, "withdrawn", 1),
    ("change-note", {"change-note-clinical": "Ask twice."}, "withdrawn", 2),
])  # fmt: skip
def test_the_item_shows_the_change_and_each_action_closes_it(client, note, live, dr_lind, act, fields, state, notes):
    live(liver="Ask twice.")
    item = waiting()[0]
    client.force_login(dr_lind)
    html = client.get(reverse("forum:review-item", args=[item.pk])).content.decode()
    assert "<del>first</del><ins>twice</ins>" in html
    client.post(reverse("forum:item-action", args=[item.pk, act]), fields)
    assert let_undo_run_out() == 1
    note.refresh_from_db()
    assert (waiting(), note.state, ClinicalNote.objects.count()) == ([], state, notes)


def test_a_clinicians_citing_answer_is_reviewed_by_another_clinician(
    client, say, maya, dr_lind, dr_okafor, article, live
):
    thread = say(maya, "Question.").thread
    answer = say(dr_lind, f"See [the guide](/guide/{article.slug}/#liver).", thread)
    say(maya, f"I read [the guide](/guide/{article.slug}/#liver).", thread)
    live(liver="Ask twice.")
    live(liver="Ask again.")
    item = waiting()[0]
    assert ([i.post for i in waiting()], item.note) == ([answer], None)
    link = reverse("forum:item-action", args=[item.pk, "note-answer"])
    client.force_login(dr_lind)
    assert client.post(link, {"note-answer-clinical": "Mine."}).status_code == 404
    client.force_login(dr_okafor)
    client.post(link, {"note-answer-clinical": "Ask again."})
    assert let_undo_run_out() == 1
    assert (waiting(), ClinicalNote.objects.get().body) == ([], "Ask again.")
