"""URLs of the admin's forms."""

from typing import Any

from django.urls import reverse

from guide.models import MatrixCell, OutcomeArm


def edit_url(row: Any) -> str:
    """Return the URL of the form in which `row` is edited; a cell or an arm is edited with the row that owns it."""
    owner = row.treatment if isinstance(row, MatrixCell) else row.figure if isinstance(row, OutcomeArm) else row
    return reverse(f"admin:guide_{owner._meta.model_name}_change", args=[owner.pk])
