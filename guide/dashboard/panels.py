"""The panels of the editors' dashboard: each with a number, its first rows, and a link to the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.db import models
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.html_text import shorten
from guide.admin_urls import edit_url
from guide.analytics.link_checker import guide_links
from guide.lint.open_claims import find_open_claims
from guide.models import (
    Article,
    DailyCount,
    Feedback,
    HelpLineReport,
    LinkCheck,
    Proposal,
    ProposalDecision,
    Source,
)
from guide.models.articles import months_after
from guide.permissions import can_review_guide, can_write_guide

ROWS_ON_DASHBOARD = 5  # of each panel
ROWS_ON_PAGE = 200  # of a panel on its own page
COUNTED_PERIOD = timedelta(days=30)
State, Action = Proposal.State, ProposalDecision.Action


class Row(NamedTuple):
    text: str
    url: str
    note: str = ""


class Rows(NamedTuple):
    """The total number of rows of a panel, the first of them, and whether one of them is urgent."""

    total: int
    rows: list[Row]
    urgent: bool = False


Query = Callable[[User, int], Rows]


@dataclass(frozen=True)
class Panel:
    """A panel: its query, and its texts. `digest_text` follows the number in the digest; empty: not in the digest.

    With `urgent`, every row is.
    """

    key: str
    title: str
    empty_text: str
    query: Query
    is_allowed: Callable[[User], bool] = lambda user: True
    digest_text: str = ""
    urgent: bool = False


class PanelRows(NamedTuple):
    """A panel with its rows for one user."""

    panel: Panel
    total: int
    rows: list[Row]
    urgent: bool

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def panels_for(user: User, limit: int = ROWS_ON_DASHBOARD) -> list[PanelRows]:
    """Return the panels that this user may see, in order."""
    return [PanelRows(panel, *panel.query(user, limit)) for panel in PANELS if panel.is_allowed(user)]


def panel_for(user: User, key: str) -> PanelRows | None:
    """Return one panel in full, or None if this user has no panel with that key."""
    panel = next((panel for panel in PANELS if panel.key == key and panel.is_allowed(user)), None)
    return PanelRows(panel, *panel.query(user, ROWS_ON_PAGE)) if panel else None


def digest_lines(user: User) -> list[str]:
    """Return the lines of this user's digest, one for each panel with something to do."""
    panels = [panel for panel in [*PANELS, MY_FEEDBACK] if panel.digest_text and panel.is_allowed(user)]
    counts = [(panel, panel.query(user, 0).total) for panel in panels]
    return [f"{count} {panel.digest_text}" for panel, count in counts if count]


def _to_review(user: User, limit: int) -> Rows:
    return _proposals(Proposal.objects.for_review_by(user), limit)


def _mine(state: str) -> Query:
    return lambda user, limit: _proposals(Proposal.objects.filter(author=user, state=state), limit)


def _proposals(found: models.QuerySet[Proposal], limit: int) -> Rows:
    """Return proposals, oldest first."""
    rows = [
        Row(p.label, reverse("admin:guide_proposal_review", args=[p.pk]), f"{p.kind}, {_ago(p.created_at.date())}")
        for p in found.order_by("created_at")[:limit]
    ]
    return Rows(found.count(), rows)


def overdue(today: date) -> list[tuple[date, Article]]:
    """Return published articles whose review was due before today, the longest overdue first.

    The period starts at the last signature on the live text or, if no clinician signed it, at its publication.
    """
    on_live = ProposalDecision.objects.filter(proposal__revision=OuterRef("live_revision")).order_by("-decided_at")
    signed, others = on_live.signatures(), on_live.exclude(action=Action.SIGNED)
    last = Coalesce(
        Subquery(signed.values("decided_at")[:1]),
        Subquery(others.values("decided_at")[:1]),
        F("live_revision__created_at"),
    )
    articles = Article.objects.published().annotate(last_reviewed_at=last)
    due = [(months_after(a.last_reviewed_at.date(), a.live.review_months), a) for a in articles]
    return sorted(((day, a) for day, a in due if day < today), key=lambda pair: (pair[0], pair[1].pk))


def _overdue(user: User, limit: int) -> Rows:
    late = overdue(timezone.now().date())
    rows = [Row(_title(a), edit_url(a), f"due {day:%-d %B %Y}") for day, a in late[:limit]]
    return Rows(len(late), rows)


def _live_unreviewed(user: User, limit: int) -> Rows:
    return _proposals(Proposal.objects.live_unreviewed(), limit)


def _sources(user: User, limit: int) -> Rows:
    unverified = Source.objects.filter(verify=True)
    rows = [Row(str(s), edit_url(s), s.seen) for s in unverified.order_by("checked", "pk")[:limit]]
    return Rows(unverified.count(), rows)


def _claims(user: User, limit: int) -> Rows:
    """Return claims with numbers to check again, the one checked longest ago first."""
    marked = sorted((c for c in find_open_claims() if c.why.startswith("CHECK")), key=lambda claim: claim.why)
    rows = [Row(c.text, c.edit_url, f"{c.where}, last checked on {c.why.split()[1]}") for c in marked[:limit]]
    return Rows(len(marked), rows)


