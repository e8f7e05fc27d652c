"""Data exports and account deletion."""

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
from accounts.privacy.forms import DeleteAccountForm
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
    """Send the member's own export. Requires a recent login."""
    export = get_object_or_404(DataExport, pk=pk, user=request.user, state=DataExport.State.READY)
    if not export.file.storage.exists(str(export.file.name)):
        raise Http404
    response = FileResponse(
        export.file.open(), as_attachment=True, filename="my-data.zip", content_type="application/zip"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = DeleteAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            account_deletion.request_deletion(request.user, posts_choice=form.cleaned_data["posts_choice"])
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
        account_deletion.cancel_deletion(request.user)
        messages.success(request, "We won’t delete your account. Welcome back.")
    return redirect("accounts:home")
