"""No one can approve their own text: not by form, list, direct POST, service or SQL, for articles and rows."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from zeal import zeal_ignore

from core.transitions import IllegalTransition
from guide.models import Article, Proposal, ProposalDecision, Question
from guide.permissions import can_review_proposal
from guide.review.revisions import publish_loaded, write_revision
from guide.review.workflow import approve, publish_urgently, send_back, sign, submit, withdraw
from tests.guide.review.conftest import (
    ALL,
    TEXT,
    approval,
    form_url,
    guarded,
    live_text,
    proposed,
    row_proposed,
    save,
    typed,
    url,
)


@pytest.fixture(params=["both", "boss"])
def almighty(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def own(subject, almighty):
    proposal = proposed(subject, almighty)
    submit(proposal, by=almighty)
    return proposal


def test_the_review_page_refuses_self_approval(client, own, almighty):
    client.force_login(almighty)
    assert 'value="Approve"' not in client.get(url("review", own)).content.decode()
    assert client.post(url("approve", own), approval(own)).status_code == 403
    assert client.post(url("send-back", own), {"reason": "x"}).status_code == 403


def test_the_services_refuse_self_approval(subject, own, almighty):
    for act in (
        lambda: approve(own, by=almighty, checked=ALL),
        lambda: send_back(own, by=almighty, reason="x"),
        lambda: sign(own, by=almighty, checked=ALL),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert live_text(subject) != "New text.[^site]"


def test_forms_and_lists_cannot_publish(client, guide, almighty):
    client.force_login(almighty)
    row = Question.objects.first()
    client.post(form_url(row), typed(client.get(form_url(row))) | {"answer": "Mine.[^S1]", "state": "published"})
    own = Proposal.objects.get(model="question")
    data = {"action": "delete_selected", "_selected_action": [own.pk], "form-0-state": "published", "_save": "Save"}
    for name in ("question", "proposal"):
        client.post(reverse(f"admin:guide_{name}_changelist"), data)
    row.refresh_from_db()
    assert row.answer != "Mine.[^S1]"
    assert not Proposal.objects.of_rows().filter(state="published").exists()


INSERT = (
    "INSERT INTO guide_proposaldecision (proposal_id, action, by_id, credential, reason, checked, decided_at) VALUES "
)
SQL = {
    "approve one's own": INSERT + "(%(p)s, 'approved', %(me)s, '', '', '{}', now())",
    "approve without a person": INSERT + "(%(p)s, 'approved', NULL, '', '', '{}', now())",
    "sign one's own": INSERT + "(%(p)s, 'signed', %(me)s, 'x', '', '{}', now())",
    "publish oneself": INSERT + "(%(p)s, 'published', %(me)s, '', '', '{}', now())",
    "publish unapproved": INSERT + "(%(p)s, 'published', NULL, '', '', '{}', now())",
    "load one's own": INSERT + "(%(p)s, 'loaded', NULL, '', '', '{}', now())",
    "restore what never was": INSERT + "(%(p)s, 'restored', %(me)s, '', 'x', '{}', now())",
    "decide before there is a proposal": INSERT + "(%(p)s + 1000, 'approved', %(me)s, '', '', '{}', now())",
    "call it published": "UPDATE guide_proposal SET state = 'published', published_at = now() WHERE id = %(p)s",
    "schedule it": "UPDATE guide_proposal SET state = 'scheduled', scheduled_for = now() WHERE id = %(p)s",
    "rewrite it": "UPDATE guide_proposal SET content = '{\"body\": 1}' WHERE id = %(p)s",
    "change the author": "UPDATE guide_proposal SET author_id = NULL WHERE id = %(p)s",
    "forget whose words it took": "UPDATE guide_proposal SET replaces_id = %(p)s WHERE id = %(p)s",
    "forget a proposal": "DELETE FROM guide_proposal WHERE id = %(p)s",
    "forget a decision": "DELETE FROM guide_proposaldecision",
    "rewrite a decision": "UPDATE guide_proposaldecision SET by_id = NULL",
}
SQL_OF_TEXTS = {
    "make it live": "UPDATE guide_article SET live_revision_id = %(r)s",
    "call it published and make it live": "UPDATE guide_proposal SET state = 'published', published_at = now() "
    "WHERE id = %(p)s; UPDATE guide_article SET live_revision_id = %(r)s",
    "rewrite the text": "UPDATE guide_articlerevision SET body = 'x' WHERE id = %(r)s",
    "change the text's author": "UPDATE guide_articlerevision SET author_id = NULL WHERE id = %(r)s",
    "forget the text": "DELETE FROM guide_articlerevision WHERE id = %(r)s",
}


def refused(sql, **values):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("what", SQL)
def test_the_database_refuses_raw_sql_on_proposals(subject, waiting, elif_, what):
    before = live_text(subject)
    refused(SQL[what], p=waiting.pk, me=elif_.pk)
    assert live_text(subject) == before


@pytest.mark.parametrize("what", SQL_OF_TEXTS)
def test_the_database_refuses_raw_sql_on_revisions(article, elif_, what):
    draft = write_revision(article, TEXT, by=elif_).proposal
    before = live_text(article)
    refused(SQL_OF_TEXTS[what], p=draft.pk, r=draft.revision_id)
    assert live_text(article) == before


def test_a_proposal_cannot_be_created_published_or_with_another_author(article, elif_, ada, almighty):
    revision = write_revision(article, TEXT, by=elif_)
    article_fields = {"model": "article", "object_id": article.pk, "label": "x"}
    row_fields = {"model": "question", "object_id": 1, "label": "x", "author": almighty}
    spare = article.revisions.create(
        number=9, title="t", author=elif_, render_version=1, section=revision.section, position=1
    )
    for fields in (
        row_fields | {"state": "published", "published_at": revision.created_at},
        article_fields | {"revision": spare, "author": ada},
        article_fields | {"revision": spare, "author": None},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Proposal.objects.create(**fields)
    assert ProposalDecision.objects.filter(action="approved").count() == 0


def test_the_database_accepts_loaded_texts_and_changes_only_from_load_guide(article):
    revision = write_revision(article, TEXT, by=None)
    with guarded():
        for change in (
            lambda: publish_loaded(revision),
            lambda: Article.objects.update(earlier_changes=[["2026-01-01", "Better."]]),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
    assert live_text(article) != "New text.[^site]"


SQL_OF_PAGES = {
    "take a safety message off": "UPDATE guide_articlerevision SET safety_messages = '{7}'",
    "move the page": "UPDATE guide_articlerevision SET position = 9",
    "put the review off": "UPDATE guide_articlerevision SET review_months = 36",
    "rename it": "UPDATE guide_article SET slug = 'other'",
    "go back without a decision": "UPDATE guide_article SET live_revision_id = %(r)s",
    "take it away without a withdrawal": "UPDATE guide_article SET live_revision_id = NULL",
}


@pytest.mark.parametrize("what", SQL_OF_PAGES)
def test_the_database_refuses_raw_sql_on_the_rest_of_the_page(article, elif_, what):
    first = article.live_revision
    publish_urgently(write_revision(article, TEXT, by=elif_).proposal, by=elif_, reason="x")
    with guarded():
        refused(SQL_OF_PAGES[what], r=first.pk)


def test_the_submitter_cannot_approve(draft, both):
    submit(draft, by=both)
    assert can_review_proposal(both, draft) is False
    with pytest.raises(PermissionDenied):
        approve(draft, by=both, checked=ALL)
    with pytest.raises(DatabaseError), transaction.atomic():
        draft.decisions.create(action="approved", by=both)


def test_the_author_of_an_earlier_draft_cannot_approve(subject, both, elif_, dr_okafor):
    first = proposed(subject, both, "Mine.[^site]")
    second = proposed(subject, elif_, "Hers.[^site]")
    assert second.replaces == first
    submit(second, by=elif_)
    assert (can_review_proposal(both, second), can_review_proposal(dr_okafor, second)) == (False, True)
    with pytest.raises(PermissionDenied):
        approve(second, by=both, checked=ALL)
    with pytest.raises(DatabaseError), transaction.atomic():
        second.decisions.create(action="approved", by=both)


def test_the_form_starts_from_the_draft_of_a_colleague(client, guide, both, elif_):
    client.force_login(both)
    row = Question.objects.first()
    _, first = save(client, row, answer="Mine.[^S1]")
    client.force_login(elif_)
    _, second = save(client, row, question="Hers?")
    assert (second.replaces, second.content["answer"]) == (first, "Mine.[^S1]")


def test_authors_submitters_and_authors_of_earlier_drafts_cannot_approve(article, elif_, dr_okafor, dr_lind):
    dr_okafor.user_permissions.add(Permission.objects.get(codename="change_article"))
    okafor = type(dr_okafor).objects.get(pk=dr_okafor.pk)
    own = write_revision(article, TEXT, by=okafor).proposal
    submit(own, by=elif_)
    on_top = write_revision(article, TEXT, by=elif_).proposal
    with pytest.raises(PermissionDenied):
        approve(own, by=okafor, checked=ALL)
    submit(on_top, by=elif_)
    with pytest.raises(PermissionDenied):
        approve(on_top, by=okafor, checked=ALL)
    approve(on_top, by=dr_lind, checked=ALL)
    sent = write_revision(article, TEXT, by=elif_).proposal
    submit(sent, by=okafor)
    with pytest.raises(PermissionDenied):
        approve(sent, by=okafor, checked=ALL)
    assert Article.objects.get().live_revision == on_top.revision


def test_a_draft_or_ones_own_text_cannot_be_signed(article, elif_, dr_okafor):
    draft = write_revision(article, TEXT, by=elif_).proposal
    own = write_revision(article, TEXT, by=dr_okafor).proposal
    publish_urgently(own, by=elif_, reason="clearer")
    with pytest.raises(IllegalTransition):
        sign(draft, by=dr_okafor, checked=ALL)
    with pytest.raises(PermissionDenied):
        sign(own, by=dr_okafor, checked=ALL)


def test_a_reviewer_with_a_lapsed_credential_cannot_approve(waiting, dr_okafor):
    dr_okafor.credentials.update(expires_at=dr_okafor.credentials.get().approved_at)
    assert can_review_proposal(dr_okafor, waiting) is False
    with pytest.raises(PermissionDenied):
        approve(waiting, by=dr_okafor, checked=ALL)


@pytest.mark.parametrize("name", ["elif_", "ada", "maya", "vera"])
def test_editors_members_and_verifiers_cannot_approve(name, request, waiting):
    with pytest.raises(PermissionDenied):
        approve(waiting, by=request.getfixturevalue(name), checked=ALL)


@pytest.mark.parametrize(
    "act", ["submit", "withdraw", "discard", "approve", "send-back", "urgent", "sign", "restore", "review"]
)
@pytest.mark.parametrize(("name", "status"), [("vera", 404), ("maya", 302)])
def test_proposals_are_hidden_from_users_without_permission(act, name, status, request, client, draft):
    client.force_login(request.getfixturevalue(name))
    assert client.get(url("review", draft)).status_code == status
    posted = client.post(url(act, draft), {"reason": "x", "checked": ALL})
    assert posted.status_code == (405 if (act, name) == ("review", "vera") else status)
    draft.refresh_from_db()
    assert (draft.state, draft.decisions.count()) == ("draft", 0)
    listed = client.get(reverse("admin:guide_proposal_changelist"))
    assert listed.status_code == (403 if name == "vera" else 302)


def test_a_reviewer_cannot_write_or_publish(client, draft, dr_okafor):
    client.force_login(dr_okafor)
    for act in ("submit", "withdraw", "discard", "urgent"):
        assert client.post(url(act, draft), {"reason": "x"}).status_code == 403
    with pytest.raises(PermissionDenied):
        withdraw(draft, by=dr_okafor)


def test_a_reviewer_cannot_edit_rows(client, guide, elif_, dr_okafor):
    row = Question.objects.first()
    row_proposed(row, elif_, answer="Hers.[^S1]")
    client.force_login(dr_okafor)
    with zeal_ignore():
        assert client.get(form_url(row)).status_code == 403
    fragment = reverse("admin:guide_question_preview-fragment")
    assert (client.post(fragment, {}).status_code, client.get(fragment).status_code) == (403, 405)
    assert client.get(reverse("admin:guide_matrix")).status_code == 403
