"""Logs hold nothing that people wrote."""

import logging

import pytest
from django.db import DatabaseError, connection

from config.log_formatter import RedactingFormatter
from config.settings import base

WORDS = "I relapsed and my wife must not know"


def logged(error):
    record = logging.LogRecord(
        "django.request", logging.ERROR, __file__, 1, "Internal Server Error: %s", ("/x/",), None
    )
    record.exc_info = (type(error), error, error.__traceback__)
    return RedactingFormatter().format(record)


def test_a_database_errors_traceback_has_no_values(db, maya):
    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute("insert into forum_draft (form_data) values (%s)", [f'{{"body": "{WORDS}"}}'])
    assert WORDS in str(caught.value)  # PostgreSQL quotes the row
    line = logged(caught.value)
    assert WORDS not in line
    assert "Internal Server Error: /x/" in line
    assert "NotNullViolation" in line
    assert __file__ in line


def test_the_sites_handler_uses_the_formatter():
    handler = base.LOGGING["handlers"]["console"]
    assert base.LOGGING["formatters"][handler["formatter"]]["()"] == "config.log_formatter.RedactingFormatter"


def test_postgresql_logs_no_statements(root):
    compose = (root / "docker-compose.yml").read_text()
    for setting in ("log_min_error_statement=panic", "log_error_verbosity=terse", "log_statement=none"):
        assert setting in compose
    assert "log_parameter_max_length_on_error=0" in compose
