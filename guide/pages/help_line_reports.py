"""Readers' reports that a help line is wrong."""

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Delivery, Sanction, User
from accounts.notifications.inbox import Announcement, notify_each
from accounts.notifications.kinds import Kind
from accounts.roles import EDITORS
from guide.models import HelpLine, HelpLineReport

WRONG_NUMBER = Kind(
    "guide-help-line",
    "A reader says that a help line for people in danger is wrong (editors)",
    "a phone number",
    Delivery.AT_ONCE,
    mandatory=True,
    staff=True,
)
KINDS = [WRONG_NUMBER]


@transaction.atomic
def report_help_line(line: HelpLine, *, problem: str, comment: str) -> HelpLineReport:
    """Save a reader's report. Notify the editors of the first open one about a line that people call in danger."""
    HelpLine.objects.select_for_update().get(pk=line.pk)  # of two at once, one is the first
    is_first = not line.reports.open().exists()
    shown = line.phone or line.sms or line.url
    report = line.reports.create(shown=shown, problem=problem, comment=comment)
    if is_first and line.is_for_danger:
        page = reverse("admin:guide_helplinereport_change", args=[report.pk])
        sentence = f"A reader says that a help line is wrong: {line}. Please check it now."
        notify_each([Announcement(WRONG_NUMBER.key, sentence, list(_editors()))], page, report.pk)
    return report


def _editors() -> QuerySet[User, int]:
    """Return the ids of the editors who can work now."""
    appointed = User.objects.filter(groups__name=EDITORS, is_staff=True, is_active=True, state=User.State.ACTIVE)
    able = appointed.exclude(pk__in=Sanction.objects.suspending().values("user"))
    return able.order_by("pk").values_list("pk", flat=True)
