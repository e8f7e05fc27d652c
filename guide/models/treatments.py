"""The comparison: treatments as columns, questions as rows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guide.models import triggers
from guide.models.reference import CITED


class MatrixRow(models.Model):
    key = models.SlugField(unique=True)
    question = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.question


class Treatment(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    brands = models.CharField(max_length=120, blank=True)
    kind = models.CharField("class, in plain words", max_length=120)
    article = models.ForeignKey("guide.Article", models.SET_NULL, null=True, blank=True, related_name="treatments")
    sources = ArrayField(models.CharField(max_length=8), default=list)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.name


class MatrixCell(models.Model):
    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="cells")
    row = models.ForeignKey(MatrixRow, models.CASCADE, related_name="cells")
    short = models.CharField(max_length=80)
    detail = models.TextField(help_text=CITED)

    class Meta:
        ordering = ["treatment__position", "row__position", "pk"]
        triggers = [triggers.part_follows_proposal("treatment", "treatment_id", "cells")]
        constraints = [models.UniqueConstraint(fields=["treatment", "row"], name="one_cell_per_treatment_and_row")]

    def __str__(self) -> str:
        return f"{self.treatment}: {self.row}"
