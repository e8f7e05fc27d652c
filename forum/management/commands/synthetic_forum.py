import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.management.synthetic import Size, fill


class Command(BaseCommand):
    help = "Adds a large synthetic forum for benchmarks, by COPY. Development settings only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--threads", type=int, required=True)
        parser.add_argument("--posts", type=int, required=True, help="in all threads together")
        parser.add_argument("--giant", type=int, default=0, help="how many of them are in one giant thread")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same forum")

    def handle(self, *args: Any, threads: int, posts: int, giant: int, seed: int, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("A synthetic forum is for development settings only.")
        call_command("load_forum")
        started = time.monotonic()
        try:
            first = fill(Size(threads, posts, giant, seed))
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{posts:,} posts in {threads:,} threads, {time.monotonic() - started:.0f} s.")
        if giant:
            self.stdout.write(f"The giant thread has pk {first}.")
