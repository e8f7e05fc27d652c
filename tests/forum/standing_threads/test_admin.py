import pytest
from django.urls import reverse

from accounts.models import User
from forum.models import StandingThread, ThreadSchedule
from forum.standing_threads.lifecycle import open_due_threads
from tests.forum.standing_threads.test_lifecycle import HOUR, starting_in

ADD = "admin:forum_threadschedule_add"
FORM = {
    "title": "Friday small win",
    "body": "What went well this week, however small?",
    "weekday": "4",
    "starts": "09:00",
    "time_zone": "Europe/Berlin",
    "answering_minutes": "0",
    "lead_hours": "24",
    "open_days": "14",
    "active": "on",
}


@pytest.fixture
def desk(client, db):
    client.force_login(User.objects.create_superuser("admin@example.org", "pw", display_name="Ada"))
    return client


def test_an_administrator_makes_a_schedule(desk, category, dr_okafor):
    desk.post(reverse(ADD), {**FORM, "category": category.pk, "host": dr_okafor.pk})
    made = ThreadSchedule.objects.get()
    assert (made.host, made.week, made.weekday, str(made.starts)) == (dr_okafor, None, 4, "09:00:00")
    assert "Friday small win" in desk.get(reverse("admin:forum_threadschedule_changelist")).content.decode()


def test_only_moderators_in_force_can_be_hosts(desk, category, maya, dr_okafor):
    desk.post(reverse(ADD), {**FORM, "category": category.pk, "host": maya.pk})
    dr_okafor.credentials.update(state="revoked")
    page = desk.post(reverse(ADD), {**FORM, "category": category.pk, "host": dr_okafor.pk}).content.decode()
    assert "Dr. Okafor can’t moderate right now: a license in force and an active account are needed." in page
    assert FORM["body"] in page
    assert not ThreadSchedule.objects.exists()


def test_a_text_with_too_many_links_and_bad_numbers_are_refused_at_their_fields(desk, category, dr_okafor):
    body = " ".join(f"https://example.org/{n}" for n in range(20))
    bad = {"body": body, "lead_hours": "0", "open_days": "61", "answering_minutes": "241", "week": "5"}
    page = desk.post(reverse(ADD), {**FORM, **bad, "category": category.pk, "host": dr_okafor.pk})
    errors = page.context["adminform"].form.errors
    assert set(errors) == set(bad)


def test_a_schedule_that_opened_a_thread_cannot_be_deleted(desk, schedule):
    starting_in(schedule, 20 * HOUR)
    open_due_threads()
    desk.post(reverse("admin:forum_threadschedule_delete", args=[schedule.pk]), {"post": "yes"})
    assert ThreadSchedule.objects.exists()
    listed = desk.get(reverse("admin:forum_standingthread_changelist")).content.decode()
    assert (StandingThread.objects.count(), "Monday plan" in listed) == (1, True)


def test_others_have_no_access(client, dr_okafor, elif_):
    for person in (dr_okafor, elif_):
        client.force_login(person)
        assert client.get(reverse(ADD)).status_code == 403
