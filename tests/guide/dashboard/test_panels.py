"""An editor's way from saving to publishing."""

import pytest
from django.urls import reverse
from zeal import zeal_ignore

from guide.models import Article, HelpLine, SafetyMessage
from tests.guide.editor.test_reference_admin import form_of

pytestmark = pytest.mark.usefixtures("module_guide", "db")
WHY = {"reason": "x"}


@pytest.fixture
def editor(client, elif_):
    client.force_login(elif_)
    return client


@pytest.fixture
def history():
    return Article.objects.get(slug="history")


def save(editor, article, **changes):
    with zeal_ignore():
        url = reverse("admin:guide_article_change", args=[article.pk])
        return editor.post(url, form_of(article, **changes), follow=True).content.decode()


def publish(editor, revision):
    editor.post(reverse("admin:guide_proposal_urgent", args=[revision.proposal.pk]), WHY)


def test_different_line_endings_make_no_revision(editor, history):
    save(editor, history, body=history.live_revision.body.strip().replace("\n", "\r\n"))
    assert history.revisions.count() == 1


def test_an_unclosed_callout_is_saved_as_a_draft_but_not_published(editor, history):
    html = save(editor, history, body="Text.[^S1]\n\n::: emergency Now\n\nCall.[^S1]\n")
    assert "Line 3: this callout has no end (:::)" in html
    publish(editor, history.revisions.get(number=2))
    assert Article.objects.get(pk=history.pk).live_revision.number == 1


def test_notices_appear_after_saving_and_again_on_submission(editor, history):
    html = save(editor, history, body="A claim.\n\nA [link](nowhere).[^S1]\n")
    draft = history.revisions.order_by("-number")[0]
    page = editor.post(reverse("admin:guide_proposal_submit", args=[draft.proposal.pk])).content.decode()
    for words in ("line 1: no source for “A claim.”", "line 3: this link is dead: no article is called nowhere"):
        assert words.capitalize().replace("a claim", "A claim") in html
        assert words in page
    assert "<ins>A claim.</ins>" in page
    assert "<del>" in page


def test_after_a_restore_the_form_starts_from_the_live_text(editor, history):
    first = history.live_revision
    save(editor, history, title="Second")
    publish(editor, history.revisions.get(number=2))
    editor.post(reverse("admin:guide_proposal_restore", args=[first.proposal.pk]), {"reason": "x"})
    with zeal_ignore():
        page = editor.get(reverse("admin:guide_article_change", args=[history.pk])).content.decode()
    assert ">revision 3</a>, which is live." in page
    assert 'value="Second"' not in page


def test_a_new_slug_leads_from_the_old_one_once_it_is_published(editor, history, client):
    save(editor, history, slug="elsewhere")
    assert client.get("/guide/elsewhere/").status_code == 404
    publish(editor, history.revisions.get(number=2))
    answer = client.get("/guide/history/")
    assert (answer.status_code, answer["Location"]) == (301, "/guide/elsewhere/")
    assert client.get("/guide/elsewhere/").status_code == 200
    editor.post(reverse("admin:guide_proposal_restore-before", args=[history.revisions.get(number=2).proposal.pk]), WHY)
    assert client.get("/guide/history/").status_code == 200
    assert client.get("/guide/elsewhere/")["Location"] == "/guide/history/"


def test_safety_messages_change_with_the_draft(editor, history, client, django_capture_on_commit_callbacks):
    box = SafetyMessage.objects.get(key="low-mood")
    with django_capture_on_commit_callbacks(execute=True):
        save(editor, history, safety_messages=[box.pk])
        assert box.title not in client.get("/guide/history/?fresh").content.decode()
        publish(editor, history.revisions.get(number=2))
    client.logout()
    assert box.title in client.get("/guide/history/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [("phone", "9111 typo", "digits with spaces"), ("note", "Call.[^S9999]", "here is no source S9999")],
)
def test_an_invalid_help_line_is_not_saved(editor, field, value, error):
    line = HelpLine.objects.get(country="US", phone="911")
    data = {f.name: getattr(line, f.name) for f in HelpLine._meta.fields if f.name != "id"}
    data |= {"sources": ",".join(line.sources), field: value}
    html = editor.post(reverse("admin:guide_helpline_change", args=[line.pk]), data).content.decode()
    assert error in html
    assert HelpLine.objects.filter(phone="911", country="US", note=line.note).exists()


def test_a_safety_message_cannot_be_deleted(editor):
    pk = SafetyMessage.objects.first().pk
    assert editor.post(reverse("admin:guide_safetymessage_delete", args=[pk]), {"post": "yes"}).status_code == 403


def test_approval_of_a_loaded_page_is_offered_to_clinicians_only(editor, history, client, dr_okafor):
    url = reverse("admin:guide_proposal_review", args=[history.live_revision.proposal.pk])
    for who, offered in [(None, False), (dr_okafor, True)]:
        if who:
            client.force_login(who)
        with zeal_ignore():
            assert ('value="Approve"' in client.get(url).content.decode()) is offered
