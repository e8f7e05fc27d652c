"""Triage: rules, their version history, and what they matched in revisions."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.triggers import append_only
from forum.models.posts import PostRevision
from guide.models import HelpLine


class Lane(models.IntegerChoices):
    """How soon a moderator must review a text. Lower is more urgent; a text without matches is GREEN."""

    RED = 1, "red"
    AMBER = 2, "amber"
    GREEN = 3, "green"


class Acuteness(models.IntegerChoices):
    """The order inside RED. Lower comes first; equals by waiting time."""

    BREATHING = 1, "not breathing"
    OVERDOSE = 2, "overdose"
    POISONING = 3, "poisoning"
    VIOLENCE = 4, "violence now"
    OTHER = 9, "other"


def known_needs(value: str) -> None:
    if unknown := set(value.split()) - set(HelpLine.Need.values):
        raise ValidationError(f"There is no kind of help line called “{sorted(unknown)[0]}”.")


class TriageList(models.Model):
    """A named list of words for use in phrases: {naltrexone} matches every spelling and nickname of it."""

    name = models.CharField(max_length=40, unique=True, validators=[RegexValidator(r"^[a-z][a-z-]*$")])
    words = models.TextField(help_text="One per line. word* matches any ending.")
    version = models.PositiveIntegerField(default=0, editable=False)
    digest = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Hash of the version in the content file."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{{{self.name}}}"


class TriageRule(models.Model):
    """Phrases to match, the lane they put a text in, advice for the author, and a message that moderators can send."""

    key = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    lane = models.PositiveSmallIntegerField(choices=Lane)
    acuteness = models.PositiveSmallIntegerField(
        choices=Acuteness, default=Acuteness.OTHER, help_text="Which items come first inside RED."
    )
    phrases = models.TextField(
        help_text="One per line. word* matches any ending; a|b either word; a|(b c) either the word or both words together; "
        "a|b + c|d one word of each side, one after the other; … up to 3 words in between, ...6 up to 6; "
        "a & b both in any order, up to 8 words apart; a && b both, up to 60 words apart, a &&20 b up to 20; "
        "a && b && c all of them, each in words of its own; {list} any word or phrase of that list; "
        "{count} a number of things from six; {dose} a number of milligrams; {email}, {phone}, {address}, {handle}, {link}."
    )
    exceptions = models.TextField(
        blank=True,
        help_text="Phrases that lower a match by one lane. In RED rules they must share a word with it, and no other match of "
        "the rule may be near; in other rules they lower matches near them in the same sentence.",
    )
    negation_window = models.PositiveSmallIntegerField(
        default=0, help_text="Soften a match that has “not” within this many words before it. 0: never."
    )
    past_window = models.PositiveSmallIntegerField(
        default=0, help_text="Soften a match that has “years ago” or “if someone” within this many words. 0: never."
    )
    minds_quotes = models.BooleanField(default=False, help_text="Soften matches in quotations and song lyrics.")
    softened_lane = models.PositiveSmallIntegerField(
        choices=Lane, null=True, blank=True, help_text="The lane of negated, past or quoted matches. Empty: no match."
    )
    help_needs = models.CharField(
        max_length=80,
        blank=True,
        validators=[known_needs],
        help_text="Kinds of help lines to show: emergency crisis poison …",
    )
    advice = models.TextField(
        blank=True, max_length=1000, help_text="Shown to the author as soon as they send the text."
    )
    note = models.TextField(blank=True, max_length=1000, help_text="A message to the author that moderators can use.")
    should_match = models.TextField(
        blank=True, help_text="Example texts, one per line. Checked whenever the rule is saved."
    )
    should_not_match = models.TextField(
        blank=True, help_text="Example texts, one per line, that must not match (softened matches are fine)."
    )
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    digest = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Hash of the version in the content file."
    )

    class Meta:
        ordering = ["lane", "key"]
        constraints = [
            models.CheckConstraint(condition=Q(lane__in=[1, 2, 3]), name="triage_rule_lane_is_known"),
            models.CheckConstraint(condition=Q(acuteness__in=[1, 2, 3, 4, 9]), name="triage_rule_acuteness_is_known"),
        ]

    def __str__(self) -> str:
        return self.title


class TriageModel(models.Model):
    """The switch of the text model, which holds texts that no rule matches. One row; its weights are in forum/content."""

    name = models.SlugField(unique=True, default="danger", editable=False)
    active = models.BooleanField(
        default=True, help_text="Off: only the rules read texts. What the model held before stays held."
    )
    threshold = models.FloatField(
        null=True,
        blank=True,
        help_text="The score from which a text is held. Higher: fewer texts. Empty: the threshold that came with the weights.",
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    digest = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Hash of the version that was loaded."
    )

    class Meta:
        verbose_name = verbose_name_plural = "text model"
        constraints = [models.CheckConstraint(condition=Q(name="danger"), name="one_triage_model")]

    def __str__(self) -> str:
        return "Text model"


class TriageVersion(models.Model):
    """A saved version of a rule, list or text model. Never changed or deleted; the newest row identifies the current rule set."""

    subject = models.CharField(max_length=60, help_text="“rule suicide”, “list opioid” or “model danger”.")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The second person, if the version weakened triage.",
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "number"], name="one_row_per_subject_and_version"),
            models.CheckConstraint(condition=~Q(accepted_by=models.F("by")), name="triage_version_has_two_people"),
        ]
        triggers = [append_only("triage_versions_are_append_only")]

    def __str__(self) -> str:
        return f"{self.subject}, version {self.number}"


# What a match can be in: a post's revision, a member's experience, or what someone wrote to moderators.
TEXTS = ["revision", "question", "appeal", "report", "outside_text", "experience"]
PARTS = ["title", "warning", "body", "text", "note"]


def _exactly_one(names: list[str]) -> Q:
    """A condition: one of these foreign keys is set, and the others are not."""
    found = Q()
    for name in names:
        found |= Q(**{f"{other}__isnull": other != name for other in names})
    return found


class TriageMatchQuerySet(models.QuerySet["TriageMatch"]):
    def urgent_first(self) -> "TriageMatchQuerySet":
        return self.select_related("rule").order_by("lane", "part", "start", "pk")

    def holding(self) -> "TriageMatchQuerySet":
        """Matches that hold a text for review even if its author is trusted."""
        return self.filter(Q(lane__lt=Lane.GREEN) | Q(kind__in=TriageMatch.HOLDING))


class TriageMatch(models.Model):
    """One match of a rule in a text, with its position. All matches are stored, not only the first.

    The text is a post's revision, a member's experience, or what someone wrote to moderators: a question, an appeal, a report,
    or a text from outside the forum.
    """

    class Kind(models.TextChoices):
        WORDS = "words", "words"
        CONTACT = "contact", "contact details"
        LINK = "link", "a link"
        NEW_ACCOUNT = "new-account", "a new account"
        REPEATED = "repeated", "sent before"
        MODEL = "model", "text model: may be about danger"

    class Softened(models.TextChoices):
        NEGATED = "negated", "negated"
        PAST = "past", "long past or in general"
        QUOTED = "quoted", "quoted"
        EXCUSED = "excused", "an exception of the rule"

    HOLDING = [Kind.CONTACT, Kind.LINK, Kind.REPEATED]

    revision = models.ForeignKey(PostRevision, models.CASCADE, null=True, related_name="triage_matches")
    question = models.ForeignKey("forum.DecisionQuestion", models.CASCADE, null=True, related_name="triage_matches")
    appeal = models.ForeignKey("forum.Appeal", models.CASCADE, null=True, related_name="triage_matches")
    report = models.ForeignKey("forum.Report", models.CASCADE, null=True, related_name="triage_matches")
    outside_text = models.ForeignKey("forum.OutsideText", models.CASCADE, null=True, related_name="triage_matches")
    experience = models.ForeignKey("forum.Experience", models.CASCADE, null=True, related_name="triage_matches")
    rule = models.ForeignKey(TriageRule, models.PROTECT, null=True, related_name="matches")
    rule_version = models.PositiveIntegerField(default=0, help_text="Of the rule, or of the text model’s weights.")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.WORDS)
    lane = models.PositiveSmallIntegerField(choices=Lane)
    softened = models.CharField(max_length=8, choices=Softened, blank=True)
    phrase = models.TextField(blank=True, help_text="The rule's phrase, not the author's text.")
    part = models.CharField(max_length=7, choices=[(p, p) for p in PARTS], default="body")
    start = models.PositiveIntegerField(default=0, help_text="Offset in characters within that part.")
    end = models.PositiveIntegerField(default=0)

    objects = TriageMatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "triage matches"
        indexes = [models.Index(fields=["revision", "lane"], name="matches_by_revision_and_lane")]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=models.F("start")), name="match_does_not_end_before_start"),
            models.CheckConstraint(condition=Q(lane__in=[1, 2, 3]), name="triage_match_lane_is_known"),
            models.CheckConstraint(condition=_exactly_one(TEXTS), name="triage_match_is_in_one_text"),
            models.CheckConstraint(condition=~Q(kind="model") | Q(lane=2), name="text_model_only_raises_to_amber"),
        ]

    def __str__(self) -> str:
        return f"{self.get_lane_display()}: {self.rule or self.get_kind_display()}"
