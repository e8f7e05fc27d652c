"""What the editors' desk shows: each panel a number, its first rows, and where the rest is. It reads; it changes nothing."""

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
from guide.analytics.link_checker import guide_links
from guide.lint.open_claims import claims_to_verify
from guide.models import (
    Article,
    DailyCount,
    Feedback,
    LinkCheck,
    Proposal,
    ProposalDecision,
    Source,
)
from guide.models.articles import months_after
from guide.permissions import can_review_guide, can_write_guide

FIRST = 5  # rows of a panel on the first page
MOST = 200  # rows of a panel on its own page
COUNTED = timedelta(days=30)
State, Action = Proposal.State, ProposalDecision.Action


class Row(NamedTuple):
    words: str
    url: str
    note: str = ""


class Found(NamedTuple):
    total: int
    rows: list[Row]


Search = Callable[[User, int], Found]


@dataclass(frozen=True)
class Panel:
    """`asks` is said of it in a digest, where somebody has to act; `nothing` where it is empty."""

    key: str
    title: str
    nothing: str
    search: Search
    may: Callable[[User], bool] = lambda user: True
    asks: str = ""
    late: bool = False


class Shown(NamedTuple):
    panel: Panel
    total: int
    rows: list[Row]

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def desk_of(user: User, limit: int = FIRST) -> list[Shown]:
    """The panels that concern this person, in their order."""
    return [Shown(panel, *panel.search(user, limit)) for panel in PANELS if panel.may(user)]


def panel_of(user: User, key: str) -> Shown | None:
    """One whole panel, or None where there is none of that name for this person."""
    panel = next((panel for panel in PANELS if panel.key == key and panel.may(user)), None)
    return Shown(panel, *panel.search(user, MOST)) if panel else None


def asked_of(user: User) -> list[str]:
    """What waits for this very person, as a digest says it; empty where nothing does."""
    asking = [panel for panel in [*PANELS, MINE_TO_ANSWER] if panel.asks and panel.may(user)]
    found = [(panel, panel.search(user, 0).total) for panel in asking]
    return [f"{count} {panel.asks}" for panel, count in found if count]


def _to_review(user: User, limit: int) -> Found:
    """Neither what they wrote nor what they submitted: that waits for another pair of eyes."""
    return _proposals(Proposal.objects.for_review_by(user), limit)


def _mine(state: str) -> Search:
    return lambda user, limit: _proposals(Proposal.objects.filter(author=user, state=state), limit)


def _proposals(found: models.QuerySet[Proposal], limit: int) -> Found:
    """Proposals, the oldest first."""
    rows = [
        Row(p.label, reverse("admin:guide_proposal_review", args=[p.pk]), f"{p.kind}, {_ago(p.created_at.date())}")
        for p in found.order_by("created_at")[:limit]
    ]
    return Found(found.count(), rows)


def overdue(today: date) -> list[tuple[date, Article]]:
    """Published articles whose review was due before today, the longest overdue first.

    Counted from the last signature on what is live or, where no clinician signed it, from its publication.
    """
    on_live = ProposalDecision.objects.filter(proposal__revision=OuterRef("live_revision")).order_by("-decided_at")
    signed, out = on_live.filter(action=Action.SIGNED), on_live.exclude(action=Action.SIGNED)
    last = Coalesce(
        Subquery(signed.values("decided_at")[:1]),
        Subquery(out.values("decided_at")[:1]),
        F("live_revision__created_at"),
    )
    articles = Article.objects.published().annotate(looked_at=last)
    due = [(months_after(a.looked_at.date(), a.review_months), a) for a in articles]
    return sorted(((day, a) for day, a in due if day < today), key=lambda pair: (pair[0], pair[1].pk))


def _overdue(user: User, limit: int) -> Found:
    late = overdue(timezone.now().date())
    rows = [Row(_title(a), _change(a), f"due {day:%-d %B %Y}") for day, a in late[:limit]]
    return Found(len(late), rows)


def _urgent(user: User, limit: int) -> Found:
    return _proposals(Proposal.objects.urgent_unreviewed(), limit)


def _sources(user: User, limit: int) -> Found:
    unseen = Source.objects.filter(verify=True)
    rows = [Row(str(s), _change(s), s.seen) for s in unseen.order_by("checked", "pk")[:limit]]
    return Found(unseen.count(), rows)


