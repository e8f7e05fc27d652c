import getpass
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

from accounts.house_rules import RULES_VERSION
from accounts.models import User
from config.doctor import examine


class Command(BaseCommand):
    help = "Make the first administrator, with a second factor, and say what the installation still needs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{settings.SITE_NAME} at {settings.SITE_ADDRESS}, mail from {settings.DEFAULT_FROM_EMAIL}.")
        if User.objects.filter(is_superuser=True, is_active=True).exists():
            self.stdout.write("There is an administrator. They can appoint others in the admin.")
        else:
            self._make_administrator()
        for finding in examine():
            if not finding.ok:
                self.stdout.write(f"Still missing: {finding}")

    def _make_administrator(self) -> None:
        self.stdout.write("The first administrator:")
        email = self._ask("E-mail address", validate_email)
        name = self._ask("Name on this site", lambda value: None)
        password = self._ask_password()
        secret = self._ask_for_code()
        make_administrator(email, name, password, secret)
        self.stdout.write(f"Done. Log in at {settings.SITE_ADDRESS}/account/login/ and save recovery codes there.")

    def _ask(self, question: str, check: Any) -> str:
        while True:
            value = input(f"  {question}: ").strip()
            try:
                check(value)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
                continue
            if value:
                return value

    def _ask_password(self) -> str:
        while True:
            password = getpass.getpass("  Password: ")
            try:
                validate_password(password)
                return password
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))

    def _ask_for_code(self) -> str:
        """Show a new secret until a code proves that it is in an authenticator app."""
        secret: str = generate_totp_secret()
        self.stdout.write(f"  Add this key to an authenticator app: {secret}")
        while not validate_totp_code(secret, input("  Code that the app shows: ").strip()):
            self.stderr.write("That code isn’t right. Enter the one that the app shows now.")
        return secret


@transaction.atomic
def make_administrator(email: str, name: str, password: str, secret: str) -> User:
    """Create an administrator with a confirmed address and an authenticator app."""
    now = timezone.now()
    member = {"adult_confirmed_at": now, "rules_accepted": RULES_VERSION, "rules_accepted_at": now}
    user = User.objects.create_superuser(email, password, display_name=name, **member)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    TOTP.activate(user, secret)
    return user
