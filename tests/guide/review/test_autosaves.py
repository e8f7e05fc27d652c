"""Autosaves of the forms of articles, rows and the grid."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from guide.models import Autosave, Proposal
from guide.review.autosaves import autosave, find_autosave
from guide.review.drafts import save_draft
from guide.review.revisions import Draft, write_revision
from tests.guide.review.conftest import form_url, row_proposed, save, typed

AUTOSAVE = reverse("admin:guide_article_autosave-fragment")
NEW = Draft("New", "S", "Short.[^site]", "New text.[^site]\n")
TYPED = {"title": "New", "summary": "S", "in_short": "Short.[^site]", "body": "New text.[^site]", "note": "why"}


def posted(values):
    data = QueryDict(mutable=True)
    data.update(values)
    return data


def place(row):
    return f"{row._meta.model_name} {row.pk}"


def test_an_autosave_is_private_and_deleted_on_saving(article, elif_, vera):
    autosave(place(article), posted(TYPED), by=elif_)
    autosave(place(article), posted(TYPED | {"title": "Newer", "csrfmiddlewaretoken": "secret"}), by=elif_)
    assert find_autosave(place(article), elif_).fields == TYPED | {"title": "Newer"}
    assert find_autosave(place(article), vera) is None
    save_draft(article, NEW, based_on="", by=elif_)
    assert not Autosave.objects.exists()


def test_nul_characters_are_not_autosaved(article, elif_):
    found = autosave(place(article), posted({"title": "How it\x00 works", "related": "1\x00"}), by=elif_)
    assert found.fields == {"title": "How it works", "related": "1"}


def test_only_editors_autosave(article, maya):
    with pytest.raises(PermissionDenied):
        autosave(place(article), posted(TYPED), by=maya)


def test_an_autosave_equal_to_the_newest_text_is_not_offered(article, editor, elif_, vera):
    autosave(place(article), posted(TYPED), by=elif_)
    write_revision(article, NEW, by=vera)
    assert "We restored" not in editor.get(form_url(article)).content.decode()


def test_what_was_typed_into_a_row_is_restored_and_discarded(question, editor):
    data = typed(editor.get(form_url(question))) | {"answer": "Typed and not saved.[^S9999]", "place": place(question)}
    assert editor.post(AUTOSAVE, data).status_code == 204
    page = editor.get(form_url(question))
    assert "We restored what you typed here without saving" in page.content.decode()
    assert typed(page)["answer"] == "Typed and not saved.[^S9999]"
    assert "There is no source S9999" in page.content.decode()
    answer = editor.post(reverse("admin:guide_article_discard"), {"place": place(question)})
    assert answer.url == form_url(question)
    assert typed(editor.get(form_url(question)))["answer"] == "Soon.[^S1]"


def test_an_autosave_meets_what_was_saved_meanwhile_when_it_is_saved(question, editor, ada):
    data = typed(editor.get(form_url(question))) | {"answer": "Mine.[^S1]", "place": place(question)}
    editor.post(AUTOSAVE, data)
    row_proposed(question, ada, question="Asked by Ada?")
    answer = editor.post(form_url(question), typed(editor.get(form_url(question))))
    assert (answer.status_code, typed(answer)["question"], typed(answer)["answer"]) == (
        409,
        "Asked by Ada?",
        "Mine.[^S1]",
    )


def test_a_row_that_could_not_be_saved_is_autosaved(question, editor):
    answer, _ = save(editor, question, question="", answer="Kept.[^S1]")
    assert (answer.status_code, Autosave.objects.get().fields["answer"]) == (200, "Kept.[^S1]")
    save(editor, question, question="When?", answer="Kept.[^S1]")
    assert not Autosave.objects.exists()


def test_the_draft_of_a_new_row_has_a_place_of_its_own(question, editor):
    new = reverse("admin:guide_question_add")
    data = {"slug": "how", "group": question.group_id, "question": "How?", "answer": "So.[^S1]", "position": 2}
    editor.post(new, data)
    draft = Proposal.objects.of_rows().get()
    editor.post(AUTOSAVE, data | {"question": "How now?", "place": f"question new-{draft.pk}"})
    assert typed(editor.get(f"{new}?proposal={draft.pk}"))["question"] == "How now?"
    assert "question" not in typed(editor.get(new))


def test_two_new_rows_in_two_windows_keep_their_own_words(question, editor):
    new = reverse("admin:guide_question_add")
    data = {"slug": "how", "group": question.group_id, "question": "How?", "answer": "So.[^S1]", "position": 2}
    one, two = (editor.get(new).context["adminform"].form for _ in range(2))
    editor.post(AUTOSAVE, data | {"place": one.place})
    editor.post(AUTOSAVE, data | {"place": two.place, "question": "Why?"})
    assert [typed(editor.get(form.url))["question"] for form in (one, two)] == ["How?", "Why?"]
    editor.post(two.url, data | {"place": two.place, "question": "Why?"})
    assert Proposal.objects.of_rows().get().label == "Why?"
    assert [autosave.place for autosave in Autosave.objects.all()] == [one.place]
    assert one.url in editor.get(new).content.decode()


def test_the_form_of_a_row_says_who_else_is_typing(question, editor, ada, elif_):
    theirs = Autosave.objects.create(owner=ada, place=place(question), fields={"answer": "Theirs."})
    page = editor.get(form_url(question)).content.decode()
    assert ("Ada is editing this too" in page, "Theirs." in page) == (True, False)
    Autosave.objects.filter(pk=theirs.pk).update(saved_at=timezone.now() - timedelta(minutes=16))
    assert "Ada is editing" not in editor.get(form_url(question)).content.decode()


def test_the_tools_are_there_where_texts_are_markdown(question, editor):
    page = editor.get(form_url(question)).content.decode()
    assert ("data-tools" in page, "data-markdown" in page, 'data-dialog="source"' in page) == (True, True, True)
    assert "data-tools" not in editor.get(form_url(question.group)).content.decode()


def test_the_preview_of_a_row_says_what_to_fix(question, editor):
    url = reverse("admin:guide_question_preview-fragment")
    data = typed(editor.get(form_url(question))) | {"answer": "An addict takes it."}
    page = editor.post(f"{url}?row={question.pk}", data).content.decode()
    assert ("say “a person with an addiction”" in page, "no source for" in page) == (True, True)
