"""The review page, the list of proposals and the history in the admin."""

from datetime import date

import pytest
from django.urls import reverse

from core import page_cache
from core.page_cache import SITE
from guide.models import Article, Proposal, ProposalDecision, Question, Source
from guide.review.remarks import draft_remark
from guide.review.revisions import Draft, write_revision
from guide.review.workflow import approve, publish_urgently, send_back, submit
from tests.conftest import empty_caches
from tests.guide.review.conftest import ALL, approval, form_url, live_text, proposed, save, url, version

NEW = Draft("New", "New summary.", "New short.[^site]", "## New\n\nNew text.[^site]\n", "why")


def test_the_reviewer_sees_the_differences_and_approves(client, subject, waiting, dr_okafor):
    client.force_login(dr_okafor)
    page = client.get(url("review", waiting)).content.decode()
    for words in ("<ins>New", "<del>", "side by side", "In one column", "It is accurate", "As readers will see it"):
        assert words in page
    response = client.post(url("approve", waiting), approval(waiting))
    assert (response.status_code, response["Location"]) == (302, url("review", waiting))
    assert live_text(subject) == "New text.[^site]"
    assert "Published on" in client.get(url("review", waiting)).content.decode()


def test_the_page_shows_what_changes_beyond_the_marks_and_the_claims(client, article, elif_, dr_okafor):
    Source.objects.create(key="S7", title="A trial", kind="trial", checked=date(2026, 1, 2), seen="abstract only")
    page = Draft("New", "New summary.", "New short.[^site]", "It helps.[^S7]\n", position=77)
    proposal = write_revision(article, page, by=elif_).proposal
    submit(proposal, by=elif_)
    client.force_login(dr_okafor)
    shown = client.get(url("review", proposal))
    assert [field.key for field in shown.context["unseen_differences"]] == ["summary", "position"]
    assert [(claim.text, claim.is_new) for claim in shown.context["claims"]] == [("It helps.", True)]
    assert "Read: abstract only, 2 Jan 2026." in " ".join(shown.content.decode().split())


def test_changed_words_of_a_row_are_marked_in_its_preview(client, question, elif_, dr_okafor):
    proposal = proposed(question, elif_, "Later.[^S1]")
    client.force_login(dr_okafor)
    page = client.get(url("review", proposal)).context["page"]
    assert "<del>Soon." in page
    assert "<ins>Later.</ins>" in page


def test_a_reviewed_page_is_signed_again_through_the_same_checklist(client, article, dr_okafor, dr_lind):
    proposal = article.live_revision.proposal
    approve(proposal, by=dr_okafor, checked=ALL)
    client.force_login(dr_lind)
    page = client.get(url("review", proposal)).content.decode()
    assert ("Review it again" in page, 'value="Approve"' in page) == (True, False)
    assert (
        "Tick every point" in client.post(url("sign", proposal), approval(proposal, checked=["plain"])).content.decode()
    )
    assert client.post(url("sign", proposal), approval(proposal)).status_code == 302
    signature = proposal.decisions.filter(action="signed").first()
    assert (signature.by, proposal.decisions.filter(action="approved").first().checked) == (dr_lind, ALL)


def test_an_approval_needs_the_version_that_was_seen(client, subject, waiting, dr_okafor):
    client.force_login(dr_okafor)
    assert client.post(url("approve", waiting), {"checked": ALL}).status_code == 409
    assert (waiting.decisions.count(), live_text(subject) != "New text.[^site]") == (1, True)


def test_approving_a_replaced_proposal_shows_the_newer_one(client, subject, waiting, elif_, dr_okafor):
    client.force_login(dr_okafor)
    sheet = approval(waiting)
    newer = proposed(subject, elif_, "Newer.[^site]")
    submit(newer, by=elif_)
    response = client.post(url("approve", waiting), sheet)
    assert response.status_code == 409
    page = " ".join(response.content.decode().split())
    assert "was replaced by" in page
    assert "Newer." in page
    if newer.revision:
        assert "“New”, revision 2, was replaced by “New”, revision 3." in page


def test_an_approval_is_refused_if_another_text_was_published(client, article, elif_, dr_okafor):
    later = write_revision(article, NEW, by=elif_).proposal
    seen_version = version(later)
    publish_urgently(later, by=elif_, reason="Danger.")
    later = write_revision(article, Draft("Other", "S", "Other.[^site]", "Other.[^site]"), by=elif_).proposal
    submit(later, by=elif_)
    client.force_login(dr_okafor)
    response = client.post(url("approve", later), approval(later, seen_version=seen_version))
    assert (response.status_code, later.decisions.count()) == (409, 1)


