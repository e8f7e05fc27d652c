"""Views of the duty board. They work without JavaScript."""

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
from forum.moderation import break_suggestion
from forum.moderation.access import moderator_required
from forum.moderation.item_presence import record_look
from forum.permissions import can_decide_item, can_lead_team, can_plan_shift
from forum.posting import read_only
from forum.team import handover, rota
from forum.team.board import board_context, lead_context
from forum.team.forms import DebriefForm, OffDutyForm, OnDutyForm, ReadOnlyForm, ShiftForm

View = Callable[..., HttpResponse]


def in_user_time_zone(view: View) -> View:
    """Restrict a view to moderators, and show and parse all times in the user's time zone."""

    @wraps(view)
    def localized(request: AuthenticatedHttpRequest, **kwargs: Any) -> HttpResponse:
        with timezone.override(ZoneInfo(request.user.time_zone)):
            return view(request, **kwargs)

    return moderator_required(localized)


def _page(request: AuthenticatedHttpRequest, **bound_forms: Form) -> HttpResponse:
    """Render the whole board. `bound_forms`, which have errors, replace the empty forms."""
    forms: dict[str, Form] = {
        "on_form": OnDutyForm(),
        "off_form": OffDutyForm(),
        "shift_form": ShiftForm(user=request.user),
        "closing_form": ReadOnlyForm(),
    }
    context = board_context(request.user) | lead_context(request.user) | forms | bound_forms
    return render(request, "forum/team/duty_board.html", context)


@in_user_time_zone
@require_safe
def duty_board(request: AuthenticatedHttpRequest) -> HttpResponse:
    return _page(request)


@in_user_time_zone
@require_safe
def board_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "forum/team/_board.html", board_context(request.user))


@in_user_time_zone
@require_POST
def start_duty(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = OnDutyForm(request.POST)
    if not form.is_valid():
        return _page(request, on_form=form)
    duty = rota.start_duty(by=request.user, hours=form.cleaned_data["hours"])
    messages.success(request, f"You’re on duty until {timezone.localtime(duty.ends_at):%H:%M}. Thank you.")
    return redirect("forum:duty")


@in_user_time_zone
@require_POST
def end_duty(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = OffDutyForm(request.POST)
    if not form.is_valid():
        return _page(request, off_form=form)
    note = rota.end_duty(by=request.user, note=form.cleaned_data["note"])
    messages.success(request, "You’re off duty. Thank you." + " Your note is on the board." * bool(note))
    return redirect("forum:duty")


@in_user_time_zone
@require_POST
def pause_duty(request: AuthenticatedHttpRequest) -> HttpResponse:
    rest = rota.pause_duty(by=request.user)
    status = f"You’ll be on duty again at {timezone.localtime(rest.starts_at):%H:%M}." if rest else "You’re off duty."
    messages.success(request, f"Enjoy your break. {status}")
    return redirect("forum:duty")


@moderator_required
@require_POST
def presence(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Record presence. The queue's pages call this once a minute while they are visible."""
    rota.record_presence(request.user)
    item = _item(request)
    if item:
        record_look(item, by=request.user)
    return HttpResponse(status=204)


@in_user_time_zone
@require_POST
def add_shift(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = ShiftForm(request.POST, user=request.user)
    if _save_shift(request, form):
        return redirect("forum:duty")
    return _page(request, shift_form=form)


@in_user_time_zone
@require_http_methods(["GET", "HEAD", "POST"])
def change_shift(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = _shift(request, pk)
    initial = {"moderator": found.moderator_id, "starts_at": found.starts_at, "ends_at": found.ends_at}
    form = ShiftForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and _save_shift(request, form, instead_of=found.pk):
        return redirect("forum:duty")
    return render(request, "forum/team/shift.html", {"form": form, "shift": found})


def _save_shift(request: AuthenticatedHttpRequest, form: Any, *, instead_of: int = 0) -> bool:
    """Save the shift. Return False and add errors to the form if that is not possible."""
    if not form.is_valid():
        return False
    try:
        rota.plan_shift(**form.shift_fields(), by=request.user, instead_of=instead_of)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, "Shift saved.")
    return True


@in_user_time_zone
@require_POST
def withdraw_shift(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    try:
        rota.withdraw_shift(_shift(request, pk), by=request.user)
        messages.success(request, "Shift withdrawn.")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("forum:duty")


def _shift(request: HttpRequest, pk: int) -> Duty:
    """Return a shift that the user may plan. Raise Http404 for others."""
    found = get_object_or_404(Duty.objects.select_related("moderator"), pk=pk)
    if not can_plan_shift(request.user, found.moderator):
        raise Http404
    return found


@moderator_required
@require_POST
def mark_note_read(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    notes = PrivateNote.objects.filter(kind=PrivateNote.Kind.HAND_OVER)
    handover.mark_read(get_object_or_404(notes, pk=pk), by=request.user)
    return redirect("forum:review-queue" if "from_queue" in request.POST else "forum:duty")


@moderator_required
@require_POST
def dismiss_break(request: AuthenticatedHttpRequest) -> HttpResponse:
    break_suggestion.dismiss(request)
    return redirect("forum:review-queue")


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def debrief(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Ask the lead for a talk, about an item or in general."""
    item = _item(request)
    form = DebriefForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        handover.request_debrief(by=request.user, item=item, **form.cleaned_data)
        messages.success(request, "We’ve told the lead, who will get in touch with you. Take a break if you can.")
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


@moderator_required
@require_POST
def close_debrief(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    _require_lead(request)
    debriefs = PrivateNote.objects.filter(kind=PrivateNote.Kind.DEBRIEF)
    handover.close_debrief(get_object_or_404(debriefs, pk=pk), by=request.user)
    return redirect("forum:duty")


@in_user_time_zone
@require_POST
def close_forum(request: AuthenticatedHttpRequest) -> HttpResponse:
    _require_lead(request)
    form = ReadOnlyForm(request.POST)
    if not form.is_valid():
        return _page(request, closing_form=form)
    read_only.begin(by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "The forum is closed to new posts. Members can still read and write drafts.")
    return redirect("forum:duty")


@moderator_required
@require_POST
def open_forum(request: AuthenticatedHttpRequest) -> HttpResponse:
    _require_lead(request)
    read_only.end(by=request.user)
    messages.success(request, "The forum is open again.")
    return redirect("forum:duty")


def _require_lead(request: HttpRequest) -> None:
    """Raise Http404 unless the user is the lead."""
    if not can_lead_team(request.user):
        raise Http404
