from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts.models import User
from guide.models import EditorPreference, Feedback


class DigestForm(forms.Form):
    digest = forms.ChoiceField(label="Mail me what waits for me", choices=EditorPreference.Digest)


class FeedbackAnswerForm(forms.ModelForm):
    """What the editors add to a reader's words."""

    class Meta:
        model = Feedback
        fields = ["assigned_to", "answer", "closed"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "assigned_to" in self.fields:  # the list's form shows one column of it only
            assigned_to: Any = self.fields["assigned_to"]
            assigned_to.queryset = _who_answers()


def _who_answers() -> QuerySet[User]:
    """Staff who may change feedback: nobody is given what they cannot open."""
    right = Permission.objects.filter(codename="change_feedback", content_type__app_label="guide")
    able = Q(is_superuser=True) | Q(groups__permissions__in=right) | Q(user_permissions__in=right)
    here = User.objects.filter(is_staff=True, is_active=True, state=User.State.ACTIVE)
    return here.filter(able).distinct().order_by("display_name")
