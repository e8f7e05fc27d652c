"""When `demo_forum` loads nothing. In a module of its own: test_demo.py keeps the demo loaded."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from forum.models import Thread


def test_the_command_fails_outside_development_or_without_demo_accounts(db, settings):
    with pytest.raises(CommandError, match="development settings only"):
        call_command("demo_forum")
    settings.DEBUG = True
    with pytest.raises(CommandError, match="demo_accounts` first"):
        call_command("demo_forum")


def test_a_demo_account_that_may_not_post_skips_only_the_demo_threads(db, settings, capsys):
    settings.DEBUG = True
    call_command("demo_accounts", stdout=StringIO())
    User.objects.filter(email="maya@example.org").update(rules_accepted=0)
    call_command("demo_forum")
    assert Thread.objects.count() == 0
    assert "No demo threads" in capsys.readouterr().out
