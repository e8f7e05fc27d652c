"""The search index: one row for each place that a result can link to, rebuilt whenever the guide changes."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models


class SearchEntry(models.Model):
    kind = models.CharField(max_length=12)
    page = models.CharField(max_length=160, help_text="Title of the page that it is on.")
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=200)
    names = models.TextField(blank=True, help_text="Synonyms: brands, nicknames.")
    text = models.TextField()
    document = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="english")
        + SearchVector("names", weight="A", config="english")
        + SearchVector("page", weight="C", config="english")
        + SearchVector("text", weight="D", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [GinIndex(fields=["document"], name="search_entry_document")]
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word of the guide with its trigrams, to correct misspelled searches."""

    word = models.CharField(max_length=60, unique=True)
    uses = models.PositiveIntegerField()
    trigrams = ArrayField(models.CharField(max_length=3))

    class Meta:
        indexes = [GinIndex(fields=["trigrams"], name="search_word_trigrams")]

    def __str__(self) -> str:
        return self.word
