from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.doctor import examine


class Command(BaseCommand):
    help = "Check the running installation and print what is missing. Fails if anything is."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(examine())
        for finding in findings:
            self.stdout.write(f"{'  ok  ' if finding.ok else 'PROBLEM'} {finding}")
        problems = sum(not finding.ok for finding in findings)
        if problems:
            raise CommandError(f"Problems: {problems}.")