def _claims(user: User, limit: int) -> Found:
    """Numbers that age, the one looked at longest ago first."""
    marked = sorted((c for c in claims_to_verify() if c.why.startswith("CHECK")), key=lambda claim: claim.why)
    rows = [Row(c.words, c.edit_url, f"{c.where}, last looked at on {c.why.split()[1]}") for c in marked[:limit]]
    return Found(len(marked), rows)


def _dead_links(user: User, limit: int) -> Found:
    dead = list(LinkCheck.objects.dead().order_by("-failures", "url")[:limit])
    used = {link.url: link for link in guide_links()} if dead else {}
    rows = []
    for check in dead:
        place = used.get(check.url)
        note = f"{place.where}: {check.trouble}" if place else check.trouble
        rows.append(Row(check.url, place.edit_url if place else reverse("admin:guide_desk"), note))
    return Found(LinkCheck.objects.dead().count() if dead else 0, rows)


def _feedback(user: User, limit: int) -> Found:
    """One's own first, then what has words, then what did not help."""
    waiting = Feedback.objects.filter(closed=False).select_related("article__live_revision")
    mine, worded = (
        models.Case(models.When(assigned_to=user, then=0), default=1),
        models.Case(models.When(comment="", then=1), default=0),
    )
    rows = [
        Row(f.comment[:120] or ("It helped." if f.helpful else "It did not help."), _change(f), f.article.slug)
        for f in waiting.order_by(mine, worded, "helpful", "-created_at")[:limit]
    ]
    return Found(waiting.count(), rows)


def _my_feedback(user: User, limit: int) -> Found:
    return Found(Feedback.objects.filter(closed=False, assigned_to=user).count(), [])


def _counted(kind: str, url: Callable[[str], str]) -> Search:
    def search(user: User, limit: int) -> Found:
        since = timezone.now().date() - COUNTED
        counts = DailyCount.objects.filter(kind=kind, day__gt=since).values("what").annotate(sum=Sum("times"))
        found = [Row(c["what"], url(c["what"]), str(c["sum"])) for c in counts.order_by("-sum", "what")[:limit]]
        return Found(counts.count(), found)

    return search


def _ago(day: date) -> str:
    days = (timezone.now().date() - day).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


def _title(article: Article) -> str:
    return article.live_revision.title if article.live_revision else article.slug


def _change(row: models.Model) -> str:
    return reverse(f"admin:guide_{row._meta.model_name}_change", args=[row.pk])


PANELS = [
    Panel(
        "review",
        "Waiting for my review",
        "Nothing waits for you.",
        _to_review,
        can_review_guide,
        "waiting for your review",
        late=True,
    ),
    Panel(
        "sent-back",
        "Sent back to me",
        "Nothing was sent back.",
        _mine(State.SENT_BACK),
        can_write_guide,
        "sent back to you",
    ),
    Panel("drafts", "My drafts", "No draft of yours lies about.", _mine(State.DRAFT), can_write_guide),
    Panel(
        "urgent",
        "Urgent corrections not yet reviewed",
        "Everything urgent was reviewed.",
        _urgent,
        asks="urgent and not yet reviewed",
        late=True,
    ),
    Panel(
        "overdue",
        "Overdue reviews",
        "No page is overdue.",
        _overdue,
        asks="overdue for a clinician’s review",
        late=True,
    ),
    Panel("feedback", "Readers’ feedback", "No feedback is open.", _feedback, can_write_guide),
    Panel("sources", "Sources a clinician must still verify", "Every source is verified.", _sources),
    Panel("check", "Numbers to look at again", "No number is marked CHECK.", _claims),
    Panel(
        "dead-links",
        "Dead links",
        "No dead link is known. Links are asked only where outbound requests are switched on.",
        _dead_links,
        can_write_guide,
    ),
    Panel(
        "missed",
        "Searches that found nothing",
        "Every search found something.",
        _counted("missed", lambda what: f"{reverse('search')}?{urlencode({'q': what})}"),
        can_write_guide,
    ),
    Panel(
        "read",
        "Most read",
        "Nothing was counted yet.",
        _counted("read", lambda what: reverse("guide:article", args=[what])),
    ),
]
MINE_TO_ANSWER = Panel("my-feedback", "", "", _my_feedback, can_write_guide, "of readers’ feedback given to you")
