"""Tell administrators about a standing thread that could not be opened."""

from django.urls import reverse

from accounts.models import User
from accounts.notifications.inbox import Announcement, notify_each
from forum.models import ThreadSchedule
from forum.notifications.kinds import STAFF


def tell_without_host(schedule: ThreadSchedule) -> None:
    """Ask the administrators to choose another host."""
    people = User.objects.filter(is_superuser=True, is_active=True, state=User.State.ACTIVE).values_list(
        "pk", flat=True
    )
    words = (
        "A standing thread couldn’t be opened because its host can’t moderate right now. Please choose another host."
    )
    url = reverse("admin:forum_threadschedule_change", args=[schedule.pk])
    notify_each([Announcement(STAFF.key, words, list(people))], url, schedule.pk)
