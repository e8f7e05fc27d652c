"""Find what a change to triage weakens. Pure functions, each of which returns sentences for whoever decides, or nothing."""

import re
from collections.abc import Callable
from typing import Any

from forum.models import Acuteness, Lane
from forum.triage.detection import lines

Content = dict[str, Any]  # of a rule, a list or the text model, as in a TriageVersion
NO_MATCH = Lane.GREEN + 1  # the softened lane of a rule whose softened matches count for nothing
WINDOWS = {"negation_window": "“not” in front of a match", "past_window": "“years ago” near a match"}


def weakens(before: Content, after: Content) -> list[str]:
    """Return what a change takes away from a RED rule. Rules in other lanes may be changed freely, or raised to RED."""
    if before["lane"] != Lane.RED:
        return []
    return [sentence for check in CHECKS if (sentence := check(before, after))]


def _off(before: Content, after: Content) -> str:
    return "Switches the rule off" if before["active"] and not after["active"] else ""


def _lane(before: Content, after: Content) -> str:
    return _lowers("the lane", before["lane"], after["lane"])


def _acuteness(before: Content, after: Content) -> str:
    old, new = Acuteness(before["acuteness"]), Acuteness(after["acuteness"])
    return f"Makes it less urgent within red: from {old.label} to {new.label}" if new > old else ""


def _phrases(before: Content, after: Content) -> str:
    removed, added = _difference(before["phrases"], after["phrases"])
    return _counted("Removes or changes" if added else "Removes", len(removed), "phrase")


def _exceptions(before: Content, after: Content) -> str:
    removed, added = _difference(before["exceptions"], after["exceptions"])
    if removed and not added and exceptions_hold(after):
        return _counted("Removes", len(removed), "exception", "exceptions that kept matches in amber")
    return _counted("Adds or changes" if removed else "Adds", len(added), "exception")


def exceptions_hold(rule: Content) -> bool:
    """Return whether a match lowered to AMBER by an exception could fall lower without it: as negated, past or quoted."""
    softens = rule["minds_quotes"] or any(rule[name] for name in WINDOWS)
    return softens and (rule["softened_lane"] or NO_MATCH) > Lane.AMBER


def _softened_lane(before: Content, after: Content) -> str:
    old, new = before["softened_lane"] or NO_MATCH, after["softened_lane"] or NO_MATCH
    return _lowers("the lane of softened matches", old, new)


def _quotes(before: Content, after: Content) -> str:
    return "Softens matches in quotations" if after["minds_quotes"] and not before["minds_quotes"] else ""


def _window(name: str) -> Callable[[Content, Content], str]:
    def check(before: Content, after: Content) -> str:
        wider = after[name] > before[name]
        return f"Looks further for {WINDOWS[name]}: {after[name]} instead of {before[name]} words" if wider else ""

    return check


def _help(before: Content, after: Content) -> str:
    missing = set(before["help_needs"].split()) - set(after["help_needs"].split())
    return f"Stops showing authors help lines for: {', '.join(sorted(missing))}" if missing else ""


def _advice(before: Content, after: Content) -> str:
    return "Removes the advice to the author" if before["advice"].strip() and not after["advice"].strip() else ""


CHECKS = [
    *(_off, _lane, _acuteness, _phrases, _exceptions, _softened_lane, _quotes),
    *map(_window, WINDOWS),
    *(_help, _advice),
]


def weakens_list(name: str, before: Content, after: Content, red_rules: list[Content]) -> list[str]:
    """Return what a change to a list takes away from the RED rules that use it, in phrases or in exceptions."""
    removed, added = _difference(before["words"], after["words"])
    looked_for = any(name in lists_in(rule["phrases"]) for rule in red_rules)
    excusing = [rule for rule in red_rules if name in lists_in(rule["exceptions"])]
    holding = any(exceptions_hold(rule) for rule in excusing)
    found = [
        looked_for and _counted("Removes", len(removed), "word", "words that red rules look for"),
        excusing and _counted("Adds", len(added), "word", "words to exceptions of red rules"),
        holding and _counted("Removes", len(removed), "word", "words from exceptions that kept matches in amber"),
    ]
    return [sentence for sentence in found if sentence]


def weakens_model(before: Content, after: Content, shipped_threshold: float) -> list[str]:
    """Return what a change weakens in the text model. An empty threshold means the one it was shipped with."""
    found = ["Switches the text model off"] if before["active"] and not after["active"] else []
    old, new = (shipped_threshold if c["threshold"] is None else c["threshold"] for c in (before, after))
    return [*found, f"Raises the threshold from {old:g} to {new:g}: fewer texts are held"] if new > old else found


def lists_in(phrases: str) -> set[str]:
    """Return the names of the lists that a rule's lines use, as in {opioid}."""
    return {name for line in lines(phrases) for name in re.findall(r"\{([a-z-]+)\}", line)}


def _difference(before: str, after: str) -> tuple[set[str], set[str]]:
    """Return the removed and the added lines. Order and comments don't count."""
    old, new = set(lines(before)), set(lines(after))
    return old - new, new - old


def _lowers(what: str, old: int, new: int) -> str:
    names = {**dict(Lane.choices), NO_MATCH: "no match"}
    return f"Lowers {what} from {names[old]} to {names[new]}" if new > old else ""


def _counted(verb: str, number: int, noun: str, nouns: str = "") -> str:
    """Return a phrase such as “Removes 2 phrases”, or "" if there are none."""
    if not number:
        return ""
    rest = (nouns or f"{noun}s").removeprefix(f"{noun}s")
    return f"{verb} {number} {noun}{'' if number == 1 else 's'}{rest}"
