"""Admin pages for users and sanctions. They show no secrets and delete no one; sanctions go through `conduct.sanctions`."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as StockGroupAdmin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

from accounts.admin.people_search import people_search
from accounts.appointments import appoint, dismiss, roles_of
from accounts.auth.reauthentication import recent_authentication_required
from accounts.conduct import sanctions
from accounts.conduct.forms import AnswerAppealForm, LiftForm, RoleForm, SanctionForm
from accounts.models import Sanction, SanctionAppeal, User
from accounts.notifications.staff_actions import (
    ADDRESS,
    PASSWORD,
    RIGHTS,
    tell_account_changed,
    tell_former_address,
    tell_group_changed,
)
from accounts.permissions import can_appoint, can_decide_sanction_appeal, can_sanction
from core.requests import AuthenticatedHttpRequest
from core.transitions import IllegalTransition


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "display_name"]
        field_classes = {"email": forms.EmailField}


@admin.register(User)
class UserAdmin(StockUserAdmin):
    ordering = ["display_name"]
    list_display = ["display_name", "is_staff", "is_active", "state", "date_joined"]
    search_fields = ["display_name"]
    list_filter = ["is_staff", "is_active", "groups", "state"]
    add_form = UserCreationForm
    add_fieldsets = [(None, {"fields": ["email", "display_name", "usable_password", "password1", "password2"]})]
    readonly_fields = ["last_login", "date_joined", "state"]
    change_form_template = "admin/accounts/user.html"
    change_list_template = "admin/accounts/users.html"
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave out the authors of questions without an account, who are no members."""
        return super().get_queryset(request).exclude(state=User.State.VISITOR)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never delete a row that other rows refer to; accounts are erased by `privacy.account_deletion`, after two weeks."""
        return False

    def get_list_display(self, request: HttpRequest) -> Any:
        """Show e-mail addresses to administrators only; other staff know people by their pseudonym."""
        return [*self.list_display, "email"] if request.user.is_superuser else self.list_display

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return [*self.search_fields, "email"] if request.user.is_superuser else self.search_fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show only the pseudonym to staff who are not administrators. The password hash is never shown."""
        if obj is None:
            return self.add_fieldsets
        if not request.user.is_superuser:
            return [(None, {"fields": ["display_name", "state", "date_joined"]})]
        return [
            (None, {"fields": ["email", "display_name"]}),
            ("State", {"fields": ["is_active", "state", "last_login", "date_joined"]}),
        ]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Refuse filters on hidden columns: `?email__startswith=a` would reveal an address letter by letter."""
        shown = lookup.split("__", maxsplit=1)[0] in {*self.list_display, *self.list_filter}
        return (shown or request.user.is_superuser) and super().lookup_allowed(lookup, value, request)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("find/", view(people_search), name="accounts_user_find"),
            path("<int:pk>/roles/", view(self.roles), name="accounts_user_roles"),
            path("<int:pk>/sanction/", view(self.sanction), name="accounts_user_sanction"),
            path("sanction/<int:pk>/lift/", view(self.lift), name="accounts_sanction_lift"),
            path("appeal/<int:pk>/", view(self.appeal), name="accounts_sanction_appeal"),
            *super().get_urls(),
        ]

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """Let verifiers look at a member at any time; only administrators change anything here."""
        if self.has_change_permission(request):
            return self._guarded_changeform_view(request, object_id, *args, **kwargs)
        return super().changeform_view(request, object_id, *args, **kwargs)

    @recent_authentication_required
    def _guarded_changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    @recent_authentication_required
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            tell_account_changed(User.objects.get(pk=id), what=PASSWORD)
        return response

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save, and tell the member and all administrators what changed."""
        super().save_related(request, form, formsets, change)
        member, changed = form.instance, set(form.changed_data)
        if "is_active" in changed:
            tell_account_changed(member, what=RIGHTS)
        if change and "email" in changed:
            tell_account_changed(member, what=ADDRESS)
            tell_former_address(member, form.initial["email"])

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        member = self.get_object(request, object_id)
        context = extra_context or {}
        if member and self.has_view_permission(request, member):
            rows = member.sanctions.select_related("by", "lift", "appeal")
            answerable = {s.pk for s in rows if s.awaits_answer and can_decide_sanction_appeal(request.user, s.appeal)}
            context |= {"sanctions": rows, "may_sanction": can_sanction(request.user, member), "answerable": answerable}
            context |= {"may_appoint": can_appoint(request.user, member)}
        return super().change_view(request, object_id, form_url, context)

    @recent_authentication_required
    def roles(self, request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
        """Give the member a role, or take one away."""
        member = get_object_or_404(User.objects.present(), pk=pk)
        if not can_appoint(request.user, member):
            raise PermissionDenied
        form = RoleForm(request.POST or None, held=roles_of(member))
        if request.method == "POST" and form.is_valid():
            change = appoint if form.cleaned_data["given"] else dismiss
            words = {"role": form.cleaned_data["role"], "reason": form.cleaned_data["reason"]}
            try:
                change(member, by=request.user, **words)
            except ValidationError as error:
                form.add_error("change", error)
            else:
                messages.success(request, "Done. They and all administrators have been told.")
                return redirect("admin:accounts_user_change", member.pk)
        changes = member.role_changes.select_related("by")
        return self._page(request, form, member, title="Change the roles", role_changes=changes)

    def sanction(self, request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
        member = get_object_or_404(User.objects.present(), pk=pk)
        if not can_sanction(request.user, member):
            raise PermissionDenied
        form = SanctionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            sanctions.impose(member, by=request.user, **form.cleaned_data)
            messages.success(request, "Done. The member has been notified.")
            return redirect("admin:accounts_user_change", member.pk)
        return self._page(request, form, member, title="Warn, limit, suspend or close")

    def lift(self, request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
        found = get_object_or_404(Sanction.objects.select_related("user"), pk=pk)
        if not can_sanction(request.user, found.user):
            raise PermissionDenied
        form = LiftForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._carry_out(
                request, found.user, lambda: sanctions.lift(found, by=request.user, **form.cleaned_data)
            )
        return self._page(request, form, found.user, title="Lift the sanction", sanction=found)

    def appeal(self, request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
        found = get_object_or_404(SanctionAppeal.objects.select_related("sanction__user"), pk=pk)
        if not can_decide_sanction_appeal(request.user, found):
            raise PermissionDenied
        form, member = AnswerAppealForm(request.POST or None), found.sanction.user
        if request.method == "POST" and form.is_valid():
            answer = {"grant": form.cleaned_data["grant"] == "yes", "answer": form.cleaned_data["answer"]}
            return self._carry_out(request, member, lambda: sanctions.decide_appeal(found, by=request.user, **answer))
        return self._page(request, form, member, title="Answer the appeal", sanction=found.sanction, appeal=found)

    def _carry_out(self, request: HttpRequest, member: User, action: Any) -> HttpResponse:
        try:
            action()
            messages.success(request, "Done. The member has been notified.")
        except IllegalTransition as error:
            messages.error(request, str(error))
        return redirect("admin:accounts_user_change", member.pk)

    def _page(self, request: HttpRequest, form: forms.BaseForm, member: User, **shown: Any) -> HttpResponse:
        context = {"form": form, "member": member, **shown}
        return render(request, "admin/accounts/conduct.html", {**self.admin_site.each_context(request), **context})


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(StockGroupAdmin):
    """Groups and their permissions. Their members and all administrators are told of a change."""

    @recent_authentication_required
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "permissions" in form.changed_data:
            tell_group_changed(form.instance)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never delete a group: the roles are made of them (accounts/roles.py)."""
        return False