def test_an_approval_is_refused_if_the_row_has_changed(client, question, elif_, dr_okafor):
    waiting = proposed(question, elif_)
    submit(waiting, by=elif_)
    Question.objects.filter(pk=question.pk).update(question="Asked anew?")
    client.force_login(dr_okafor)
    answer = client.post(url("approve", waiting), approval(waiting))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "What readers see has changed since this was proposed." in page
    assert "Changed since the proposal" in page
    assert "anew" in page
    assert (live_text(question) != "New text.[^site]", waiting.decisions.count()) == (True, 1)


def test_the_author_cannot_approve_or_send_back(client, waiting, elif_):
    client.force_login(elif_)
    assert 'value="Approve"' not in client.get(url("review", waiting)).content.decode()
    assert client.post(url("approve", waiting), approval(waiting)).status_code == 403
    assert client.post(url("send-back", waiting), {"reason": "x"}).status_code == 403


def test_the_whole_workflow_on_the_pages(client, subject, draft, elif_, dr_okafor):
    client.force_login(elif_)
    assert 'value="Send for review"' in client.get(url("review", draft)).content.decode()
    for act, state in [("submit", "submitted"), ("withdraw", "draft"), ("submit", "submitted")]:
        client.post(url(act, draft))
        draft.refresh_from_db()
        assert draft.state == state
    client.force_login(dr_okafor)
    later = {"scheduled_for": "2999-01-01T09:00"}
    assert "within a year" in client.post(url("approve", draft), approval(draft, **later)).content.decode()
    client.post(url("send-back", draft), {"reason": "Plainer.", "seen_version": version(draft)})
    client.force_login(elif_)
    assert "Plainer." in client.get(url("review", draft)).content.decode()
    client.post(url("discard", draft))
    draft.refresh_from_db()
    assert (draft.state, live_text(subject) != "New text.[^site]") == ("discarded", True)


def test_an_urgent_correction_is_live_at_once_and_marked_until_reviewed(client, line, elif_, dr_okafor):
    empty_caches()
    client.force_login(elif_)
    _, draft = save(client, line, name="Emergency services now")
    before = page_cache.versions(SITE)
    assert client.post(url("urgent", draft), {"reason": ""}).status_code == 200
    client.post(url("urgent", draft), {"reason": "wrong name"})
    line.refresh_from_db()
    assert line.name == "Emergency services now"
    listed = reverse("admin:guide_proposal_changelist")
    assert draft.label in client.get(listed, {"show": "unreviewed"}).content.decode()
    assert draft.label in client.get(listed).content.decode()
    assert "Live, not yet reviewed" in client.get(url("review", draft)).content.decode()
    assert page_cache.versions(SITE) == before  # in tests, nothing is committed
    note = f"“{draft.label}”. No one but its author has reviewed this yet."
    assert note in client.get("/help-now/").content.decode()
    client.force_login(dr_okafor)
    client.post(url("approve", draft), approval(draft))
    assert note not in client.get("/help-now/").content.decode()
    assert "0 proposals" in client.get(listed).content.decode()
    assert Proposal.objects.live_unreviewed().count() == 0


def test_the_list_is_filtered_by_user(client, article, waiting_of, elif_, dr_okafor):
    listed = reverse("admin:guide_proposal_changelist")

    def labels(who, **show):
        client.force_login(who)
        return [p.label for p in client.get(listed, show).context["cl"].result_list]

    assert labels(dr_okafor, show="review") == ["New"]
    assert labels(elif_, show="review") == []
    assert labels(elif_, show="mine") == ["New"]
    assert labels(dr_okafor, show="mine") == []
    approve(waiting_of, by=dr_okafor, checked=ALL)
    assert labels(elif_) == []
    assert "New" in labels(elif_, show="all")


@pytest.fixture
def waiting_of(article, elif_):
    proposal = write_revision(article, NEW, by=elif_).proposal
    submit(proposal, by=elif_)
    return proposal


