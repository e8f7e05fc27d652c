import io
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def replay(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    call_command("replay_erasures")


def test_accounts_erased_since_the_backup_are_erased_again(maya, noah, vera, monkeypatch, capsys):
    User.objects.filter(pk=noah.pk).update(state=User.State.LEAVING)
    replay(monkeypatch, f"{maya.pk} remove\n{noah.pk} leave\n{vera.pk + 1} leave\n")
    assert capsys.readouterr().out == "2 accounts were erased again, 1 were not in the backup.\n"
    found = User.objects.order_by("pk").values_list("pk", "state", "posts_choice")
    assert set(found) == {(maya.pk, "erased", "remove"), (noah.pk, "erased", "leave"), (vera.pk, "active", "")}
    assert not User.objects.filter(email__contains="maya").exists()


def test_replaying_twice_changes_nothing(maya, monkeypatch, capsys):
    replay(monkeypatch, f"{maya.pk} leave\n")
    replay(monkeypatch, f"{maya.pk} leave\n")
    assert capsys.readouterr().out.endswith("0 accounts were erased again, 1 were not in the backup.\n")


@pytest.mark.parametrize("line", ["maya leave", "1 everything", "1,leave"])
def test_another_file_is_refused(line, monkeypatch):
    with pytest.raises(CommandError, match="is not one account a line"):
        replay(monkeypatch, line)
