from django.test import RequestFactory

from core.submitted_fields import submitted_fields


def test_submitted_fields_are_listed_without_passwords_and_tokens():
    sent = {"hide-the_note": ["One.", "Two."], "password1": "secret heron", "csrfmiddlewaretoken": "x" * 64}
    found = submitted_fields(RequestFactory().post("/", sent))
    assert [(field.name, field.label, field.text) for field in found] == [
        ("hide-the_note", "The note", "One."),
        ("hide-the_note", "The note", "Two."),
    ]
