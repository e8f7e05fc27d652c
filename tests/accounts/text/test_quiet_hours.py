from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from accounts.text.quiet_hours import next_monday, next_morning, out_of_quiet_hours

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "due"),
    [
        ("2026-11-23T06:59:59", BERLIN, "2026-11-23T07:00:00"),
        ("2026-11-23T07:00:00", BERLIN, "2026-11-24T07:00:00"),
        ("2026-03-28T12:00:00", BERLIN, "2026-03-29T06:00:00"),  # the clocks went forward in that night
        ("2026-10-24T12:00:00", BERLIN, "2026-10-25T07:00:00"),  # and back in this one
        ("2026-03-07T20:00:00", NEW_YORK, "2026-03-08T12:00:00"),
    ],
)
def test_the_daily_mail_comes_at_eight_on_the_readers_clock(now, zone, due):
    assert next_morning(utc(now), zone) == utc(due)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23T06:00:00", "2026-11-23T07:00:00"),  # a Monday before eight
        ("2026-11-23T08:00:00", "2026-11-30T07:00:00"),
        ("2026-11-29T23:30:00", "2026-11-30T07:00:00"),  # already Monday in Berlin
    ],
)
def test_the_weekly_mail_comes_on_monday_at_eight(now, due):
    assert next_monday(utc(now), BERLIN) == utc(due)


@pytest.mark.parametrize(
    ("moment", "start", "end", "moved"),
    [
        ("2026-11-23T20:59:00", 22, 7, "2026-11-23T20:59:00"),
        ("2026-11-23T21:00:00", 22, 7, "2026-11-24T06:00:00"),  # 22:00 in Berlin
        ("2026-11-24T05:59:00", 22, 7, "2026-11-24T06:00:00"),
        ("2026-11-24T06:00:00", 22, 7, "2026-11-24T06:00:00"),
        ("2026-11-24T12:30:00", 13, 15, "2026-11-24T14:00:00"),
        ("2026-11-24T12:30:00", 9, 9, "2026-11-24T12:30:00"),
        ("2026-03-28T22:30:00", 23, 4, "2026-03-29T02:00:00"),  # a night of 23 hours
    ],
)
def test_quiet_hours_may_pass_midnight(moment, start, end, moved):
    assert out_of_quiet_hours(utc(moment), BERLIN, time(start), time(end)) == utc(moved)


def test_without_quiet_hours_nothing_moves():
    now = utc("2026-11-23T02:00:00")
    assert out_of_quiet_hours(now, BERLIN, None, None) == now
