"""The page's figures are compared with a count in plain Python."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

import pgtrigger
import pytest
from django.urls import reverse

from accounts.permissions import credential_in_force
from forum.models import Appeal, Decision, ExperienceDecision, Report
from forum.moderation.experience_decisions import remove_experience
from forum.oversight.monthly_counts import (
    FIRST_YEAR,
    STORIES,
    Month,
    count_month,
    format_duration,
    last_month,
    month_from,
)

PAGE = reverse("forum:transparency")


@pytest.fixture
def log(say, maya, dr_okafor):
    """Create decisions in a month: action, number, and other fields."""
    revision = say(maya, "A question.", public=False).revisions.get()
    credential = credential_in_force(dr_okafor)

    def log(action, times=1, *, month=None, **fields):
        about = {"revision": revision, "by": dr_okafor, "credential": credential, "lane": 3}
        about |= {"reason": "dose"} if action in ("changes", "rejected", "removed", "hidden") else {}
        made = [
            Decision(**(about | {"waited": timedelta(minutes=7 * n + 3)} | fields), action=action) for n in range(times)
        ]
        rows = Decision.objects.bulk_create(made)
        with pgtrigger.ignore("forum.Decision:append_only"):
            moment = (month or last_month()).start + timedelta(days=3)
            Decision.objects.filter(pk__in=[row.pk for row in rows]).update(decided_at=moment)
        return rows

    return log


@pytest.fixture
def full(log):
    log("approved", 40)
    log("approved", 9, with_note=True)
    log("approved", 6, with_note=True, with_redaction=True)
    log("read", 8)
    log("changes", 12)
    log("changes", 11, reason="private")
    log("changes", 2, reason="source")
    log("rejected", 10, reason="unkind")
    log("removed", 7)
    log("hidden", 5)
    log("restored", 5)
    log("approved", 6, month=last_month().plus(-2))


def naive(month):
    """The month's decisions, computed row by row."""
    rows = Decision.objects.order_by("pk")
    return [row for row in rows if (row.decided_at.year, row.decided_at.month) == (month.year, month.number)]


def test_the_figures_match_the_log(full):
    month = last_month()
    found, rows = count_month(month), naive(month)
    seen = Counter(
        "redacted" if r.with_redaction else "noted" if r.with_note else r.action
        for r in rows
        if r.action in ("approved", "read", "changes", "rejected")
    )
    assert found.outcomes == dict(seen)
    for action in ("changes", "rejected"):
        reasons = Counter(r.reason for r in rows if r.action == action)
        assert {code: n for code, n in found.reasons[action].items() if n} == dict(reasons)
    assert found.afterwards == dict(Counter(r.action for r in rows if r.action in found.afterwards))
    waits = [r.waited.total_seconds() for r in rows if r.action in ("approved", "read", "changes", "rejected")]
    row = found.months[month]
    assert (row["read"], row["median"].total_seconds()) == (len(waits), median(waits))
    assert row["p90"].total_seconds() == pytest.approx(quantiles(waits, n=10, method="inclusive")[8])
    assert {m: row["read"] for m, row in found.months.items()} == {month.plus(-2): 6, month: 98}


def test_the_page_shows_the_figures_without_small_counts(client, full):
    html = client.get(PAGE).content.decode()
    for words in ("Posts reviewed", "Published as written", "<svg", "<title", "<desc", "How this is counted", "98"):
        assert words in html
    # the two “source” decisions are merged with the eleven “private” ones, so that neither can be derived
    assert "<td>13</td>" in html
    assert "<td>2</td>" not in html
    assert "<td>11</td>" not in html
    assert "fewer than 5 reports closed in this month" in html


def test_if_all_outcomes_are_rare_the_page_shows_no_shares(client, log):
    log("approved", 3)
    log("changes", 3)
    html = client.get(PAGE).content.decode()
    assert "6 posts reviewed in this month. No single outcome is frequent enough to be shown by itself." in html
    assert "100 %" not in html


def test_reports_and_appeals_count_when_made_and_when_decided(log, maya, noah):
    month, rows = last_month(), log("rejected", 3)
    inside = month.start + timedelta(days=2)
    for state, row in zip(("upheld", "overturned", "open"), rows, strict=True):
        answered = {} if state == "open" else {"answered_by": noah, "answered_at": inside}
        Appeal.objects.create(decision=row, text="Why?", state=state, **answered)
    Report.objects.create(member=maya, by=noah, reason="dose", state="kept", closed_at=inside)
    Report.objects.create(member=maya, by=noah, reason="dose")
    Report.objects.update(made_at=inside)
    Appeal.objects.update(made_at=inside)
    found = count_month(month)
    assert (found.reported, found.reports) == (2, {"acted": 0, "kept": 1})
    assert (found.appealed, found.appeals) == (3, {"upheld": 1, "overturned": 1})
    assert count_month(month.plus(-1)).appealed == 0


def test_decisions_on_stories_count_in_their_month(client, tell, maya, noah, dr_okafor):
    month = last_month()
    tell(maya)
    remove_experience(tell(noah), by=dr_okafor, reason="dose", note="")
    with pgtrigger.ignore("forum.ExperienceDecision:experience_decisions_are_append_only"):
        ExperienceDecision.objects.update(decided_at=month.start + timedelta(days=2))
    assert count_month(month).stories == {"approved": 2, "changes": 0, "rejected": 0, "removed": 1}
    assert count_month(month.plus(-1)).stories == dict.fromkeys(STORIES, 0)
    assert "There were fewer than 5 decisions in this month." in client.get(PAGE).content.decode()


@pytest.mark.parametrize("times", [1, 3])
def test_the_page_takes_four_queries_and_then_one(client, log, times, django_assert_num_queries):
    for n in range(times):
        log("approved", 6, month=last_month().plus(-n))
        log("rejected", 6)
    with django_assert_num_queries(4):  # months, decisions, everything else; the help lines of every page
        client.get(PAGE)
    with django_assert_num_queries(1):
        client.get(PAGE)


def test_earlier_months_are_linked_and_the_current_one_is_not_found(client, full):
    month = last_month()
    earlier = reverse("forum:transparency-month", args=[month.plus(-1).year, month.plus(-1).number])
    assert f'href="{earlier}"' in client.get(PAGE).content.decode()
    assert client.get(earlier).status_code == 200
    running = month.plus(1)
    for year, number in ((running.year, running.number), (FIRST_YEAR, 1), (2024, 13), (10**9, 1)):
        assert client.get(reverse("forum:transparency-month", args=[year, number])).status_code == 404
    assert month_from(2024, 0) is None


def test_the_page_works_without_any_posts(client, db):
    html = client.get(PAGE).content.decode()
    assert html.count("fewer than 5") > 3
    assert "set-cookie" not in {name.lower() for name in client.get(PAGE).headers}


def test_the_page_is_linked_in_the_sitemap_the_index_and_the_footer(client, db):
    assert PAGE in client.get(reverse("sitemap-part", args=["pages"])).content.decode()
    assert client.get(reverse("forum:index")).content.decode().count(f'href="{PAGE}"') == 2


def test_months_and_durations_are_formatted():
    assert Month(2026, 1).plus(-1) == Month(2025, 12)
    assert Month(2025, 12).end == datetime(2026, 1, 1, tzinfo=UTC)
    spans = {7: "7 min", 60: "1 h", 135: "2 h 15 min", 4400: "3 days"}
    assert {m: format_duration(timedelta(minutes=m)) for m in spans} == spans
