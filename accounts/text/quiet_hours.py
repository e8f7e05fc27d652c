"""When a mail is due: at once, with the morning's or the week's letter, and never in somebody's quiet hours. A leaf."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(8)  # of the reader's own day
MONDAY = 0


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """The next 8 o'clock on the reader's clock."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone)


def next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """The next Monday's 8 o'clock on the reader's clock."""
    morning = next_morning(now, zone)
    day = morning.date() + timedelta(days=(MONDAY - morning.weekday()) % 7)
    return datetime.combine(day, MORNING, zone)


def out_of_quiet_hours(moment: datetime, zone: ZoneInfo, start: time | None, end: time | None) -> datetime:
    """The moment itself, or the end of the quiet hours in which it falls. They may pass midnight; equal ends mean none."""
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
