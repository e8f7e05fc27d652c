"""Users, the names they have used, and blocks between them."""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.text.name_rules import skeleton

DELETION_GRACE_PERIOD = timedelta(days=14)  # between requesting deletion and erasure


class UserQuerySet(models.QuerySet["User"]):
    def present(self) -> "UserQuerySet":
        """All users whose account was not erased."""
        return self.exclude(state=User.State.ERASED)

    def with_public_profile(self) -> "UserQuerySet":
        return self.filter(state=User.State.ACTIVE, is_active=True, profile_public=True)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def present(self) -> UserQuerySet:
        return self.get_queryset().present()

    def with_public_profile(self) -> UserQuerySet:
        return self.get_queryset().with_public_profile()

    @transaction.atomic
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create a user and claim their display name for good."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        NameClaim.objects.create(user=user, key=skeleton(user.display_name))
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def create_visitor(self, country: str) -> "User":
        """Create the author of one question without an account. No one can log in as this user, and no mail is sent to it."""
        name = f"visitor-{uuid4().hex}"
        fields = {"display_name": name, "country": country, "state": User.State.VISITOR, "is_active": False}
        user = self.model(email=f"{name}@invalid", **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account: known to staff by e-mail address, to members by a pseudonym.

    A question without an account has an author of its own (`State.VISITOR`), so that nothing links two of them.
    Sanctions and credentials are separate models.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "active"
        LEAVING = "leaving", "deletion requested"
        ERASED = "erased", "former member"
        VISITOR = "visitor", "visitor without an account"

    class PostsChoice(models.TextChoices):
        LEAVE = "leave", "keep my posts, signed “former member”"
        REMOVE = "remove", "remove my posts: hidden at once, deleted with my account"

    TRANSITIONS = {
        State.ACTIVE: {State.LEAVING},
        State.LEAVING: {State.ACTIVE, State.ERASED},
        State.ERASED: set(),
        State.VISITOR: {State.ERASED},
    }
    SIGNATURES = {State.ERASED: "former member", State.VISITOR: "A visitor"}  # shown instead of the name

    email = models.EmailField(unique=True)
    display_name = models.CharField("name on this site", max_length=40)
    named_at = models.DateTimeField(default=timezone.now, editable=False)
    is_active = models.BooleanField(
        default=True, help_text="Clear this to prevent login. Suspend the member instead where possible."
    )
    is_staff = models.BooleanField("can use the admin", default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE, editable=False)
    deletion_requested_at = models.DateTimeField(null=True, editable=False)
    posts_choice = models.CharField(max_length=10, choices=PostsChoice, blank=True, editable=False)

    adult_confirmed_at = models.DateTimeField("said to be 18 or older", null=True, editable=False)
    rules_accepted = models.PositiveSmallIntegerField("version of the house rules accepted", default=0, editable=False)
    rules_accepted_at = models.DateTimeField(null=True, editable=False)

    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    profile_public = models.BooleanField(default=False)
    posts_on_profile = models.BooleanField(default=False)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    mail_help_numbers = models.BooleanField(default=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_without_case"),
            models.UniqueConstraint(Lower("display_name"), name="user_display_name_unique_without_case"),
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "leaving", "erased", "visitor"]), name="user_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="user_quiet_hours_start_and_end",
            ),
        ]

    def __str__(self) -> str:
        return signature(self.state, self.display_name)

    def get_absolute_url(self) -> str:
        return reverse("accounts:profile", args=[self.pk])

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Refuse while a suspension or closure is in force, to administrators too."""
        return not self.is_suspended and super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return not self.is_suspended and super().has_module_perms(app_label)

    @property
    def is_suspended(self) -> bool:
        """Whether a suspension or closure is in force. The user of a request has the answer (auth/backends.py)."""
        known: bool | None = self.__dict__.get("suspended")
        return self.sanctions.suspending().exists() if known is None else known

    @property
    def wants_posts_hidden(self) -> bool:
        """Whether the member is leaving and wants their posts removed."""
        return self.state == self.State.LEAVING and self.posts_choice == self.PostsChoice.REMOVE

    @property
    def deletion_date(self) -> datetime | None:
        """When the account will be erased, if its owner asked for that."""
        return self.deletion_requested_at and self.deletion_requested_at + DELETION_GRACE_PERIOD


def signature(state: str, name: str) -> str:
    """Return the name under which readers see a user in this state."""
    return User.SIGNATURES.get(User.State(state), name)


class NameClaim(models.Model):
    """A name that is or was in use, so that no one else can take it, even after erasure.

    `key` is the skeleton of the name (`name_rules.skeleton`); erasure replaces it with `hashed(key)`. Only names reserved for
    a sign-up with a registered address expire.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="names")
    key = models.CharField(max_length=64, unique=True)
    taken_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"name {self.pk}"

    @staticmethod
    def hashed(key: str) -> str:
        secret = settings.NAME_SECRET.encode()
        return hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()


class BlockQuerySet(models.QuerySet["Block"]):
    def hidden_from(self, user: "User | int") -> models.QuerySet["User", int]:
        """Return the ids of users whose posts `user` does not see: muted by, blocked by, or blocking `user`."""
        blocks = models.Q(owner=user) | models.Q(other=user, kind=Block.Kind.BLOCK)
        other_user = models.Case(models.When(owner=user, then="other_id"), default="owner_id")
        return self.filter(blocks).values_list(other_user, flat=True)  # type: ignore[return-value]

    def cannot_see(self, user: "User") -> models.QuerySet["User", int]:
        """Return the ids of users who do not see the posts of `user`: the reverse of `hidden_from`."""
        blocks = models.Q(other=user) | models.Q(owner=user, kind=Block.Kind.BLOCK)
        other_user = models.Case(models.When(other=user, then="owner_id"), default="other_id")
        return self.filter(blocks).values_list(other_user, flat=True)  # type: ignore[return-value]


class Block(models.Model):
    """A mute or block of one member by another. A mute hides `other` from `owner`; a block also hides `owner` from `other`."""

    class Kind(models.TextChoices):
        MUTE = "mute", "muted"
        BLOCK = "block", "blocked"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocked_by")
    kind = models.CharField(max_length=5, choices=Kind)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "other"], name="block_unique"),
            models.CheckConstraint(condition=~models.Q(owner=models.F("other")), name="block_not_self"),
            models.CheckConstraint(condition=models.Q(kind__in=["mute", "block"]), name="block_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.kind} {self.other}"
