from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.doctor import run_checks


class Command(BaseCommand):
    help = "Check the running installation and print the results. Fails if there is a problem."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(run_checks())
        for finding in findings:
            self.stdout.write(f"{'  ok  ' if finding.ok else 'PROBLEM'} {finding}")
        problems = sum(not finding.ok for finding in findings)
        if problems:
            raise CommandError(f"Problems: {problems}.")
