"""Proposals and decisions in the admin: read-only lists that link to the review page."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from guide.models import Proposal, ProposalDecision
from guide.permissions import can_see_proposals, is_reviewer
from guide.review import views
from guide.review.actions import ACTIONS


class ReadOnlyAdmin(admin.ModelAdmin):
    """A list without forms or bulk actions."""

    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_see_proposals(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_see_proposals(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class QueueFilter(admin.SimpleListFilter):
    """Filter the list; by default it shows everything not yet published or not yet reviewed."""

    title = "show"
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("review", "Waiting for my review"),
            ("unreviewed", "Live, not yet reviewed"),
            ("mine", "Mine"),
            ("sent-back", "Sent back"),
            ("scheduled", "Scheduled"),
            ("all", "All proposals"),
        ]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [first | {"display": "Not yet published or reviewed"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> QuerySet[Proposal]:
        chosen, found = self.value() or "", Proposal.objects.all()
        for_review = found.for_review_by(request.user) if is_reviewer(request.user) else found.none()
        live = Q(pk__in=found.live_unreviewed().values("pk"))
        parts = {
            "": Q(pk__in=found.unpublished().values("pk")) | live,
            "review": Q(pk__in=for_review.values("pk")),
            "unreviewed": live,
            "mine": Q(pk__in=found.unpublished().values("pk"), author=request.user),
            "sent-back": Q(state=Proposal.State.SENT_BACK),
            "scheduled": Q(state=Proposal.State.SCHEDULED),
        }
        return queryset.filter(parts.get(chosen, Q()))


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    list_display = ["link", "kind", "status", "author", "created_at", "note"]
    list_display_links = None
    list_filter = [QueueFilter, "model"]
    list_select_related = ["author"]
    search_fields = ["label", "note", "revision__body"]
    change_list_template = "guide/review/list.html"

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the review page."""
        if request.method != "GET" or not object_id.isdecimal():
            return super().change_view(request, object_id, *args, **kwargs)
        return redirect("admin:guide_proposal_review", int(object_id))

    @admin.display(description="proposal", ordering="label")
    def link(self, proposal: Proposal) -> str:
        page = reverse("admin:guide_proposal_review", args=[proposal.pk])
        removal = " (removal)" if proposal.removes else ""
        return format_html('<a href="{}">{}</a>{}', page, proposal.label, removal)

    @admin.display(description="for", ordering="model")
    def kind(self, proposal: Proposal) -> str:
        return proposal.kind

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        unreviewed = Proposal.objects.live_unreviewed().filter(pk=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_live_unreviewed=Exists(unreviewed))

    @admin.display(description="state", ordering="state")
    def status(self, proposal: Any) -> str:
        at = proposal.scheduled_for
        if proposal.is_live_unreviewed:
            return "live, not yet reviewed"
        return f"scheduled for {at:%Y-%m-%d %H:%M} UTC" if at else str(proposal.get_state_display())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/review/", view(views.review), name="guide_proposal_review"),
            path("<int:pk>/remarks/", view(views.add_remark), name="guide_proposal_add-remark"),
            path(
                "<int:pk>/remarks/<int:remark>/discard/",
                view(views.discard_remark),
                name="guide_proposal_discard-remark",
            ),
            *(
                path(f"<int:pk>/{name}/", view(partial(views.perform, name=name)), name=f"guide_proposal_{name}")
                for name in ACTIONS
            ),
            *super().get_urls(),
        ]


@admin.register(ProposalDecision)
class ProposalDecisionAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "action", "by", "credential", "decided_at"]
    list_filter = ["action"]
    list_select_related = ["proposal", "by"]
