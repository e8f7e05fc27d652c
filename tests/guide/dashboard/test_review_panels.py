"""The dashboard's panels: what each shows, to whom, and how many queries it makes."""

import io
import zipfile
from datetime import date, timedelta

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guide.dashboard.panels import PANELS, digest_lines, overdue, panel_for, panels_for
from guide.models import (
    Article,
    DailyCount,
    Feedback,
    HelpLine,
    LinkCheck,
    Proposal,
    ProposalDecision,
    Section,
    Source,
)
from guide.review.revisions import Draft, publish_loaded, write_revision
from tests.conftest import person

State, Action = Proposal.State, ProposalDecision.Action


@pytest.fixture
def ed(db):
    """A second editor."""
    return person("ed", "Ed", "Guide editors", is_staff=True)


def written(article, by, state=State.DRAFT, title="Draft"):
    other = Article.objects.create(slug=f"draft-{Article.objects.count()}")
    page = Draft(title, "s", "i", "Text.", section=article.live.section_id, position=9)
    proposal = write_revision(other, page, by=by).proposal
    Proposal.objects.filter(pk=proposal.pk).update(state=state)
    return proposal


def row(by, state=State.DRAFT, label="A question"):
    """A proposal for a new question."""
    return Proposal.objects.create(model="question", label=label, author=by, state=state)


def shown(user, key):
    panel = panel_for(user, key)
    return (panel.total, [row.text for row in panel.rows]) if panel else None


def test_a_reviewer_sees_proposals_to_review_but_not_their_own(article, elif_, dr_okafor):
    sent = written(article, elif_, State.SUBMITTED, "Elif’s")
    written(article, dr_okafor, State.SUBMITTED, "Her own")
    sent_by_her = written(article, elif_, State.SUBMITTED, "Sent by her")
    sent_by_her.decisions.create(action=Action.SUBMITTED, by=dr_okafor)
    row(elif_, State.SUBMITTED)
    own = row(dr_okafor, State.SUBMITTED, "Her own")
    passed = row(elif_, State.SUBMITTED, "Passed on")
    passed.decisions.create(action="submitted", by=dr_okafor)
    assert shown(dr_okafor, "review") == (2, ["Elif’s", "A question"])
    assert shown(elif_, "review") is None
    assert (sent.state, own.state) == (State.DRAFT, State.SUBMITTED)


def test_an_editor_sees_their_drafts_and_those_sent_back(article, elif_, ed):
    written(article, elif_)
    written(article, elif_, State.SENT_BACK, "Back")
    written(article, ed, title="Ed’s")
    row(elif_, State.SENT_BACK, "Row back")
    assert shown(elif_, "drafts") == (1, ["Draft"])
    assert shown(elif_, "sent-back") == (2, ["Back", "Row back"])


def decide(article, action, days_ago, by=None, reason=""):
    credential = "Dr. X, physician" if action == Action.SIGNED else ""
    fields = {"action": action, "by": by, "credential": credential, "reason": reason}
    made = article.live_revision.proposal.decisions.create(**fields)
    with pgtrigger.ignore("guide.ProposalDecision:decision_is_append_only"):
        ProposalDecision.objects.filter(pk=made.pk).update(decided_at=timezone.now() - timedelta(days=days_ago))


