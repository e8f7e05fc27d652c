"""Delivery times of email: the next morning or Monday, and outside quiet hours."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(8)  # in the reader's time zone
MONDAY = 0


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next 8:00 in the reader's time zone."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone)


def next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """Return 8:00 on the next Monday in the reader's time zone."""
    morning = next_morning(now, zone)
    day = morning.date() + timedelta(days=(MONDAY - morning.weekday()) % 7)
    return datetime.combine(day, MORNING, zone)


def out_of_quiet_hours(moment: datetime, zone: ZoneInfo, start: time | None, end: time | None) -> datetime:
    """Return `moment`, or the end of the quiet hours it falls in. They may span midnight; equal ends mean none."""
    if start is None or end is None or start == end:
        return moment
    local = moment.astimezone(zone)
    clock = local.time()
    if start < end:
        quiet, days = start <= clock < end, 0
    else:
        quiet, days = clock >= start or clock < end, int(clock >= start)
    if not quiet:
        return moment
    return datetime.combine(local.date() + timedelta(days=days), end, zone)
