from django import forms

from accounts.models import User


class LeaveForm(forms.Form):
    """What happens to the member's posts."""

    parting = forms.ChoiceField(label="My posts", choices=User.Parting.choices, widget=forms.RadioSelect)
