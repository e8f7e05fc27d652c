import builtins
import getpass

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from tests.accounts.login_steps import PASSWORD, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def terminal(monkeypatch, capsys):
    """Answer the questions of the command, the last one with the code for the key that it printed."""
    printed = []

    def type_in(*answers):
        left = list(answers)

        def answer(question):
            printed.append(capsys.readouterr().out)
            return left.pop(0) if left else code_for("".join(printed))

        monkeypatch.setattr(builtins, "input", answer)

    monkeypatch.setattr(getpass, "getpass", lambda question: PASSWORD)
    return type_in


def code_for(printed):
    secret = printed.rpartition("authenticator app: ")[2].split()[0]
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))


def test_the_first_administrator_has_a_second_factor_and_is_asked_for_it(terminal, client):
    terminal("no address", "admin@example.org", "Harbor", "000000")
    call_command("setup")
    user = User.objects.get(is_superuser=True)
    assert (user.email, user.display_name, user.is_staff) == ("admin@example.org", "Harbor", True)
    assert list(Authenticator.objects.values_list("user", "type")) == [(user.pk, "totp")]
    assert log_in(client, user.email, PASSWORD).url.startswith("/account/second-step/")


@pytest.mark.usefixtures("maya")
def test_an_address_and_a_name_that_a_member_has_are_asked_for_again(terminal, capsys):
    terminal("maya@example.org", "admin@example.org", "Maya", "x", "Harbor")
    call_command("setup")
    assert User.objects.get(is_superuser=True).display_name == "Harbor"


def test_it_says_what_is_missing_and_makes_no_second_administrator(terminal, capsys):
    terminal("admin@example.org", "Harbor")
    call_command("setup")
    call_command("setup")
    assert User.objects.filter(is_superuser=True).count() == 1
    assert "Still missing: guide: no articles: manage.py load_guide" in capsys.readouterr().out
