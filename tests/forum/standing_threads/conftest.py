from datetime import time

import pytest

from forum.models import ThreadSchedule


@pytest.fixture
def schedule(category, dr_okafor):
    """Dr. Okafor's Monday plan, at eight in New York, made on 1 November 2026."""
    schedule = ThreadSchedule.objects.create(
        title="Monday plan",
        body="What is your plan for this week?",
        category=category,
        host=dr_okafor,
        weekday=ThreadSchedule.Weekday.MONDAY,
        starts=time(8),
        time_zone="America/New_York",
    )
    ThreadSchedule.objects.update(made_at="2026-11-01T00:00Z")
    schedule.refresh_from_db()
    return schedule


@pytest.fixture
def written_hour(schedule):
    """Dr. Okafor's written hour: the first Tuesday of each month; questions are collected for five days."""
    fields = {"title": "Ask a clinician", "week": 1, "weekday": 1, "answering_minutes": 60, "lead_hours": 120}
    ThreadSchedule.objects.update(**fields)
    schedule.refresh_from_db()
    return schedule