def test_the_lists_have_no_bulk_actions(client, article, waiting_of, boss):
    client.force_login(boss)
    rows = {
        "proposal": waiting_of.pk,
        "proposaldecision": ProposalDecision.objects.first().pk,
    }
    for name, pk in rows.items():
        listed = reverse(f"admin:guide_{name}_changelist")
        assert 'name="action"' not in client.get(listed).content.decode()
        client.post(listed, {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
        for page, args in [("change", [pk]), ("delete", [pk]), ("add", [])]:
            assert client.post(reverse(f"admin:guide_{name}_{page}", args=args), {}).status_code == 403
    assert Article.objects.get().live_revision == article.live_revision


def test_an_incomplete_checklist_shows_an_error_and_keeps_the_ticks(client, waiting, dr_okafor):
    client.force_login(dr_okafor)
    page = client.post(url("approve", waiting), approval(waiting, checked=["plain"])).content.decode()
    assert "Tick every point" in page
    assert 'id="approve_checked_2" checked' in page


def remark(part, text, **also):
    return {f"remark-{name}": value for name, value in {"part": part, "text": text, "line": 1, **also}.items()}


def test_remarks_are_sent_back_and_shown_to_the_author(client, waiting, dr_okafor, elif_):
    client.force_login(dr_okafor)
    part = "body" if waiting.revision else "answer"
    for text in ("Which one?", "Since when?"):
        client.post(url("add-remark", waiting), remark(part, text, line=3))
    client.post(url("send-back", waiting), {"reason": "", "seen_version": version(waiting)})
    client.force_login(elif_)
    page = client.get(url("review", waiting)).content.decode()
    for text in ("Which one?", "Since when?"):
        assert f"{'Text' if waiting.revision else 'Answer'}, line 3: {text}" in page
    assert 'value="Send for review"' in page


def test_sending_back_needs_a_reason_or_a_remark(client, waiting, dr_okafor):
    client.force_login(dr_okafor)
    page = client.post(url("send-back", waiting), {"reason": " ", "seen_version": version(waiting)}).content.decode()
    assert "Say what should change." in page
    waiting.refresh_from_db()
    assert waiting.state == "submitted"


@pytest.mark.parametrize("name", ["elif_", "dr_okafor"])
def test_history_compares_and_restores(client, article, elif_, name, request):
    first = article.live_revision
    publish_urgently(write_revision(article, NEW, by=elif_).proposal, by=elif_, reason="Danger.")
    client.force_login(request.getfixturevalue(name))
    page = client.get(reverse("admin:guide_article_history", args=[article.pk])).content.decode()
    for words in ("Published before review", "Danger.", "Restore revision 1", "content files"):
        assert words in page
    compared = client.get(reverse("admin:guide_article_compare", args=[article.pk]), {"old": 2, "new": 1})
    assert "<ins>New" in compared.content.decode()
    assert 'value="Restore this version"' in client.get(url("review", first.proposal)).content.decode()
    client.post(url("restore", first.proposal), {"reason": "It was right."})
    assert Article.objects.get().live_revision.number == 3


def test_proposal_urls_redirect_to_the_review_page(client, article, elif_):
    client.force_login(elif_)
    proposal = article.live_revision.proposal
    assert client.get(reverse("admin:guide_proposal_change", args=[proposal.pk]))["Location"] == url("review", proposal)


def test_proposals_are_found_by_the_words_of_a_page(client, article, waiting_of, elif_):
    client.force_login(elif_)
    listed = reverse("admin:guide_proposal_changelist")
    assert "1 result" in client.get(listed, {"show": "all", "q": "New text."}).content.decode()


@pytest.mark.parametrize("query", ["", "?old=x&new=1", "?old=1&new=99", "?old=²&new=1"])
def test_comparing_unknown_revisions_is_not_found(client, article, elif_, query):
    client.force_login(elif_)
    assert client.get(reverse("admin:guide_article_compare", args=[article.pk]) + query).status_code == 404


def queries_of_history(client, article, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as found:
        client.get(reverse("admin:guide_article_history", args=[article.pk]))
    return len(found)


def test_history_makes_the_same_number_of_queries_for_any_number_of_revisions(
    client, article, elif_, django_assert_max_num_queries
):
    client.force_login(elif_)
    write_revision(article, NEW, by=elif_)
    two = queries_of_history(client, article, django_assert_max_num_queries)
    write_revision(article, NEW, by=elif_)
    write_revision(article, NEW, by=elif_)
    assert queries_of_history(client, article, django_assert_max_num_queries) == two


def test_hostile_text_is_escaped(client, article, elif_):
    bad = Draft("<script>alert(1)</script>", "S", "<img src=x onerror=alert(1)>", "<script>alert(2)</script>\n")
    revision = write_revision(article, bad, by=elif_)
    client.force_login(elif_)
    page = client.get(url("review", revision.proposal)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_both_forms_show_why_a_draft_was_sent_back(client, subject, waiting, dr_okafor, elif_):
    part = "body" if waiting.revision else "answer"
    draft_remark(waiting, by=dr_okafor, part=part, text="Which one?")
    send_back(waiting, by=dr_okafor, reason="Plainer, please.")
    client.force_login(elif_)
    page = client.get(form_url(subject)).content.decode()
    assert "“Plainer, please.”" in page
    assert f"{'Text' if waiting.revision else 'Answer'}, line 1: Which one?" in page
    submit(waiting, by=elif_)
    assert "Plainer" not in client.get(form_url(subject)).content.decode()
