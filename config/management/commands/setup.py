import getpass
from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts.house_rules import current_version
from accounts.models import User
from accounts.profiles.names import name_error
from config.doctor import run_checks


class Command(BaseCommand):
    help = "Create the first administrator with a second factor, and print what the installation still needs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{settings.SITE_NAME} at {settings.SITE_ADDRESS}, mail from {settings.DEFAULT_FROM_EMAIL}.")
        if User.objects.filter(is_superuser=True, is_active=True).exists():
            self.stdout.write("There already is an administrator, who can appoint others in the admin.")
        else:
            self._make_administrator()
        for finding in run_checks():
            if not finding.ok:
                self.stdout.write(f"Still missing: {finding}")

    def _make_administrator(self) -> None:
        self.stdout.write("The first administrator:")
        email = self._ask("E-mail address", check_email, read_line)
        name = self._ask("Name on this site", check_name, read_line)
        password = self._ask("Password", validate_password, getpass.getpass)
        secret = self._ask_for_code()
        make_administrator(email, name, password, secret)
        self.stdout.write(f"Done. Log in at {settings.SITE_ADDRESS}/account/login/ and save recovery codes there.")

    def _ask(self, question: str, check: Callable[[str], None], read: Callable[[str], str]) -> str:
        """Ask until `check` raises no ValidationError for the answer."""
        while True:
            answer = read(f"  {question}: ")
            try:
                check(answer)
                return answer
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))

    def _ask_for_code(self) -> str:
        """Show a new secret, and ask for a code until one proves that an authenticator app has it."""
        secret: str = generate_totp_secret()
        self.stdout.write(f"  Add this key to an authenticator app: {secret}")
        while not validate_totp_code(secret, read_line("  Code that the app shows: ")):
            self.stderr.write("That code isn’t right. Enter the one that the app shows now.")
        return secret


def read_line(question: str) -> str:
    return input(question).strip()


def check_email(email: str) -> None:
    validate_email(email)
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError("An account already has this address. Use another one.")


def check_name(name: str) -> None:
    if error := name_error(name):
        raise ValidationError(error)


@transaction.atomic
def make_administrator(email: str, name: str, password: str, secret: str) -> User:
    """Create an administrator with a confirmed address and an authenticator app."""
    now = timezone.now()
    member = {"adult_confirmed_at": now, "rules_accepted": current_version(), "rules_accepted_at": now}
    user = User.objects.create_superuser(email, password, display_name=name, **member)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    TOTP.activate(user, secret)
    return user