def _dead_links(user: User, limit: int) -> Rows:
    dead = list(LinkCheck.objects.dead().order_by("-failures", "url")[:limit])
    links = {link.url: link for link in guide_links()} if dead else {}
    rows = []
    for check in dead:
        link = links.get(check.url)
        note = f"{link.where}: {check.error}" if link else check.error
        rows.append(Row(check.url, link.edit_url if link else reverse("admin:guide_dashboard"), note))
    return Rows(LinkCheck.objects.dead().count() if dead else 0, rows)


def _feedback(user: User, limit: int) -> Rows:
    """Return the user's own feedback first, then feedback with comments, then “not helpful”."""
    open_feedback = Feedback.objects.filter(closed=False).select_related("article__live_revision")
    mine, commented = (
        models.Case(models.When(assigned_to=user, then=0), default=1),
        models.Case(models.When(comment="", then=1), default=0),
    )
    rows = [
        Row(shorten(f.comment, 120) or ("It helped." if f.helpful else "It did not help."), edit_url(f), f.article.slug)
        for f in open_feedback.order_by(mine, commented, "helpful", "-created_at")[:limit]
    ]
    return Rows(open_feedback.count(), rows)


def _help_lines(user: User, limit: int) -> Rows:
    """Return reports of wrong help lines, those that people call in danger first."""
    reports = HelpLineReport.objects.open().select_related("line").order_by("-created_at")
    found = sorted(reports, key=lambda report: not report.line.is_for_danger)
    rows = [
        Row(
            f"{r.line}, {r.shown}: {r.get_problem_display()}",
            reverse("admin:guide_helplinereport_change", args=[r.pk]),
            f"{r.line.get_need_display()}, {_ago(r.created_at.date())}",
        )
        for r in found[:limit]
    ]
    return Rows(len(found), rows, urgent=any(r.line.is_for_danger for r in found))


def _my_feedback(user: User, limit: int) -> Rows:
    return Rows(Feedback.objects.filter(closed=False, assigned_to=user).count(), [])


def _counted(kind: str, url: Callable[[str], str]) -> Query:
    def query(user: User, limit: int) -> Rows:
        since = timezone.now().date() - COUNTED_PERIOD
        counts = DailyCount.objects.filter(kind=kind, day__gt=since).values("key").annotate(sum=Sum("count"))
        rows = [Row(c["key"], url(c["key"]), str(c["sum"])) for c in counts.order_by("-sum", "key")[:limit]]
        return Rows(counts.count(), rows)

    return query


def _ago(day: date) -> str:
    days = (timezone.now().date() - day).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


def _title(article: Article) -> str:
    return article.live_revision.title if article.live_revision else article.slug


PANELS = [
    Panel(
        "review",
        "Waiting for my review",
        "Nothing is waiting for you.",
        _to_review,
        can_review_guide,
        "waiting for your review",
        urgent=True,
    ),
    Panel(
        "sent-back",
        "Sent back to me",
        "Nothing was sent back to you.",
        _mine(State.SENT_BACK),
        can_write_guide,
        "sent back to you",
    ),
    Panel("drafts", "My drafts", "You have no drafts.", _mine(State.DRAFT), can_write_guide),
    Panel(
        "unreviewed",
        "Live, not yet reviewed",
        "Everything readers see has been reviewed, except pages that came with the site.",
        _live_unreviewed,
        digest_text="live and not yet reviewed",
        urgent=True,
    ),
    Panel(
        "overdue",
        "Overdue reviews",
        "No page is overdue.",
        _overdue,
        digest_text="overdue for a clinician’s review",
        urgent=True,
    ),
    Panel(
        "help-lines",
        "Help lines that readers say are wrong",
        "No reader has reported a help line.",
        _help_lines,
        can_write_guide,
        "about help lines that readers say are wrong",
    ),
    Panel("feedback", "Readers’ feedback", "There is no open feedback.", _feedback, can_write_guide),
    Panel("sources", "Sources a clinician must still verify", "Every source is verified.", _sources),
    Panel("check", "Numbers to look at again", "No number is marked CHECK.", _claims),
    Panel(
        "dead-links",
        "Dead links",
        "No known dead links. Links are checked only if the site allows outbound requests.",
        _dead_links,
        can_write_guide,
    ),
    Panel(
        "missed",
        "Searches that found nothing",
        "No search came up empty on five different days.",
        _counted("missed", lambda query: f"{reverse('search')}?{urlencode({'q': query})}"),
        can_write_guide,
    ),
    Panel(
        "read",
        "Most read",
        "Nothing counted yet.",
        _counted("read", lambda slug: reverse("guide:article", args=[slug])),
    ),
]
MY_FEEDBACK = Panel("my-feedback", "", "", _my_feedback, can_write_guide, "of readers’ feedback assigned to you")
