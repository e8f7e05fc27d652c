"""Mute and block members."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Block, User
from accounts.permissions import can_block_from_profile
from accounts.profiles.blocks import block_member, remove_block
from accounts.profiles.forms import BlockForm
from core.requests import AuthenticatedHttpRequest


@login_required
@require_POST
def block(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User.objects.present(), pk=pk)
    if not can_block_from_profile(request.user, member):
        raise Http404
    form = BlockForm(request.POST)
    if form.is_valid():
        row = block_member(request.user, member, form.cleaned_data["kind"])
        messages.success(request, f"You’ve {row.get_kind_display()} {member}. They won’t be told.")
    return redirect("accounts:blocks")


@never_cache
@login_required
@require_safe
def blocks(request: AuthenticatedHttpRequest) -> HttpResponse:
    rows = Block.objects.filter(owner=request.user).select_related("other").order_by("-created_at")
    return render(request, "accounts/profiles/blocks.html", {"blocks": rows})


@login_required
@require_POST
def end_block(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    remove_block(request.user, pk)
    messages.success(request, "Removed. You can see each other again.")
    return redirect("accounts:blocks")
