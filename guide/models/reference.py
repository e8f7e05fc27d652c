"""Reference rows: structured content that articles include by name."""

from collections.abc import Collection

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guide.models import triggers

CITED = "Markdown. Set [^S12] after each claim."


class SourceQuerySet(models.QuerySet["Source"]):
    def by_keys(self, keys: Collection[str]) -> list["Source"]:
        """Return the sources with these keys in the order of `keys`, each once, without those that do not exist."""
        found = self.in_bulk(set(keys), field_name="key")
        return [found[key] for key in dict.fromkeys(keys) if key in found]


class Source(models.Model):
    """A source, cited by a key such as S12."""

    key = models.CharField(max_length=8, unique=True)
    title = models.TextField()
    authors = models.TextField(blank=True)
    publisher = models.TextField(blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    doi = models.CharField("DOI", max_length=120, blank=True)
    url = models.URLField("address", max_length=500, blank=True)
    kind = models.CharField(max_length=20)
    checked = models.DateField(help_text="When it was last checked.")
    seen = models.CharField(max_length=120, blank=True, help_text="How much of it was read.")
    verify = models.BooleanField("a clinician must still verify it", default=False)
    note = models.TextField(blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"[:90]

    @property
    def link(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else self.url


class SafetyMessage(models.Model):
    """A safety message, shown on every page that it concerns."""

    class Level(models.TextChoices):
        EMERGENCY = "emergency", "Danger to life"
        WARNING = "warning", "Important"

    key = models.SlugField(unique=True)
    level = models.CharField(max_length=10, choices=Level)
    title = models.CharField(max_length=120)
    text = models.TextField(help_text=CITED)
    trigger_words = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="A page that has one of these words or phrases needs the message. A * stands for any ending: overdos*.",
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.title


class Milestone(models.Model):
    """An entry of the timeline."""

    date = models.CharField(max_length=40, help_text='As shown: "13 Apr 2006".')
    sort = models.DateField(help_text="Only used for sorting.")
    title = models.CharField(max_length=160)
    text = models.TextField(help_text=CITED)
    use = models.CharField(max_length=10, help_text="opioids, alcohol, both or other")

    class Meta:
        ordering = ["sort", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return f"{self.date}: {self.title}"


class OutcomeFigure(models.Model):
    """How many people had an outcome, drawn as an array of people."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    finding = models.CharField(max_length=300, help_text="One sentence: the caption.")
    measure = models.CharField(max_length=200)
    population = models.CharField(max_length=200)
    out_of = models.PositiveSmallIntegerField(default=100)
    good = models.BooleanField("a marked person is a good outcome", default=False)
    sources = ArrayField(models.CharField(max_length=8))
    note = models.TextField(blank=True, help_text=CITED)

    class Meta:
        ordering = ["pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.title


class OutcomeArm(models.Model):
    """One group of an outcome figure."""

    figure = models.ForeignKey(OutcomeFigure, models.CASCADE, related_name="arms")
    label = models.CharField(max_length=80)
    count = models.PositiveSmallIntegerField(help_text="People with this outcome, out of the figure's total.")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        triggers = [triggers.part_follows_proposal("outcomefigure", "figure_id", "arms")]

    def __str__(self) -> str:
        return f"{self.label}: {self.count}"


class SideEffect(models.Model):
    """How often a side effect was reported, in people out of a hundred."""

    class Form(models.TextChoices):
        TABLET = "tablet", "Tablet"
        INJECTION = "injection", "Injection"

    form = models.CharField(max_length=10, choices=Form)
    name = models.CharField(max_length=80)
    percent = models.DecimalField(max_digits=4, decimal_places=1)
    placebo = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    trial = models.CharField(max_length=120, blank=True)
    sources = ArrayField(models.CharField(max_length=8))
    check_date = models.DateField("figure last checked", null=True, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["form", "position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return f"{self.name} ({self.form})"


class QuestionGroup(models.Model):
    key = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """A question that readers ask, with its answer."""

    slug = models.SlugField(unique=True, max_length=80)
    group = models.ForeignKey(QuestionGroup, models.PROTECT, related_name="questions")
    question = models.CharField(max_length=200)
    answer = models.TextField(help_text=CITED)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["group__position", "position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.question


class GlossaryTerm(models.Model):
    """A glossary term. Aliases are also marked in texts; nicknames are only used for search."""

    slug = models.SlugField(unique=True, max_length=80)
    term = models.CharField(max_length=80)
    aliases = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    nicknames = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    definition = models.TextField(help_text=CITED)

    class Meta:
        ordering = ["term", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.term
