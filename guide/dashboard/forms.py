from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts.models import User
from guide.models import EditorPreference, Feedback


class DigestForm(forms.Form):
    digest = forms.ChoiceField(label="Mail me what’s waiting for me", choices=EditorPreference.Digest)


class FeedbackAnswerForm(forms.ModelForm):
    """What editors add to a reader's feedback."""

    class Meta:
        model = Feedback
        fields = ["assigned_to", "answer", "closed"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "assigned_to" in self.fields:  # absent from the form of the change list
            assigned_to: Any = self.fields["assigned_to"]
            assigned_to.queryset = _assignable_users()


def _assignable_users() -> QuerySet[User]:
    """Return the active staff who may change feedback."""
    permission = Permission.objects.filter(codename="change_feedback", content_type__app_label="guide")
    allowed = Q(is_superuser=True) | Q(groups__permissions__in=permission) | Q(user_permissions__in=permission)
    staff = User.objects.filter(is_staff=True, is_active=True, state=User.State.ACTIVE)
    return staff.filter(allowed).distinct().order_by("display_name")
