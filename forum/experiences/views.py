"""Experiences: the public page, the member's own, and taking one down as a moderator."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core.pagination import Keyset
from core.params import int_or_none, moment_or_none
from core.requests import AuthenticatedHttpRequest
from forum.experiences import consent
from forum.experiences.figures import figures
from forum.experiences.forms import ExperienceForm, RemoveExperienceForm
from forum.experiences.offers import offer_experience
from forum.models import Experience, Post
from forum.moderation.access import moderator_required
from forum.moderation.experience_decisions import remove_experience
from forum.permissions import can_moderate, can_offer_experience
from forum.posting.closed_places import give_back
from forum.posting.views import preserve_input
from forum.publishing.experiences import withdraw_experiences
from forum.publishing.visible_text import public_text
from forum.publishing.waiting_time import waiting_time
from forum.triage.author_advice import advice_for
from forum.triage.detection import detect
from forum.triage.intake import take_in_outside_text

PAGE = 10
NEWEST_FIRST = Keyset({"-published_at": moment_or_none, "-pk": int_or_none})


@require_safe
def experiences(request: HttpRequest) -> HttpResponse:
    """Show what members tell. A CDN must ask for the page each time, so that it has nothing that was withdrawn."""
    before = request.GET.get("before", "")
    found = Experience.objects.public().for_reader(request.user).select_related("author")
    rows, older = NEWEST_FIRST.page(found, before, size=PAGE)
    shown = [] if before else figures()
    context = {"rows": rows, "older": older, "figures": shown, "moderates": can_moderate(request.user)}
    response = render(request, "forum/experiences/experiences.html", context)
    response["Cache-Control"] = "public, no-cache"
    return response


@never_cache
@login_required
@require_safe
def mine(request: AuthenticatedHttpRequest) -> HttpResponse:
    versions = list(Experience.objects.of(request.user).select_related("post").prefetch_related("decisions"))
    newest = versions[0] if versions else None
    context: dict[str, Any] = {"newest": newest, "waiting": waiting_time()}
    if newest:
        context["is_public"] = Experience.objects.public().filter(author=request.user).exists()
        context["shown"] = next((each for each in versions if each.state == Experience.State.SHOWN), None)
        context |= advice_for(newest.triage_matches.urgent_first(), request.user)
    return render(request, "forum/experiences/mine.html", context)


@preserve_input
def write(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Write an experience or change it; with `post`, begin with the text of one's own post as readers see it."""
    newest = Experience.objects.of(request.user).select_related("post").first()
    post = _offered_post(request, newest)
    if not can_offer_experience(request.user):
        return give_back(request, None)
    if request.method != "POST" and not _can_change(request.user, newest, post):
        return redirect("forum:my-experience")
    form = ExperienceForm(
        request.POST or None,
        anonymous=post is not None and post.alias is not None,
        initial=_initial(newest, post if "post" in request.GET else None),
    )
    context = {"form": form, "consent": consent.TEXT, "post": post, "waiting": waiting_time()}
    if request.method == "POST":
        if form.is_valid() and _sent(request.user, form, post, request.path):
            return redirect("forum:my-experience")
        context |= advice_for(detect({"text": request.POST.get("body", "")[:10_000]}), request.user)
    return render(request, "forum/experiences/write.html", context)


def _offered_post(request: AuthenticatedHttpRequest, newest: Experience | None) -> Post | None:
    """The post in the query string, which must be one's own and published, or the one that the last version came from."""
    if "post" not in request.GET:
        return newest.post if newest else None
    own = Post.objects.of(request.user).filter(state=Post.State.PUBLISHED).select_related("live_revision")
    return get_object_or_404(own, pk=int_or_none(request.GET["post"]))


def _can_change(member: User, newest: Experience | None, post: Post | None) -> bool:
    """Whether no version waits, and the post is still published."""
    waits = newest is not None and newest.state == Experience.State.WAITING
    return can_offer_experience(member, post) and not waits


def _initial(newest: Experience | None, post: Post | None) -> dict[str, str]:
    found = {name: getattr(newest, name) for name in [*Experience.CODED, "shown_as"]} if newest else {}
    if post:
        return found | {"body": public_text(post.live)["body"]}
    return found | ({"body": newest.text} if newest else {})


def _sent(member: User, form: ExperienceForm, post: Post | None, path: str) -> bool:
    """Send the story; if that can't be done, say why. If it sounds like danger, a clinician reads it all the same."""
    story = form.story()
    try:
        offer_experience(story, by=member, post=post)
    except ValidationError as error:
        take_in_outside_text(story.text, source="unsent", by=member, url=path)
        form.add_error("body", error)
        return False
    return True


@never_cache
@login_required
@require_http_methods(["POST"])
def withdraw(request: AuthenticatedHttpRequest) -> HttpResponse:
    withdraw_experiences(request.user)
    messages.success(request, "Your story is withdrawn. No one can read it here anymore.")
    return redirect("forum:my-experience")


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    shown = Experience.objects.filter(state=Experience.State.SHOWN).exclude(author=request.user)
    experience = get_object_or_404(shown.select_related("author"), pk=pk)
    form = RemoveExperienceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        remove_experience(experience, by=request.user, **form.cleaned_data)
        messages.success(request, "Removed. Its author has been told.")
        return redirect("experiences")
    return render(request, "forum/experiences/remove.html", {"form": form, "experience": experience})
