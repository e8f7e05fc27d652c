"""Support for readers: help lines, groups, videos, stories."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

from guide.models import triggers
from guide.models.reference import CITED, SafetyMessage

validate_phone_number = RegexValidator(
    r"^(\+?\d[\d -]{0,18}\d|\d{3})( \([^()]{1,24}\))?$",
    "Use digits with spaces or hyphens; put words in parentheses after them.",
)


class HelpLine(models.Model):
    """A phone number or page for someone who needs help now."""

    class Need(models.TextChoices):
        EMERGENCY = "emergency", "emergency"
        CRISIS = "crisis", "suicide or a mental crisis"
        TEXT = "text", "crisis help by text"
        POISON = "poison", "poisoning"
        VIOLENCE = "violence", "violence at home"
        CHILD = "child", "children and young people"
        ALONE = "using-alone", "using alone"
        OVERDOSE = "overdose", "overdose and naloxone"
        TREATMENT = "treatment", "finding treatment"

    country = models.CharField(max_length=2)
    need = models.CharField(max_length=12, choices=Need)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True, validators=[validate_phone_number])
    sms = models.CharField(
        "how to text",
        max_length=80,
        blank=True,
        help_text="“Text WORD to 12345”, or “Text 12345” where any word will do.",
    )
    url = models.URLField("address", blank=True)
    note = models.TextField(blank=True, help_text=CITED)
    sources = ArrayField(models.CharField(max_length=8))
    seen_at_owner = models.BooleanField(
        "seen on its owner’s page",
        default=False,
        help_text="Tick this only if you saw the number on its owner’s own page. Otherwise it isn’t called checked.",
    )
    checked = models.DateField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    need__in=[
                        *("emergency", "crisis", "text", "poison", "violence"),
                        *("child", "using-alone", "overdose", "treatment"),
                    ]
                ),
                name="help_line_need_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.country}: {self.name}"

    @property
    def is_for_danger(self) -> bool:
        """Return whether people call it when a life may be in danger."""
        return self.need in (self.Need.EMERGENCY, self.Need.CRISIS, self.Need.TEXT, self.Need.POISON)

    @property
    def tel(self) -> str:
        """Return the number for a `tel:` link: digits only."""
        return "".join(c for c in self.phone.split("(")[0] if c.isdigit() or c == "+")


class HelpLineReportQuerySet(models.QuerySet["HelpLineReport"]):
    def open(self) -> "HelpLineReportQuerySet":
        return self.filter(closed=False)


class HelpLineReport(models.Model):
    """A reader's report that a help line is wrong. Nothing about the reader is stored."""

    class Problem(models.TextChoices):
        NO_ANSWER = "no-answer", "No one answers, or the number doesn’t exist"
        SOMEONE_ELSE = "someone-else", "It reaches someone else"
        DETAILS = "details", "The hours, the name, or what it’s for are wrong"
        OTHER = "other", "Something else"

    line = models.ForeignKey(HelpLine, models.CASCADE, related_name="reports")
    shown = models.CharField(max_length=200, help_text="The number, or the address, that the reader saw.")
    problem = models.CharField(max_length=12, choices=Problem)
    comment = models.TextField(blank=True, max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)
    closed = models.BooleanField(default=False)
    answer = models.TextField(blank=True, max_length=1000, help_text="What you did about it. Only editors see this.")

    objects = HelpLineReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(problem__in=["no-answer", "someone-else", "details", "other"]),
                name="help_line_problem_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.get_problem_display()}"


class SupportGroup(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    description = models.TextField(help_text=CITED)
    medicines = models.TextField("view of prescribed medicine", blank=True, help_text=CITED)
    url = models.URLField("address", blank=True)
    phone = models.CharField(max_length=80, blank=True)
    sources = ArrayField(models.CharField(max_length=8), default=list)
    checked = models.DateField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.name


class VideoTopic(models.Model):
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    good_video = models.TextField("what a good video on this shows", help_text=CITED)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.title


class VideoQuerySet(models.QuerySet["Video"]):
    def watchable(self) -> "VideoQuerySet":
        """Return only videos with a URL, so that nothing looks as if it could be watched when it can't."""
        return self.exclude(url="")


class Video(models.Model):
    topic = models.ForeignKey(VideoTopic, models.PROTECT, related_name="videos")
    title = models.CharField(max_length=160)
    maker = models.CharField(max_length=120)
    url = models.URLField("address", blank=True, help_text="Empty: not shown.")
    embed_id = models.CharField("YouTube id", max_length=20, blank=True, help_text="Plays on the page after a click.")
    published = models.CharField(max_length=40, blank=True)
    captions = models.BooleanField(null=True, blank=True)
    commercial = models.BooleanField(default=False)
    warning = models.TextField(blank=True, help_text=CITED)
    reviewer = models.CharField(max_length=120, blank=True, help_text="The clinician who watched it, if one did.")
    sources = ArrayField(models.CharField(max_length=8), default=list)
    checked = models.DateField()

    objects = VideoQuerySet.as_manager()

    class Meta:
        ordering = ["topic__position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.title


class Story(models.Model):
    """An illustrative composite. The page always says that it is not a real person."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    text = models.TextField(help_text=CITED)
    safety_messages = models.ManyToManyField(SafetyMessage, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]
        verbose_name_plural = "stories"

    def __str__(self) -> str:
        return f"{self.name}: {self.title}"
