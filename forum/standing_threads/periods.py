"""When the next standing thread of a schedule starts: the arithmetic of weeks, months and time zones."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from forum.models import ThreadSchedule

DAY = timedelta(days=1)
# An ordinary thread that was missed is still opened until this long after its start; the next one is then near.
OPENED_LATE = timedelta(days=3)


@dataclass(frozen=True)
class Occurrence:
    """One time of a schedule. `period` is the first day of its week or month."""

    period: date
    starts_at: datetime


def due_occurrence(schedule: ThreadSchedule, now: datetime) -> Occurrence | None:
    """Return the latest occurrence that should be open by now, or None if there is none or it was missed.

    A written hour that was missed is skipped once it has begun: no one could ask beforehand. What started before the schedule
    was made is not opened.
    """
    found = _latest_until(schedule, now + schedule.lead)
    until = found.starts_at + (timedelta(0) if schedule.answering_minutes else OPENED_LATE)
    return found if now < until and found.starts_at > schedule.made_at else None


def next_occurrence(schedule: ThreadSchedule, now: datetime) -> Occurrence:
    """Return the first occurrence that starts after `now`."""
    period = _period_of(schedule, now)
    first = _occurrence(schedule, period)
    return first if first.starts_at > now else _occurrence(schedule, _following(schedule, period))


def _latest_until(schedule: ThreadSchedule, moment: datetime) -> Occurrence:
    period = _period_of(schedule, moment)
    latest = _occurrence(schedule, period)
    return latest if latest.starts_at <= moment else _occurrence(schedule, _period_before(schedule, period))


def _occurrence(schedule: ThreadSchedule, period: date) -> Occurrence:
    day = period + (schedule.weekday - period.weekday()) % 7 * DAY + 7 * DAY * ((schedule.week or 1) - 1)
    return Occurrence(period, datetime.combine(day, schedule.starts, schedule.local_zone))


def _period_of(schedule: ThreadSchedule, moment: datetime) -> date:
    """Return the Monday of the week, or the first day of the month."""
    day = moment.astimezone(schedule.local_zone).date()
    return day.replace(day=1) if schedule.week else day - day.weekday() * DAY


def _period_before(schedule: ThreadSchedule, period: date) -> date:
    return (period - DAY).replace(day=1) if schedule.week else period - 7 * DAY


def _following(schedule: ThreadSchedule, period: date) -> date:
    return (period + 31 * DAY).replace(day=1) if schedule.week else period + 7 * DAY
