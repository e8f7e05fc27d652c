"""Forms of triage rules, lists and the text model, and of the second person's answer."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.models import model_to_dict

from forum.models import TriageList, TriageModel, TriageRule
from forum.triage import proposals, rule_store
from forum.triage.detection import lines

MATCHING = ["key", "title", "lane", "acuteness", "active", "phrases", "exceptions"]
CONTEXT = ["negation_window", "past_window", "minds_quotes", "softened_lane"]
ANSWER = ["help_needs", "advice", "note"]
EXAMPLES = ["should_match", "should_not_match"]


class VersionedForm(forms.ModelForm):
    """A change to triage. One that weakens it needs a reason, and `propose` to send it to a second person."""

    reason = forms.CharField(
        label="Why should triage be weaker here?",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Moderators and administrators read it.",
    )
    propose = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weakening: list[str] = []

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors:
            self.check_examples(found)
        if not self.errors and self.instance.pk:
            self._check_weakening(found)
        return found

    def check_examples(self, found: dict[str, Any]) -> None:
        """Add an error for each example that would fail."""

    def _check_weakening(self, found: dict[str, Any]) -> None:
        self.weakening = proposals.weakened_by(self.instance, model_to_dict(self.instance) | found)
        if not self.weakening:
            return
        if proposals.waiting_proposal(self.instance):
            self.add_error(None, proposals.ALREADY_WAITING)
        elif not found["propose"]:
            self.add_error(None, "This change needs a second person. Nothing has been saved yet.")
        elif not found["reason"].strip():
            self.add_error("reason", "Say why, so that the second person can decide.")

    def can_be_tried(self) -> bool:
        """Return whether the form is valid, or lacks nothing but a second person and a reason."""
        return self.is_valid() or (bool(self.weakening) and not set(self.errors) - {NON_FIELD_ERRORS, "reason"})


class RuleForm(VersionedForm):
    class Meta:
        model = TriageRule
        fields = [*MATCHING, *CONTEXT, *ANSWER, *EXAMPLES]

    def clean_phrases(self) -> str:
        return self._readable("phrases")

    def clean_exceptions(self) -> str:
        return self._readable("exceptions")

    def _readable(self, name: str) -> str:
        """Return the field's text. Raise ValidationError that names each line triage cannot read."""
        text = self.cleaned_data[name]
        if problems := rule_store.line_problems(text, exceptions=name == "exceptions"):
            raise ValidationError(problems)
        return text

    def check_examples(self, found: dict[str, Any]) -> None:
        """Refuse rules that expand to too many phrases or fail their own examples."""
        rule = TriageRule(**{name: value for name, value in found.items() if name in self.Meta.fields})
        for problem in rule_store.problems(rule, rule_store.named_lists()):
            self.add_error("phrases", problem)


class ListForm(VersionedForm):
    class Meta:
        model = TriageList
        fields = ["name", "words"]

    def check_examples(self, found: dict[str, Any]) -> None:
        name = found.get("name") or self.instance.name
        if problems := rule_store.list_problems(name, lines(found.get("words", ""))):
            self.add_error("words", problems[:5])


class TextModelForm(VersionedForm):
    class Meta:
        model = TriageModel
        fields = ["active", "threshold"]


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Your comment (optional)",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
        help_text="Moderators and administrators read it.",
    )
