from typing import Any

from django.core.management.base import BaseCommand

from forum.triage import rule_store


class Command(BaseCommand):
    help = "Loads the triage rules of forum/content/triage.yaml, except those that staff changed. Idempotent."

    def handle(self, *, verbosity: int, **options: Any) -> None:
        written = rule_store.load()
        if verbosity:
            self.stdout.write(f"Loaded {written} rules and lists." if written else "Nothing to load.")
