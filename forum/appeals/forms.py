"""What members say to moderators, and moderators to members."""

from typing import Any

from django import forms

from forum.moderation import reason_templates

NOTE = forms.Textarea(attrs={"rows": 4})


class ReportMemberForm(forms.Form):
    reason = forms.ChoiceField(label="What is wrong?", choices=reason_templates.to_report)
    note = forms.CharField(
        label="Anything else that the moderators should know", required=False, max_length=1000, widget=NOTE
    )

    def said(self) -> dict[str, str]:
        return {"reason": self.cleaned_data["reason"], "note": self.cleaned_data["note"]}


class ReportPostForm(ReportMemberForm):
    about = forms.ChoiceField(
        label="What is it about?",
        choices=[("post", "This post"), ("member", "Its author altogether, not this post alone")],
        initial="post",
        widget=forms.RadioSelect,
    )
    field_order = ["about", "reason", "note"]


class AppealForm(forms.Form):
    text = forms.CharField(
        label="Why you see it differently",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="A moderator who did not make this decision reads it. You can appeal once.",
    )


class QuestionForm(forms.Form):
    text = forms.CharField(
        label="Your question",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="A moderator answers. You can ask once about each decision, and appeal all the same.",
    )


class CloseReportForm(forms.Form):
    """Keep, or act; acting on a post removes it, which needs its reason."""

    action = forms.ChoiceField(label="Decision", choices=[("", "Choose"), ("keep", "Leave it as it is")])
    reason = forms.ChoiceField(label="Reason, where you remove it", choices=reason_templates.to_refuse, required=False)
    note = forms.CharField(label="Words to the author", required=False, max_length=2000, widget=NOTE)

    def __init__(self, *args: Any, about_post: bool, removable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        act = [("act", "Remove the post")] if about_post else [("act", "Ask staff to look at this member")]
        if removable or not about_post:
            action: Any = self.fields["action"]
            action.choices += act
        if not (about_post and removable):
            del self.fields["reason"], self.fields["note"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("action") == "act" and "reason" in self.fields and not found.get("reason"):
            self.add_error("reason", "The author needs to know why.")
        return found


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label="Your decision",
        choices=[("", "Choose"), ("uphold", "The decision stands"), ("overturn", "Change the decision")],
    )
    answer = forms.CharField(label="Answer to the author", max_length=2000, widget=NOTE)


class TrustForm(forms.Form):
    reason = forms.CharField(
        label="Why you trust this member",
        max_length=240,
        help_text="For other moderators. Kept, and not shown to members.",
    )
