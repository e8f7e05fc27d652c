"""The team's board: duty, rota, what waits, read-only times, and words among moderators. Works without JavaScript."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.params import int_or_none
from core.requests import AuthenticatedHttpRequest
from forum.models import Duty, PrivateNote, ReviewItem
from forum.moderation.access import for_moderators
from forum.permissions import can_decide_item, can_lead_team, can_plan_shift
from forum.posting import read_only
from forum.team import board, handover, rota
from forum.team import forms as team_forms

View = Callable[..., HttpResponse]


def in_own_time(view: View) -> View:
    """For moderators, with all times of the page and of its forms in the time zone of who looks."""

    @wraps(view)
    def timed(request: AuthenticatedHttpRequest, **kwargs: Any) -> HttpResponse:
        with timezone.override(ZoneInfo(request.user.time_zone)):
            return view(request, **kwargs)

    return for_moderators(timed)


def _page(request: AuthenticatedHttpRequest, **sent: Form) -> HttpResponse:
    """The whole board; `sent` are forms that came back with an error, in place of empty ones."""
    forms: dict[str, Form] = {
        "on_form": team_forms.OnDutyForm(),
        "off_form": team_forms.OffDutyForm(),
        "shift_form": team_forms.ShiftForm(user=request.user),
        "closing_form": team_forms.ReadOnlyForm(),
    }
    context = board.board(request.user) | board.beside(request.user) | forms | sent
    return render(request, "forum/team/duty_board.html", context)


@in_own_time
@require_safe
def show(request: AuthenticatedHttpRequest) -> HttpResponse:
    return _page(request)


@in_own_time
@require_safe
def now_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "forum/team/_board.html", board.board(request.user))


@in_own_time
@require_POST
def come_on(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = team_forms.OnDutyForm(request.POST)
    if not form.is_valid():
        return _page(request, on_form=form)
    made = rota.come_on(by=request.user, hours=form.cleaned_data["hours"])
    messages.success(request, f"You are on duty until {timezone.localtime(made.ends_at):%H:%M}. Thank you.")
    return redirect("forum:duty")


@in_own_time
@require_POST
def go_off(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = team_forms.OffDutyForm(request.POST)
    if not form.is_valid():
        return _page(request, off_form=form)
    left = rota.go_off(by=request.user, note=form.cleaned_data["note"])
    messages.success(request, "You are off duty. Thank you." + " Your words wait for whoever comes next." * bool(left))
    return redirect("forum:duty")


@in_own_time
@require_POST
def pause(request: AuthenticatedHttpRequest) -> HttpResponse:
    back = rota.pause(by=request.user)
    when = f"You are on duty again at {timezone.localtime(back.starts_at):%H:%M}." if back else "You are off duty."
    messages.success(request, f"Rest well. {when}")
    return redirect("forum:duty")


@for_moderators
@require_POST
def here(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Said by the script of the queue's pages once a minute while they are looked at."""
    rota.be_here(request.user)
    return HttpResponse(status=204)


@in_own_time
@require_POST
def add_shift(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = team_forms.ShiftForm(request.POST, user=request.user)
    if _planned(request, form):
        return redirect("forum:duty")
    return _page(request, shift_form=form)


@in_own_time
@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = _shift(request, pk)
    initial = {"moderator": found.moderator_id, "starts_at": found.starts_at, "ends_at": found.ends_at}
    form = team_forms.ShiftForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and _planned(request, form, instead_of=found.pk):
        return redirect("forum:duty")
    return render(request, "forum/team/shift.html", {"form": form, "shift": found})


def _planned(request: AuthenticatedHttpRequest, form: Any, *, instead_of: int = 0) -> bool:
    """Whether it stands in the rota now; else the form says why not."""
    if not form.is_valid():
        return False
    try:
        rota.plan_shift(**form.shift(), by=request.user, instead_of=instead_of)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, "The shift is in the rota.")
    return True


@in_own_time
@require_POST
def withdraw_shift(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    try:
        rota.withdraw_shift(_shift(request, pk), by=request.user)
        messages.success(request, "The shift was withdrawn.")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("forum:duty")


def _shift(request: HttpRequest, pk: int) -> Duty:
    """One's own, or for the lead anybody's."""
    found = get_object_or_404(Duty.objects.select_related("moderator"), pk=pk)
    if not can_plan_shift(request.user, found.moderator):
        raise Http404
    return found


@for_moderators
@require_POST
def note_read(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    left = PrivateNote.objects.filter(kind=PrivateNote.Kind.HAND_OVER)
    handover.have_read(get_object_or_404(left, pk=pk), by=request.user)
    return redirect("forum:duty")


@for_moderators
@require_http_methods(["GET", "HEAD", "POST"])
def talk(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Somebody would like to talk, about an item or about nothing that has a number."""
    item = _item(request)
    form = team_forms.TalkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        handover.ask_to_talk(by=request.user, item=item, **form.cleaned_data)
        messages.success(request, "The lead knows, and will come to you. Until then, do rest.")
        return redirect("forum:review-queue")
    return render(request, "forum/team/debrief.html", {"form": form, "item": item})


def _item(request: HttpRequest) -> ReviewItem | None:
    number = int_or_none(request.POST.get("item") or request.GET.get("item"))
    if number is None:
        return None
    found = get_object_or_404(ReviewItem.objects.select_related("post"), pk=number)
    if not can_decide_item(request.user, found):
        raise Http404
    return found


@for_moderators
@require_POST
def close_talk(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    _lead(request)
    wishes = PrivateNote.objects.filter(kind=PrivateNote.Kind.DEBRIEF)
    handover.close_talk(get_object_or_404(wishes, pk=pk), by=request.user)
    return redirect("forum:duty")


@in_own_time
@require_POST
def close_forum(request: AuthenticatedHttpRequest) -> HttpResponse:
    _lead(request)
    form = team_forms.ReadOnlyForm(request.POST)
    if not form.is_valid():
        return _page(request, closing_form=form)
    read_only.begin(by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "Members can read and write drafts now, and send nothing until you open it again.")
    return redirect("forum:duty")


@for_moderators
@require_POST
def open_forum(request: AuthenticatedHttpRequest) -> HttpResponse:
    _lead(request)
    read_only.end(by=request.user)
    messages.success(request, "Members can send posts again.")
    return redirect("forum:duty")


def _lead(request: HttpRequest) -> None:
    """For other moderators there is no such act."""
    if not can_lead_team(request.user):
        raise Http404
