"""Notifications, delivery preferences and outgoing email."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Delivery(models.TextChoices):
    """How a member wants to be notified of one kind of event. All but `NEVER` also appear in the inbox."""

    AT_ONCE = "at-once", "by e-mail right away"
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
        """Due, not read on the site, and not yet in an email."""
        return self.filter(mail_due_at__lte=timezone.now(), email__isnull=True, read_at__isnull=True)


class Notification(models.Model):
    """A kind, a sentence and a link for one member. It contains no text by members, so a hidden post can't leak through it.

    Written in the transaction of its event. The worker mails those that are due and still visible to the recipient.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    sentence = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    subject_id = models.BigIntegerField(null=True, help_text="The pk of its subject; the kind determines the model.")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    email = models.ForeignKey("OutboxEmail", models.SET_NULL, null=True, related_name="notifications")
    mailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="inbox"),
            models.Index(fields=["recipient"], condition=models.Q(read_at__isnull=True), name="inbox_unread"),
            models.Index(
                fields=["mail_due_at"],
                condition=models.Q(mail_due_at__isnull=False, email__isnull=True, read_at__isnull=True),
                name="outbox",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence


class Preference(models.Model):
    """A member's choice of delivery for one kind of notification; without a row, the kind's default applies."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=40)
    delivery = models.CharField(max_length=8, choices=Delivery)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_preference_per_kind"),
            models.CheckConstraint(condition=models.Q(delivery__in=Delivery.values), name="delivery_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.delivery}"


class OutboxEmailQuerySet(models.QuerySet["OutboxEmail"]):
    def failed(self) -> "OutboxEmailQuerySet":
        """Those that the mail server didn't take at the last attempt."""
        return self.exclude(last_error="")


class OutboxEmail(models.Model):
    """An outgoing email, written in the transaction of its cause, sent by the worker and deleted once sent.

    Its Message-ID is fixed when it is written: if a worker dies after sending, the second copy is a recognizable duplicate.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="emails")
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

    objects = OutboxEmailQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="outbox_email_due")]

    def __str__(self) -> str:
        return f"email {self.pk}"
