"""Forms for reports, appeals, questions and trust."""

from typing import Any

from django import forms

from forum.moderation import reason_templates

NOTE = forms.Textarea(attrs={"rows": 4})


class ReportMemberForm(forms.Form):
    reason = forms.ChoiceField(label="What’s wrong?", choices=reason_templates.report_choices)
    note = forms.CharField(label="Anything else we should know?", required=False, max_length=1000, widget=NOTE)

    def report_fields(self) -> dict[str, str]:
        return {"reason": self.cleaned_data["reason"], "note": self.cleaned_data["note"]}


class ReportPostForm(ReportMemberForm):
    about = forms.ChoiceField(
        label="What are you reporting?",
        choices=[("post", "This post"), ("member", "The author, not just this post")],
        initial="post",
        widget=forms.RadioSelect,
    )
    field_order = ["about", "reason", "note"]


class AppealForm(forms.Form):
    text = forms.CharField(
        label="Why do you disagree?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="A clinician who didn’t make this decision will read it. You can appeal once.",
    )


class QuestionForm(forms.Form):
    text = forms.CharField(
        label="Your question",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="A moderator will answer. You can ask once about each decision. You can still appeal.",
    )


class CloseReportForm(forms.Form):
    """Dismiss a report, or act on it. Acting on a post removes it, which requires a reason.

    `about_author`: a report on a post asks for its author to be checked.
    """

    action = forms.ChoiceField(label="Decision", choices=[("", "Choose"), ("keep", "Leave it as it is")])
    reason = forms.ChoiceField(
        label="Reason, if you remove it", choices=reason_templates.refusal_choices, required=False
    )
    note = forms.CharField(label="Message to the author", required=False, max_length=2000, widget=NOTE)

    def __init__(
        self, *args: Any, about_post: bool, removable: bool, about_author: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        label = "Remove the post" if about_post else "Ask staff to check this member"
        action: Any = self.fields["action"]
        if removable or not about_post:
            action.choices += [("act", label)]
        if about_author:
            action.choices += [("staff", "Leave the post, and ask staff to check its author")]
        if not (about_post and removable):
            del self.fields["reason"], self.fields["note"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("action") == "act" and "reason" in self.fields and not found.get("reason"):
            self.add_error("reason", "Choose a reason. The author will be told.")
        return found


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label="Your decision",
        choices=[("", "Choose"), ("uphold", "The decision stands"), ("overturn", "Change the decision")],
    )
    answer = forms.CharField(label="Answer to the author", max_length=2000, widget=NOTE)


class TrustForm(forms.Form):
    reason = forms.CharField(
        label="Why do you trust this member?",
        max_length=240,
        help_text="Other moderators can read it; members can’t. It is kept permanently.",
    )
