"""What is held about oneself, keeping away from others, and leaving."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Block, DataExport, User
from accounts.permissions import can_block_from_profile
from accounts.conduct.forms import BlockForm, LeaveForm
from accounts.profiles import blocks as barrier_services
from accounts.privacy import exports, account_deletion
from core.requests import AuthenticatedHttpRequest
from core.transitions import IllegalTransition


@login_required
@require_POST
def keep_away(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User.objects.present(), pk=pk)
    if not can_block_from_profile(request.user, member):
        raise Http404
    form = BlockForm(request.POST)
    if form.is_valid():
        barrier = barrier_services.block_member(request.user, member, form.cleaned_data["kind"])
        messages.success(request, f"{member} is {barrier.get_kind_display()}. They are not told.")
    return redirect("accounts:blocks")


@never_cache
@login_required
@require_safe
def barriers(request: AuthenticatedHttpRequest) -> HttpResponse:
    rows = Block.objects.filter(owner=request.user).select_related("other").order_by("-created_at")
    return render(request, "accounts/profiles/blocks.html", {"barriers": rows})


@login_required
@require_POST
def end_barrier(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    barrier_services.remove_block(request.user, pk)
    messages.success(request, "You no longer keep away from them.")
    return redirect("accounts:blocks")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: AuthenticatedHttpRequest) -> HttpResponse:
    if request.method == "POST":
        exports.ask_for_export(request.user)
        return redirect("accounts:data")
    exports_of_late = list(request.user.exports.all()[:5])
    is_waiting = any(export.state == DataExport.State.WAITING for export in exports_of_late)
    return render(request, "accounts/privacy/data.html", {"exports": exports_of_late, "is_waiting": is_waiting})


@never_cache
@reauthentication_required
@require_safe
def download(request: AuthenticatedHttpRequest, pk: int) -> FileResponse:
    """One's own copy, by whom has just shown again who they are."""
    export = get_object_or_404(DataExport, pk=pk, user=request.user, state=DataExport.State.READY)
    if not export.file.storage.exists(str(export.file.name)):
        raise Http404
    answer = FileResponse(
        export.file.open(), as_attachment=True, filename="my-data.zip", content_type="application/zip"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@never_cache
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            account_deletion.ask_to_leave(request.user, parting=form.cleaned_data["parting"])
            return redirect("accounts:delete-account")
        except ValidationError as error:
            form.add_error(None, error)
        except IllegalTransition:
            form.add_error(None, "You can't do that with this account right now.")
    return render(request, "accounts/privacy/delete_account.html", {"form": form})


@login_required
@require_POST
def stay(request: AuthenticatedHttpRequest) -> HttpResponse:
    if request.user.state == User.State.LEAVING:
        account_deletion.stay(request.user)
        messages.success(request, "Your account stays. Welcome back.")
    return redirect("accounts:home")
