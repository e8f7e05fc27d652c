"""Validation of the Markdown that editors type."""

from django import forms

from guide.lint.rules import structure_errors
from guide.pages.blocks import UnknownBlock, fill_blocks
from guide.review.citations import unknown_source_errors
from guide.text.markdown import Rendered, TextTooLong, render


def clean_text(text: str) -> str:
    """Return the text with normalized line endings. Raises ValidationError if it is too long; lint finds the rest."""
    text = text.replace("\r\n", "\n")
    try:
        render(text)
    except TextTooLong as error:
        raise forms.ValidationError(str(error)) from error
    return text


def clean_cited_text(text: str) -> str:
    """Do as clean_text; also raises ValidationError for unknown sources and unclosed callouts."""
    text = text.replace("\r\n", "\n")
    errors = unknown_source_errors(_rendered(text).citations) + structure_errors(text)
    if errors:
        raise forms.ValidationError(errors)
    return text


def _rendered(text: str) -> Rendered:
    try:
        rendered = render(text)
        fill_blocks(rendered.html)
    except (TextTooLong, UnknownBlock) as error:
        raise forms.ValidationError(str(error)) from error
    return rendered
