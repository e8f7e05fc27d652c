from datetime import UTC, date, datetime, timedelta

import pytest

from forum.models import ThreadSchedule
from forum.standing_threads.periods import due_occurrence, next_occurrence


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(schedule, text):
    found = due_occurrence(schedule, at(text))
    return found and (found.period.isoformat(), found.starts_at.astimezone(UTC).isoformat()[:16])


MONDAY = ("2026-11-30", "2026-11-30T13:00")  # eight in New York


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-29T12:59", None),  # the day before, and the last one is a week old
        ("2026-11-29T13:00", MONDAY),
        ("2026-11-30T20:00", MONDAY),
        ("2026-12-03T12:59", MONDAY),  # after an outage, three days late
        ("2026-12-03T13:00", None),  # missed
        ("2026-12-06T13:00", ("2026-12-07", "2026-12-07T13:00")),
    ],
)
def test_a_weekly_thread_is_due_from_a_day_before_until_three_days_after(schedule, now, expected):
    assert due(schedule, now) == expected


TUESDAY = ("2026-12-01", "2026-12-01T13:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-26T12:59", None),
        ("2026-11-26T13:00", TUESDAY),
        ("2026-12-01T12:59", TUESDAY),
        ("2026-12-01T13:00", None),  # it has begun, and no one could ask before
        ("2027-01-04T00:00", ("2027-01-01", "2027-01-05T13:00")),
    ],
)
def test_a_written_hour_is_due_five_days_before_and_skipped_once_it_has_begun(written_hour, now, expected):
    assert due(written_hour, now) == expected


def test_a_thread_opened_days_before_is_due_in_the_week_before_its_own(schedule):
    schedule.weekday, schedule.lead_hours = ThreadSchedule.Weekday.FRIDAY, 168
    assert due(schedule, "2026-12-05T00:00") == ("2026-12-07", "2026-12-11T13:00")
    assert due(schedule, "2026-12-04T12:00") == ("2026-11-30", "2026-12-04T13:00")


def test_nothing_is_due_that_started_before_the_schedule_was_made(schedule):
    schedule.made_at = at("2026-11-30T14:00")
    assert due(schedule, "2026-11-30T15:00") is None


def test_the_clock_stays_the_same_when_summer_time_begins(schedule):
    times = [next_occurrence(schedule, at(day)).starts_at for day in ("2027-03-08T14:00", "2027-03-15T14:00")]
    assert [f"{moment:%A %H:%M}" for moment in times] == ["Monday 08:00", "Monday 08:00"]
    assert [moment.astimezone(UTC).hour for moment in times] == [12, 12]
    assert next_occurrence(schedule, at("2027-03-01T14:00")).starts_at.astimezone(UTC).hour == 13


def test_the_next_start_follows_over_the_ends_of_weeks_and_years(schedule, written_hour):
    assert next_occurrence(written_hour, at("2026-12-15T00:00")).period == date(2027, 1, 1)
    weekly = ThreadSchedule(weekday=6, starts=schedule.starts, time_zone="UTC")
    assert next_occurrence(weekly, at("2026-12-31T00:00")).starts_at == at("2027-01-03T08:00")


@pytest.mark.parametrize("week", [1, 2, 3, 4])
def test_the_day_of_a_month_is_the_chosen_one(schedule, week):
    schedule.week = week
    found = next_occurrence(schedule, at("2026-11-30T23:00")).starts_at
    assert (found.month, found.weekday(), (found.day - 1) // 7 + 1) == (12, 0, week)
    assert found - timedelta(days=7 * (week - 1)) == next_occurrence(_first(schedule), at("2026-11-30T23:00")).starts_at


def _first(schedule):
    schedule.week = 1
    return schedule
