"""Admin of standing threads: their schedules, and what was opened by them."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.read_only import ReadOnlyAdmin
from accounts.models import User
from accounts.roles import MODERATORS
from forum.models import StandingThread, ThreadSchedule
from forum.standing_threads.forms import ThreadScheduleForm
from forum.standing_threads.periods import next_occurrence


@admin.register(ThreadSchedule)
class ThreadScheduleAdmin(admin.ModelAdmin):
    """A schedule that opened a thread can't be deleted: its threads refer to it. Turn it off instead."""

    form = ThreadScheduleForm
    list_display = ["title", "category", "host", "next_start", "active"]
    list_select_related = ["category", "host"]

    @admin.display(description="next start")
    def next_start(self, schedule: ThreadSchedule) -> datetime | None:
        return next_occurrence(schedule, timezone.now()).starts_at if schedule.active else None

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only appointed moderators as hosts."""
        if db_field.name == "host":
            kwargs["queryset"] = User.objects.present().filter(groups__name=MODERATORS)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(StandingThread)
class StandingThreadAdmin(ReadOnlyAdmin):
    list_display = ["schedule", "thread", "starts_at", "closes_at", "closed_at"]
    list_filter = ["schedule"]
    list_select_related = ["schedule", "thread"]
