"""Members' side of experiences: send a version, withdraw them all."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.transitions import transition
from forum.experiences import consent
from forum.models import Experience, Post
from forum.permissions import can_offer_experience
from forum.posting.read_only import refuse_while_read_only
from forum.triage.intake import take_in_experience

State = Experience.State
PER_DAY = 5  # versions of one member
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Story:
    """What a member tells: coded answers, the text, and whether readers see their name (an `Experience.ShownAs`)."""

    goal: str
    medicine: str
    duration: str
    helped: str
    side_effects: str
    outcome: str
    text: str
    shown_as: str = Experience.ShownAs.MEMBER


@transaction.atomic
def offer_experience(story: Story, *, by: User, post: Post | None = None) -> Experience:
    """Send a version, with the consent in its present words, for review. What is shown stays until it is approved.

    A second click returns the first row. Raise PermissionDenied, and ValidationError while another version waits, after too
    many in a day, in a read-only period, and for an anonymous post with the author's name.
    """
    author = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not can_offer_experience(author, post):
        raise PermissionDenied
    waiting = author.experiences.waiting().first()
    if waiting and waiting.text == story.text:
        return waiting
    _check(story, author, post, waiting)
    for version in author.experiences.filter(state__in=[State.CHANGES, State.REJECTED]):
        transition(version, State.REPLACED)
    agreed = {"consent_version": consent.VERSION, "consent_text": consent.TEXT}
    experience = author.experiences.create(post=post, **asdict(story), **agreed)
    take_in_experience(experience)
    return experience


def _check(story: Story, author: User, post: Post | None, waiting: Experience | None) -> None:
    refuse_while_read_only(author)
    if waiting:
        raise ValidationError("A clinician hasn’t read your last version yet. You can change it after that.")
    if post and post.alias is not None and story.shown_as == Experience.ShownAs.NAME:
        raise ValidationError("Your post is anonymous, so your story can’t be shown under your name.")
    if author.experiences.filter(made_at__gt=timezone.now() - DAY).count() >= PER_DAY:
        raise ValidationError("You’ve sent your story several times today. Please send it again tomorrow.")
