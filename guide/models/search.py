"""The search index, rebuilt whenever the guide changes, and the editors' synonyms and best answers."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from core.search_text import folded


class SearchEntry(models.Model):
    """A place that a result can link to."""

    kind = models.CharField(max_length=12)
    page = models.CharField(max_length=160, help_text="Title of the page that it is on.")
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="en")
    names = models.TextField(blank=True, help_text="Synonyms: brands, nicknames.")
    text = models.TextField()
    document = models.GeneratedField(
        expression=SearchVector(folded("title"), weight="A", config="english")
        + SearchVector(folded("names"), weight="B", config="english")
        + SearchVector(folded("page"), weight="C", config="english")
        + SearchVector(folded("text"), weight="D", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [GinIndex(fields=["document"], name="search_entry_document")]
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word that the search knows, with its trigrams, to correct misspelled searches."""

    word = models.CharField(max_length=60, unique=True)
    uses = models.PositiveIntegerField()
    trigrams = ArrayField(models.CharField(max_length=3))

    class Meta:
        indexes = [GinIndex(fields=["trigrams"], name="search_word_trigrams")]

    def __str__(self) -> str:
        return self.word


class SearchSynonym(models.Model):
    """Words that readers type for something that the guide calls by another name."""

    means = models.CharField("in the guide", max_length=60, unique=True, help_text="The guide's words: “injection”.")
    words = ArrayField(
        models.CharField(max_length=60), help_text="What readers type, separated by commas: “shot, jab, needle”."
    )

    class Meta:
        ordering = ["means"]
        verbose_name = "search synonym"

    def __str__(self) -> str:
        return self.means


class BestAnswer(models.Model):
    """A question or section that answers a common search, shown above the results."""

    address = models.CharField(
        max_length=200,
        unique=True,
        help_text="The path of a question or section: /guide/faq/#missed-tablet",
    )
    searches = ArrayField(
        models.CharField(max_length=120),
        help_text="Searches that it answers, as readers type them, separated by commas: “forgot my pill last night”.",
    )

    class Meta:
        ordering = ["address"]
        verbose_name = "best answer"

    def __str__(self) -> str:
        return self.address


class BestAnswerSearch(models.Model):
    """A search of a best answer as PostgreSQL stems it, for the index."""

    answer = models.ForeignKey(BestAnswer, models.CASCADE, related_name="indexed")
    lexemes = ArrayField(models.CharField(max_length=120), help_text="What it means, in the guide's words.")
    words = ArrayField(models.CharField(max_length=120), help_text="All its words, stemmed.")
    weight = models.FloatField(help_text="Of its words together: the rarer in the guide, the more.")

    def __str__(self) -> str:
        return " ".join(self.lexemes)