def age(article, days):
    with pgtrigger.ignore("guide.ProposalDecision:decision_is_append_only"):
        article.live_revision.proposal.decisions.update(decided_at=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize(
    ("months", "published", "signed", "late"),
    [
        (12, 364, None, False),
        (12, 367, None, True),  # never signed: counts from its publication
        (6, 180, None, False),
        (6, 186, None, True),
        (12, 800, 364, False),
        (12, 800, 367, True),
        (6, 800, 186, True),
    ],
)
def test_a_review_is_overdue_after_the_articles_months(article, dr_okafor, months, published, signed, late):
    page = Draft("Small", "A small page.", "Short.", "Text.", review_months=months)
    publish_loaded(write_revision(article, page, by=None))
    article.refresh_from_db()
    age(article, published)
    if signed:
        decide(article, Action.SIGNED, signed, by=dr_okafor)
    assert bool(overdue(timezone.now().date())) is late


def test_a_review_is_not_overdue_on_its_due_date(article):
    age(article, 0)
    day = timezone.now().date()
    due = date(day.year + 1, day.month, day.day)
    assert (overdue(due), len(overdue(due + timedelta(days=1)))) == ([], 1)


def test_costs_and_help_lines_are_due_after_six_months_and_others_after_a_year(guide):
    found = dict(Article.objects.values_list("slug", "live_revision__review_months"))
    assert (found["costs"], found["help-lines"], found["how-it-works"]) == (6, 6, 12)


def test_an_urgent_correction_stays_on_the_dashboard_until_it_is_reviewed(article, elif_, dr_okafor):
    decide(article, Action.URGENT, 0, by=elif_, reason="Wrong number")
    line = row(elif_, State.DRAFT, "A line")
    line.decisions.create(action="urgent", by=elif_, reason="Wrong number")
    Proposal.objects.filter(pk=line.pk).update(state=State.PUBLISHED, published_at=timezone.now())
    assert shown(dr_okafor, "unreviewed") == (2, ["Small", "A line"])
    line.decisions.create(action="approved", by=dr_okafor)
    decide(article, Action.SIGNED, 0, by=dr_okafor)
    assert shown(dr_okafor, "unreviewed") == (0, [])


def test_the_panels_show_open_sources_numbers_links_and_feedback(article, elif_):
    Source.objects.create(key="S1", title="Seen", kind="trial", checked=timezone.now(), url="https://a.example/")
    Source.objects.create(key="S2", title="Unseen", kind="trial", checked=timezone.now(), verify=True)
    words = Draft("Small", "s", "i", "- It costs $5.[^S1][^CHECK 2026-01-02]\n- Old.[^S0]\n- $6.[^CHECK 2025-01-02]\n")
    publish_loaded(write_revision(article, words, by=None))
    LinkCheck.objects.create(
        url="https://a.example/", status=404, error="answers 404", failures=1, checked_at=timezone.now()
    )
    LinkCheck.objects.create(url="https://b.example/", status=200, checked_at=timezone.now())
    article.refresh_from_db()
    for helpful, comment, closed in [(True, "", False), (False, "Unclear.", False), (False, "Done.", True)]:
        article.feedback.create(revision=article.live_revision, helpful=helpful, comment=comment, closed=closed)
    assert shown(elif_, "sources") == (1, ["S2 Unseen"])
    assert shown(elif_, "check") == (2, ["$6.", "It costs $5."])
    assert panel_for(elif_, "dead-links").rows[0].note == "S1: answers 404"
    assert shown(elif_, "dead-links") == (1, ["https://a.example/"])
    assert shown(elif_, "feedback") == (2, ["Unclear.", "It helped."])


def test_page_views_and_failed_searches_cover_thirty_days(article, elif_):
    today = timezone.now().date()
    for days, kind, what, times in [(0, "read", "small", 2), (29, "read", "small", 3), (30, "read", "small", 9)]:
        DailyCount.objects.create(day=today - timedelta(days=days), kind=kind, key=what, count=times)
    DailyCount.objects.create(day=today, kind="missed", key="a & b", count=1)
    assert [(r.text, r.url, r.note) for r in panel_for(elif_, "read").rows] == [("small", "/guide/small/", "5")]
    assert [(r.text, r.url) for r in panel_for(elif_, "missed").rows] == [("a & b", "/search/?q=a+%26+b")]


def rows_of_each_kind(article, elif_, dr_okafor, number):
    """Create one more of everything that the dashboard lists."""
    section = Section.objects.first()
    other = Article.objects.create(slug=f"a{number}")
    page = Draft(f"A{number}", "s", "i", "$5.[^CHECK 2026-01-02]", section=section.pk, position=number)
    publish_loaded(write_revision(other, page, by=None))
    other.refresh_from_db()
    age(other, 500)
    decide(other, Action.URGENT, 500, by=elif_, reason="x")
    for who, state in [(elif_, State.SUBMITTED), (dr_okafor, State.DRAFT), (dr_okafor, State.SENT_BACK)]:
        written(other, who, state)
        row(who, state)
    Source.objects.create(key=f"S{number}", title="T", kind="x", checked=timezone.now(), verify=True)
    LinkCheck.objects.create(url=f"https://{number}.example/", status=404, error="x", checked_at=timezone.now())
    other.feedback.create(revision=other.live_revision, helpful=False)
    line = HelpLine.objects.create(
        country="IE", need="crisis", name="T", sources=[], checked=timezone.now(), position=number
    )
    line.reports.create(shown="116 123", problem="no-answer")
    for kind in ("read", "missed"):
        DailyCount.objects.create(day=timezone.now().date(), kind=kind, key=f"w{number}", count=1)


def test_the_dashboard_makes_the_same_number_of_queries_for_one_row_and_three(client, article, elif_, dr_okafor):
    boss = person("boss", "Boss", is_staff=True, is_superuser=True)
    client.force_login(boss)
    queries = []
    for numbers in ([1], [2, 3]):
        for number in numbers:
            rows_of_each_kind(article, elif_, boss, number)
        with CaptureQueriesContext(connection) as made:
            assert {panel.total for panel in panels_for(boss)} == {0, numbers[-1], 2 * numbers[-1]} - {0}
        with CaptureQueriesContext(connection) as page:
            assert client.get(reverse("admin:guide_dashboard")).status_code == 200
        queries.append((len(made), len(page)))
    assert queries[0] == queries[1]
    assert queries[0][0] <= 47


def test_the_dashboard_is_first_in_the_admin_and_only_for_editors(client, article, elif_, vera):
    client.force_login(elif_)
    index, dashboard = (client.get(reverse(name)).content.decode() for name in ("admin:index", "admin:guide_dashboard"))
    for html in (index, dashboard):
        assert html.index("My drafts") < html.index("Overdue reviews")
    assert index.index("Overdue reviews") < index.index('class="app-guide module') < index.index('id="recent-actions')
    client.force_login(vera)
    index, dashboard = (client.get(reverse(name)) for name in ("admin:index", "admin:guide_dashboard"))
    assert (index.status_code, dashboard.status_code) == (200, 403)
    assert "Overdue reviews" not in index.content.decode() + dashboard.content.decode()


def test_each_panel_has_its_own_page(client, article, elif_):
    client.force_login(elif_)
    for number in range(7):
        Source.objects.create(key=f"S{number}", title="T", kind="x", checked=timezone.now(), verify=True)
    dashboard = reverse("admin:guide_dashboard")
    assert f'{dashboard}?panel=sources">All 7' in client.get(dashboard).content.decode()
    assert client.get(f"{dashboard}?panel=sources").content.decode().count("S6 T") == 1
    for panel in PANELS:
        assert client.get(f"{dashboard}?panel={panel.key}").status_code == (404 if panel.key == "review" else 200)
    assert client.get(f"{dashboard}?panel=none").status_code == 404


def test_hostile_text_is_escaped(client, article, elif_):
    DailyCount.objects.create(day=timezone.now().date(), kind="missed", key="<img src=x>", count=1)
    article.feedback.create(revision=article.live_revision, helpful=False, comment="<script>alert(1)</script>")
    client.force_login(elif_)
    html = client.get(reverse("admin:guide_dashboard")).content.decode()
    assert "<img src=x>" not in html
    assert "<script>alert" not in html


def test_feedback_is_assigned_answered_and_closed(client, article, elif_, ed, maya):
    one = article.feedback.create(revision=article.live_revision, helpful=False, comment="Unclear.")
    two = article.feedback.create(revision=article.live_revision, helpful=True)
    client.force_login(elif_)
    url, page = reverse("admin:guide_feedback_changelist"), reverse("admin:guide_feedback_change", args=[one.pk])
    client.post(url, {"action": "take", "_selected_action": [one.pk, two.pk]})
    assert set(Feedback.objects.values_list("assigned_to", flat=True)) == {elif_.pk}
    client.post(url, {"action": "close", "_selected_action": [two.pk]})
    assert digest_lines(elif_) == ["1 of readers’ feedback assigned to you"]
    html = client.get(page).content.decode()
    assert (">Ed<" in html, ">Maya<" in html) == (True, False)
    refused = client.post(page, {"assigned_to": maya.pk, "answer": "kept words"}).content.decode()
    assert "kept words" in refused
    client.post(page, {"assigned_to": ed.pk, "answer": "Reworded.", "closed": "on", "comment": "forged"})
    one.refresh_from_db()
    assert (one.assigned_to, one.answer, one.closed, one.comment) == (ed, "Reworded.", True, "Unclear.")


def test_only_editors_download_the_guide_as_a_zip(client, article, elif_, dr_okafor):
    client.force_login(dr_okafor)
    assert client.get(reverse("admin:guide_export")).status_code == 403
    client.force_login(elif_)
    response = client.get(reverse("admin:guide_export"))
    assert response["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as archive:
        assert {"README.md", "terms.csv", "guide/articles/small.md"} <= set(archive.namelist())
