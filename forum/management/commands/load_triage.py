from typing import Any

from django.core.management.base import BaseCommand

from forum.triage import rule_store


class Command(BaseCommand):
    help = (
        "Loads triage's rules from forum/content/triage.yaml where staff changed nothing; run again, it does nothing."
    )

    def handle(self, *, verbosity: int, **options: Any) -> None:
        written = rule_store.load()
        if verbosity:
            self.stdout.write(f"Loaded {written} rules and lists." if written else "Nothing to load.")
