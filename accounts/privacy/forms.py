from django import forms

from accounts.models import User


class DeleteAccountForm(forms.Form):
    posts_choice = forms.ChoiceField(label="My posts", choices=User.PostsChoice.choices, widget=forms.RadioSelect)
