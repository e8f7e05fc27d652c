import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.privacy.account_deletion import replay_erasure

FORMAT = "one account a line: its number, a space, and what was chosen for its posts"


class Command(BaseCommand):
    help = f"After a restore, erase the accounts that were erased since the backup. Reads {FORMAT}."

    def handle(self, *args: Any, **options: Any) -> None:
        erased = [self._parse(line) for line in sys.stdin.read().splitlines() if line.strip()]
        again = sum([replay_erasure(number, posts_choice=choice) for number, choice in erased])
        self.stdout.write(f"{again} accounts were erased again, {len(erased) - again} were not in the backup.")

    def _parse(self, line: str) -> tuple[int, str]:
        number, _, choice = line.partition(" ")
        if not number.isdecimal() or choice not in ["", *User.PostsChoice.values]:
            raise CommandError(f"{line!r} is not {FORMAT}.")
        return int(number), choice
