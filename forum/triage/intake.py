"""Intake: read every text that is sent for danger, open or raise its review item, and notify those on duty if it is RED.

Each function runs in the transaction that writes the text.
"""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from forum.models import (
    Appeal,
    DecisionQuestion,
    Duty,
    Experience,
    Lane,
    OutsideText,
    PostRevision,
    Report,
    ReviewItem,
    TriageMatch,
)
from forum.models.reports import WORRIES
from forum.notifications.kinds import tell_red
from forum.publishing.queue_items import (
    Urgency,
    open_appeal_item,
    open_danger_item,
    open_experience_item,
    open_question_item,
    open_report_item,
    open_revision_item,
    raise_urgency,
    urgency_by_triage,
    urgency_of,
)
from forum.triage.detection import Finding, detect, record_matches, record_message_matches


def take_in_revision(revision: PostRevision) -> ReviewItem:
    found = record_matches(revision)
    return _notify(open_revision_item(revision, urgency_of(found)), found)


def take_in_question(question: DecisionQuestion) -> ReviewItem:
    found = record_message_matches(question)
    return _notify(open_question_item(question), found)


def take_in_experience(experience: Experience) -> ReviewItem:
    found = record_message_matches(experience)
    return _notify(open_experience_item(experience), found)


def take_in_appeal(appeal: Appeal) -> ReviewItem:
    """Read an appeal. If it is RED and only the moderator who decided is on duty, they get an item about the person."""
    found = record_message_matches(appeal)
    item = open_appeal_item(appeal)
    if _is_red(found) and not tell_red(item) and Duty.objects.now().of_moderators().exists():
        author = appeal.decision.revision.post.author
        take_in_outside_text(appeal.text, source=OutsideText.Source.APPEAL, by=author)
    return item


def take_in_report(report: Report) -> ReviewItem:
    """Read what the reporter wrote about the other person. “I am worried about this person” is RED without a word."""
    found = record_message_matches(report)
    item = open_report_item(report)
    return _notify(item, found, also=report.reason in WORRIES)


@transaction.atomic
def take_in_outside_text(text: str, *, source: str, by: User | None, url: str = "") -> OutsideText | None:
    """Store a text from outside the forum, and open an item for it, if triage finds danger in it.

    Feedback is anonymous, so it has no `by`. The same text sent again while its item is open is stored once.
    """
    if not _finds_danger(detect({"text": text})):
        return None
    if by:
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two texts at once share one item
        known = OutsideText.objects.filter(by=by, source=source, text=text, item__state=ReviewItem.State.OPEN)
        if sent := known.first():
            return sent
    item = open_danger_item(by, urgency=Urgency(Lane.AMBER))
    stored = OutsideText.objects.create(item=item, source=source, text=text, by=by, url=url)
    found = record_message_matches(stored)
    raise_urgency(item, urgency_by_triage(stored))
    _notify(item, found)
    return stored


def _finds_danger(found: Iterable[Finding]) -> bool:
    """Whether a text from outside needs a clinician. What is only AMBER there, such as a dose, is for its usual readers."""
    return any(
        f.lane == Lane.RED or (f.lane == Lane.AMBER and (f.rule is None or f.rule.lane == Lane.RED)) for f in found
    )


def _notify(item: ReviewItem, found: Iterable[TriageMatch], *, also: bool = False) -> ReviewItem:
    if also or _is_red(found):
        tell_red(item)
    return item


def _is_red(found: Iterable[TriageMatch]) -> bool:
    return any(match.lane == Lane.RED for match in found)
