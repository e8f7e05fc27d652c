"""Export one's own data, delete the account."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import DataExport, User
from accounts.privacy import account_deletion, exports
from accounts.privacy.forms import LeaveForm
from core.requests import AuthenticatedHttpRequest
from core.transitions import IllegalTransition


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: AuthenticatedHttpRequest) -> HttpResponse:
    if request.method == "POST":
        exports.ask_for_export(request.user)
        return redirect("accounts:data")
    recent_exports = list(request.user.exports.all()[:5])
    is_waiting = any(export.state == DataExport.State.WAITING for export in recent_exports)
    return render(request, "accounts/privacy/data.html", {"exports": recent_exports, "is_waiting": is_waiting})


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
def delete_account(request: AuthenticatedHttpRequest) -> HttpResponse:
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
def cancel_deletion(request: AuthenticatedHttpRequest) -> HttpResponse:
    if request.user.state == User.State.LEAVING:
        account_deletion.stay(request.user)
        messages.success(request, "Your account stays. Welcome back.")
    return redirect("accounts:home")
