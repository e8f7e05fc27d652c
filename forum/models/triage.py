"""Triage: rules that order and hold what members send, what each noticed in a text, and every wording that a rule ever had."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.triggers import append_only
from forum.models.posts import PostRevision


class Lane(models.IntegerChoices):
    """How soon somebody must look. A lower number is more urgent. What no rule notices is GREEN."""

    RED = 1, "red"
    AMBER = 2, "amber"
    GREEN = 3, "green"


def known_needs(value: str) -> None:
    if unknown := set(value.split()) - {"emergency", "crisis", "text", "poison", "treatment", "overdose"}:
        raise ValidationError(f"No help line is of the kind “{sorted(unknown)[0]}”.")


class TriageList(models.Model):
    """Words that phrases name in braces: {naltrexone} stands for every spelling and nickname of it."""

    name = models.CharField(max_length=40, unique=True, validators=[RegexValidator(r"^[a-z][a-z-]*$")])
    words = models.TextField(help_text="One a line; word* for endings.")
    version = models.PositiveIntegerField(default=0, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False, help_text="Of the content file's wording.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{{{self.name}}}"


class TriageRule(models.Model):
    """What to notice, in which lane, what the author is told at once, and what the moderator may say."""

    key = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    lane = models.PositiveSmallIntegerField(choices=Lane)
    phrases = models.TextField(
        help_text="One a line: words; word* for endings; a|b for either; … for up to 3 words between, ...6 for up to 6; "
        "a & b for both in any order; {list} for a list's words; {email}, {phone}, {address}, {handle}, {link}."
    )
    exceptions = models.TextField(blank=True, help_text="Phrases that, near a match in its sentence, undo it.")
    negation_window = models.PositiveSmallIntegerField(
        default=0, help_text="How many words before it a “not” may stand. 0: “not” changes nothing."
    )
    past_window = models.PositiveSmallIntegerField(
        default=0, help_text="How far from it “years ago” or “if somebody” may stand. 0: they change nothing."
    )
    minds_quotes = models.BooleanField(default=False, help_text="Quotations and song lyrics are not the author's case.")
    softened_lane = models.PositiveSmallIntegerField(
        choices=Lane, null=True, blank=True, help_text="Of what is negated, past or quoted. Empty: not a match at all."
    )
    help_needs = models.CharField(
        max_length=80,
        blank=True,
        validators=[known_needs],
        help_text="Kinds of help lines shown: emergency crisis poison …",
    )
    advice = models.TextField(blank=True, max_length=1000, help_text="Shown to the author at once.")
    note = models.TextField(blank=True, max_length=1000, help_text="Offered to the moderator as words to the author.")
    should_match = models.TextField(blank=True, help_text="Texts, one a line; checked whenever the rule is saved.")
    should_not_match = models.TextField(blank=True, help_text="Texts, one a line, that must not match in full.")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False, help_text="Of the content file's wording.")

    class Meta:
        ordering = ["lane", "key"]
        constraints = [models.CheckConstraint(condition=Q(lane__in=[1, 2, 3]), name="triage_lane_is_known")]

    def __str__(self) -> str:
        return self.title


class TriageVersion(models.Model):
    """Each wording that a rule or a list ever had, by whom. The database keeps it for ever; its newest row names the rule set."""

    subject = models.CharField(max_length=60, help_text="“rule suicide” or “list opioid”.")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["subject", "number"], name="one_wording_for_a_version")]
        triggers = [append_only("wordings_stay")]

    def __str__(self) -> str:
        return f"{self.subject}, version {self.number}"


class TriageMatchQuerySet(models.QuerySet["TriageMatch"]):
    def urgent_first(self) -> "TriageMatchQuerySet":
        return self.select_related("rule").order_by("lane", "part", "start", "pk")

    def holding(self) -> "TriageMatchQuerySet":
        """What makes a text wait for a reader whatever its author's trust."""
        return self.filter(Q(lane__lt=Lane.GREEN) | Q(kind__in=TriageMatch.HOLDING))


class TriageMatch(models.Model):
    """One thing noticed in one revision: where, by which rule and why. All are kept, not only the first."""

    class Kind(models.TextChoices):
        WORDS = "words", "words"
        CONTACT = "contact", "contact details"
        LINK = "link", "a link"
        NEW_ACCOUNT = "new-account", "a new account"
        REPEATED = "repeated", "sent before by somebody"

    class Softened(models.TextChoices):
        NEGATED = "negated", "negated"
        PAST = "past", "long past or in general"
        QUOTED = "quoted", "quoted"

    HOLDING = [Kind.CONTACT, Kind.LINK, Kind.REPEATED]

    revision = models.ForeignKey(PostRevision, models.CASCADE, related_name="triage_matches")
    rule = models.ForeignKey(TriageRule, models.PROTECT, null=True, related_name="matches")
    rule_version = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.WORDS)
    lane = models.PositiveSmallIntegerField(choices=Lane)
    softened = models.CharField(max_length=8, choices=Softened, blank=True)
    phrase = models.TextField(blank=True, help_text="The rule's phrase, never the author's words.")
    part = models.CharField(max_length=7, choices=[(p, p) for p in ("title", "warning", "body")], default="body")
    start = models.PositiveIntegerField(default=0, help_text="In characters of that part.")
    end = models.PositiveIntegerField(default=0)

    objects = TriageMatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "triage matches"
        indexes = [models.Index(fields=["revision", "lane"], name="matches_of_a_revision")]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=models.F("start")), name="a_match_has_a_span"),
            models.CheckConstraint(condition=Q(lane__in=[1, 2, 3]), name="match_lane_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_lane_display()}: {self.rule or self.get_kind_display()}"
