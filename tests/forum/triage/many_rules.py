"""Many rules for measurements: the default rules, and copies with made-up words."""

import re

from core.yaml_text import load_yaml
from forum.models import Lane, TriageRule
from forum.triage.detection import RuleSet
from forum.triage.phrase_syntax import COMMON
from forum.triage.rule_store import CONTENT


def many_rules(count):
    content = load_yaml(CONTENT.read_text())
    rules = [_rule(content["rules"][i % len(content["rules"])], i // len(content["rules"])) for i in range(count)]
    return RuleSet(rules, content["lists"])


def _rule(fields, copy):
    text = {name: "\n".join(_other(line, copy) for line in fields.get(name, [])) for name in ("phrases", "exceptions")}
    return TriageRule(key=f"{fields['key']}-{copy}", title=fields["title"], lane=Lane[fields["lane"]], **text)


def _other(line, copy):
    """Replace rare words by words that occur in no text; common ones stay, as in real rules."""
    spoken = r"(?<![{\w.])([a-z]{4,})(?![\w}-])"
    return re.sub(
        spoken, lambda m: m[1] if not copy or m[1] in COMMON else f"{m[1][::-1]}{'abcdefghijklmnop'[copy]}", line
    )
