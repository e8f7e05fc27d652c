"""Changes of the guide's rows: what waits, and the page on which one is read and decided."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from accounts.models import User
from core.requests import AnyUser, AuthenticatedHttpRequest, authenticated_user
from guide.editor.row_forms import ApprovalForm, ReasonForm
from guide.models import ReferenceChange, Source
from guide.permissions import (
    can_publish_change_urgently,
    can_review_change,
    can_see_changes,
    can_submit_change,
    can_take_back_change,
    can_write_change,
    holds_reviewers_right,
)
from guide.review import row_workflow
from guide.review.row_citations import cited_keys
from guide.review.row_constraints import StillNeeded
from guide.review.row_diff import differences
from guide.review.row_preview import preview
from guide.review.row_snapshot import GATED, rebased, snapshot
from guide.review.row_workflow import CannotMove, RowChanged, find_row

State = ReferenceChange.State
REFUSALS = (CannotMove, RowChanged, StillNeeded, ValidationError)


class ReferenceChangeAdmin(admin.ModelAdmin):
    """A record: rows of it are made by the forms of what they change, and moved by the services only."""

    list_display = ["label", "kind", "state", "author", "created_at", "applied_at"]
    list_display_links = None
    list_filter = ["state", "model"]
    list_select_related = ["author"]
    search_fields = ["label", "note"]
    actions = None
    change_list_template = "guide/review/proposal_list.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_see_changes(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_see_changes(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="of", ordering="model")
    def kind(self, change: ReferenceChange) -> str:
        return change.kind

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [_linked, *self.list_display[1:]]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        acts = {
            "submit": self.submit,
            "take-back": self.take_back,
            "drop": self.drop,
            "approve": self.approve,
            "send-back": self.send_back,
            "urgent": self.urgent,
        }
        posts = [path(f"<int:pk>/{n}/", view(require_POST(act)), name=f"guide_change_{n}") for n, act in acts.items()]
        return [
            path("waiting/", view(self.waiting), name="guide_changes_waiting"),
            path("<int:pk>/review/", view(self.review), name="guide_change_review"),
            *posts,
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not object_id.isdigit():
            raise Http404
        return redirect("admin:guide_change_review", self._find(request, int(object_id)).pk)

    def waiting(self, request: HttpRequest) -> HttpResponse:
        """Everything on its way to readers, first what this person may decide."""
        if not can_see_changes(request.user):
            raise Http404
        lists = _lists(authenticated_user(request))
        shown = {"lists": lists, "nothing": not any(found for _, found in lists), "title": "Changes that wait"}
        context = {**self.admin_site.each_context(request), **shown}
        return render(request, "guide/review/waiting.html", context)

    def _find(self, request: HttpRequest, pk: int) -> ReferenceChange:
        found = ReferenceChange.objects.select_related("author", "replaces").filter(pk=pk).first()
        if found is None or not can_see_changes(request.user):
            raise Http404
        return found

    def review(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._find(request, pk))

    def _page(self, request: HttpRequest, change: ReferenceChange, status: int = 200, **forms: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **_shown(change),
            **_offered(request.user, change),
            "approval": ApprovalForm(),
            "sending_back": ReasonForm(label="What should be different"),
            "urgency": ReasonForm(label="Why it cannot wait"),
            "title": f"{GATED[change.model]._meta.verbose_name}: {change.label}",
        }
        return render(request, "guide/review/row_review.html", context | forms, status=status)

    def _act(self, request: HttpRequest, change: ReferenceChange, act: Callable[[], object], said: str) -> HttpResponse:
        """Do it, and say so; or show the page anew, as it is now, with why not."""
        try:
            act()
        except REFUSALS as error:
            change.refresh_from_db()
            why = error.messages if isinstance(error, ValidationError) else [str(error)]
            return self._page(request, change, 409, refusals=why)
        messages.success(request, said)
        return redirect("admin:guide_change_review", change.pk)

    def submit(self, request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
        change = self._find(request, pk)
        said = "Sent. Somebody else reads it now; readers see no change yet."
        return self._act(request, change, lambda: row_workflow.submit_change(change, by=request.user), said)

    def take_back(self, request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
        change = self._find(request, pk)
        act = lambda: row_workflow.take_back_change(change, by=request.user)  # noqa: E731
        return self._act(request, change, act, "It is a draft again.")

    def drop(self, request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
        change = self._find(request, pk)
        act = lambda: row_workflow.drop_change(change, by=request.user)  # noqa: E731
        return self._act(request, change, act, "Given up. The row stays as readers see it.")

    def approve(self, request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
        change = self._find(request, pk)
        if not can_review_change(request.user, change):
            raise PermissionDenied
        form = ApprovalForm(request.POST)
        if not form.is_valid():
            return self._page(request, change, approval=form)
        given = form.cleaned_data
        act = lambda: row_workflow.approve_change(change, by=request.user, **given)  # noqa: E731
        said = "Approved for its time." if given["live_at"] else "Approved. Readers see it now."
        return self._act(request, change, act, said)

    def send_back(self, request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
        change = self._find(request, pk)
        form = ReasonForm(request.POST, label="What should be different")
        if not form.is_valid():
            return self._page(request, change, sending_back=form)
        act = lambda: row_workflow.send_back_change(change, by=request.user, **form.cleaned_data)  # noqa: E731
        return self._act(request, change, act, "Sent back with your words.")

    def urgent(self, request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
        change = self._find(request, pk)
        form = ReasonForm(request.POST, label="Why it cannot wait")
        if not form.is_valid():
            return self._page(request, change, urgency=form)
        act = lambda: row_workflow.publish_change_urgently(change, by=request.user, **form.cleaned_data)  # noqa: E731
        return self._act(request, change, act, "Readers see it now. The desk says that nobody else has read it yet.")


@admin.display(description="change", ordering="label")
def _linked(change: ReferenceChange) -> Any:
    return format_html('<a href="{}">{}</a>', reverse("admin:guide_change_review", args=[change.pk]), change.label)


def _lists(user: User) -> list[tuple[str, list[ReferenceChange]]]:
    """(heading, changes) in the order in which this person should see to them."""
    waiting = list(ReferenceChange.objects.open().select_related("author"))
    for_me = (
        set(ReferenceChange.objects.for_review_by(user).values_list("pk", flat=True))
        if holds_reviewers_right(user)
        else set()
    )
    mine = [c for c in waiting if c.author_id == user.pk]
    others = [c for c in waiting if c.author_id != user.pk and c.pk not in for_me]
    return [
        ("For you to read and decide", [c for c in waiting if c.pk in for_me]),
        ("Published urgently, not yet read by a second person", _with_author(ReferenceChange.objects.unread_urgent())),
        ("Yours", mine),
        ("Of others", others),
        ("Approved for a time to come", _with_author(ReferenceChange.objects.planned().order_by("live_at"))),
    ]


def _with_author(found: Any) -> list[ReferenceChange]:
    return list(found.select_related("author"))


def _shown(change: ReferenceChange) -> dict[str, Any]:
    """What a reader of the change needs: how it differs from what is out there, how it will look, what it cites."""
    model = GATED[change.model]
    now = change.before if change.applied_at else snapshot(find_row(change.model, change.row))
    moved_on = now != change.before
    fields = rebased(change.fields, change.before, now) if moved_on and not change.removes else change.fields
    return {
        "change": change,
        "kind": model._meta.verbose_name,
        "differences": differences(model, now, fields),
        "meanwhile": differences(model, change.before, now) if moved_on else [],
        "page": preview(change.model, fields or now, change.row) if fields or now else "",
        "sources": Source.objects.filter(key__in=cited_keys(model, fields)),
        "history": change.decisions.select_related("by").order_by("decided_at"),
        "edit_url": _edit_url(change),
    }


def _edit_url(change: ReferenceChange) -> str:
    if change.row is None:
        return reverse(f"admin:guide_{change.model}_add") + f"?change={change.pk}"
    return reverse(f"admin:guide_{change.model}_change", args=[change.row])


def _offered(user: AnyUser, change: ReferenceChange) -> dict[str, bool]:
    """Which acts the page offers; the services ask again."""
    unread = ReferenceChange.objects.unread_urgent().filter(pk=change.pk).exists()
    planned = change.state == State.APPROVED and not change.applied_at
    is_open = change.state in (State.DRAFT, State.SUBMITTED, State.SENT_BACK)
    reviewing = change.state == State.SUBMITTED or unread or planned
    return {
        "may_edit": is_open and not change.removes and can_write_change(user, change.model),
        "may_submit": change.state in (State.DRAFT, State.SENT_BACK) and can_submit_change(user, change),
        "may_take_back": (change.state == State.SUBMITTED or planned) and can_take_back_change(user, change),
        "may_approve": (change.state == State.SUBMITTED or unread) and can_review_change(user, change),
        "may_send_back": reviewing and not unread and can_review_change(user, change),
        "may_drop": change.state in (State.DRAFT, State.SENT_BACK) and can_submit_change(user, change),
        "may_publish": is_open and can_publish_change_urgently(user, change),
        "unread": unread,
    }
