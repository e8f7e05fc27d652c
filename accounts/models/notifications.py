"""Inbox and outbox in one table, and the letters that are on their way."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Delivery(models.TextChoices):
    """How somebody wants to hear of one kind of event. It is always in their inbox, unless they chose `NEVER`."""

    AT_ONCE = "at-once", "by e-mail at once"
    DAILY = "daily", "by e-mail once a day"
    WEEKLY = "weekly", "by e-mail once a week"
    SITE = "site", "on this site only"
    NEVER = "never", "not at all"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: object) -> "NotificationQuerySet":
        return self.filter(recipient=user)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at__isnull=True)

    def to_mail(self) -> "NotificationQuerySet":
        """Due for a letter: not read on the site meanwhile, and not yet in one."""
        return self.filter(mail_due_at__lte=timezone.now(), letter__isnull=True, read_at__isnull=True)


class Notification(models.Model):
    """A kind, a sentence of ours and a link: nothing that a member wrote, so hiding a post leaks nothing.

    Written in the transaction of its event. The worker mails what is due, to those who may still see it.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    sentence = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    subject_id = models.BigIntegerField(null=True, help_text="What it is about; the kind says of which model.")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    letter = models.ForeignKey("OutboxEmail", models.SET_NULL, null=True, related_name="notifications")
    mailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="inbox"),
            models.Index(fields=["recipient"], condition=models.Q(read_at__isnull=True), name="inbox_unread"),
            models.Index(
                fields=["mail_due_at"],
                condition=models.Q(mail_due_at__isnull=False, letter__isnull=True, read_at__isnull=True),
                name="outbox",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence


class Preference(models.Model):
    """One member's choice for one kind of notification; no row means the kind's own default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=40)
    delivery = models.CharField(max_length=8, choices=Delivery)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_preference_for_a_kind"),
            models.CheckConstraint(condition=models.Q(delivery__in=Delivery.values), name="delivery_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.delivery}"


class OutboxEmail(models.Model):
    """A mail on its way. Written in the transaction of its cause, sent by the worker, and deleted once it is sent.

    Its Message-ID is fixed when it is written: if a worker dies between sending and noting it, the second copy is the same.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="letters")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="letters_due")]

    def __str__(self) -> str:
        return f"letter {self.pk}"
