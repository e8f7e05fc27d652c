"""The fields that a visitor sent, to show them again on a page that could not save them. Nothing is stored."""

from typing import NamedTuple

from django.http import HttpRequest


class SubmittedField(NamedTuple):
    """A submitted form field."""

    name: str
    text: str

    @property
    def label(self) -> str:
        """The name as a label, without the prefix of its form."""
        return self.name.rpartition("-")[2].replace("_", " ").capitalize()


def submitted_fields(request: HttpRequest) -> list[SubmittedField]:
    """Return the submitted fields, without passwords and the CSRF token."""
    return [
        SubmittedField(name, text)
        for name, texts in request.POST.lists()
        for text in texts
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
