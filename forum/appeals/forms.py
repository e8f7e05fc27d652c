"""Forms for reports, appeals, questions and trust."""

from django import forms

from forum.moderation import reason_templates

NOTE = forms.Textarea(attrs={"rows": 4})


class ReportMemberForm(forms.Form):
    reason = forms.ChoiceField(
        label="What’s wrong?",
        choices=reason_templates.report_choices,
        error_messages={"required": "Choose what’s wrong.", "invalid_choice": "Choose what’s wrong."},
    )
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


class AnswerToMessageForm(QuestionForm):
    text = forms.CharField(
        label="Your answer",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Moderators read it, and no one else. You can answer each message once.",
    )


class TrustForm(forms.Form):
    reason = forms.CharField(
        label="Why do you trust this member?",
        max_length=240,
        help_text="Other moderators can read it; members can’t. It is kept permanently.",
    )
