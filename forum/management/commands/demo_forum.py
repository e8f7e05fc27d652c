from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.management.commands.demo_accounts import PEOPLE
from accounts.models import User
from forum.management.demo import load_demo
from forum.models import Thread


class Command(BaseCommand):
    help = "Creates the starter categories and, in an empty forum, demo threads by the demo accounts. Development settings only."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demo threads are for development settings only.")
        call_command(
            "load_forum"
        )  # a call, not a command of its own: each process makes `make run` half a second slower
        if Thread.objects.exists():
            return
        users = User.objects.filter(email__in=[f"{row[0]}@example.org" for row in PEOPLE])
        people = {user.email.partition("@")[0]: user for user in users}
        if missing := {row[0] for row in PEOPLE} - people.keys():
            raise CommandError(f"Run `manage.py demo_accounts` first: {', '.join(sorted(missing))} are missing.")
        try:
            load_demo(people)
        except (PermissionDenied, ValidationError) as error:  # someone suspended, blocked or closed a demo account
            reason = type(error).__name__
            self.stdout.write(
                f"  No demo threads: a demo account may no longer post ({reason}). `make reset` fixes that."
            )
            return
        self.stdout.write(f"  Created {Thread.objects.count()} demo threads.")
