"""Find people for staff by pseudonym, e-mail address or license number, without any of these in a URL."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import can_find_people, can_verify, is_administrator
from core.requests import AuthenticatedHttpRequest

MAX_FOUND = 20


class PeopleSearchForm(forms.Form):
    words = forms.CharField(label="Pseudonym, e-mail address or license number", max_length=120)


def find_people(words: str, *, by: User) -> list[User]:
    """Return people whose pseudonym contains the words or, where `by` may know it, whose address or license number they are."""
    found = Q(display_name__icontains=words)
    if is_administrator(by):
        found |= Q(email__iexact=words)
    if can_verify(by):
        found |= Q(credentials__license_number__iexact=words) | Q(credentials__npi=words)
    return list(User.objects.present().filter(found).distinct().order_by("display_name")[:MAX_FOUND])


@require_http_methods(["GET", "HEAD", "POST"])
def people_search(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not can_find_people(request.user):
        raise PermissionDenied
    form = PeopleSearchForm(request.POST or None)
    found = find_people(form.cleaned_data["words"], by=request.user) if form.is_valid() else None
    context = {"title": "Find a person", "form": form, "found": found}
    return render(request, "admin/accounts/people_search.html", {**admin.site.each_context(request), **context})
