"""Standing threads: threads that the site opens by a schedule, every week or every month."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from forum.models.categories import Category
from forum.models.threads import Thread


class ThreadScheduleQuerySet(models.QuerySet["ThreadSchedule"]):
    def active(self) -> "ThreadScheduleQuerySet":
        return self.filter(active=True)


class ThreadSchedule(models.Model):
    """When the site opens a standing thread, where, with which text, and in whose name."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0
        TUESDAY = 1
        WEDNESDAY = 2
        THURSDAY = 3
        FRIDAY = 4
        SATURDAY = 5
        SUNDAY = 6

    class Week(models.IntegerChoices):
        FIRST = 1, "every month, the first"
        SECOND = 2, "every month, the second"
        THIRD = 3, "every month, the third"
        FOURTH = 4, "every month, the fourth"

        __empty__ = "every week"

    title = models.CharField(max_length=80, help_text="The date is added: “Monday plan, 30 November”.")
    body = models.TextField(max_length=4000, help_text="The opening post. Without advice about doses.")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        help_text="A moderator, under whose name the thread is opened. Another moderator approves it.",
    )
    week = models.PositiveSmallIntegerField("how often", choices=Week, null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.MONDAY)
    starts = models.TimeField("starts at", help_text="On the clock of the time zone below, in summer and winter.")
    time_zone = models.CharField(max_length=64, default="UTC")
    answering_minutes = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(240)],
        help_text="A written hour: for how many minutes the host answers what was asked before. 0: an ordinary thread.",
    )
    lead_hours = models.PositiveSmallIntegerField(
        "opened this many hours before",
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(168)],
        help_text="Time for another moderator to approve it and, before a written hour, for members to ask.",
    )
    open_days = models.PositiveSmallIntegerField(
        "closed after this many days",
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Counted from its start. After that, it can be read but not replied to.",
    )
    active = models.BooleanField(default=True, help_text="Off: nothing more is opened.")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = ThreadScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(week=None) | Q(week__range=(1, 4)), name="schedule_week_is_known"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="schedule_weekday_is_known"),
            models.CheckConstraint(condition=Q(lead_hours__range=(1, 168)), name="schedule_opens_before_its_time"),
            models.CheckConstraint(condition=Q(open_days__range=(1, 60)), name="schedule_closes_its_threads"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def local_zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def lead(self) -> timedelta:
        return timedelta(hours=self.lead_hours)

    @property
    def open_time(self) -> timedelta:
        return timedelta(days=self.open_days)


class StandingThread(models.Model):
    """The thread of a schedule for one week or month.

    Without `thread`, its host could not open it, and administrators were told.
    """

    schedule = models.ForeignKey(ThreadSchedule, models.PROTECT, related_name="standing_threads", db_index=False)
    period = models.DateField(help_text="The first day of its week or month.")
    starts_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    answering_minutes = models.PositiveSmallIntegerField(default=0)
    thread = models.OneToOneField(Thread, models.PROTECT, null=True, related_name="standing")
    closed_at = models.DateTimeField(null=True, help_text="When the site closed it. A moderator can open it again.")

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "period"], name="one_standing_thread_per_period"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("starts_at")), name="standing_thread_closes_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule}, {self.starts_at:%d %b %Y}"

    @property
    def ends_at(self) -> datetime:
        """When the host stops answering in a written hour."""
        return self.starts_at + timedelta(minutes=self.answering_minutes)
