from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.management.commands.demo_accounts import PEOPLE
from accounts.models import User
from forum.management.demo import play
from forum.models import Thread


class Command(BaseCommand):
    help = (
        "Starter categories, and in an empty forum the invented talk of the demo accounts. Refuses outside development."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Invented talk is for development settings only.")
        call_command("load_forum")  # here and not by itself: each process makes `make run` half a second slower
        if Thread.objects.exists():
            return
        users = User.objects.filter(email__in=[f"{row[0]}@example.org" for row in PEOPLE])
        people = {user.email.partition("@")[0]: user for user in users}
        if missing := {row[0] for row in PEOPLE} - people.keys():
            raise CommandError(f"First `manage.py demo_accounts`: {', '.join(sorted(missing))} are missing.")
        try:
            play(people)
        except (PermissionDenied, ValidationError) as error:  # somebody tried suspensions, blocks or leaving on them
            reason = type(error).__name__
            self.stdout.write(
                f"  No invented threads: a demo account may no longer do its part ({reason}). `make reset` helps."
            )
            return
        self.stdout.write(f"  The forum holds {Thread.objects.count()} invented threads (demonstration only).")
