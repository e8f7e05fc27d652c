"""Detect words of a person who may be in danger, to show help lines first. Nothing is stored or sent.

The pattern prefers false positives: they cost a reader a glance, while a miss could cost far more.
"""

import re

_DANGER = re.compile(
    r"""
    suicid | \b988\b | \b911\b | \b999\b
    | \bkill(ing)?\s+(myself|himself|herself|themsel|me\b)
    | \b(want|wanna|going|ready|rather)\s+(to\s+)?(die|be\s+dead)\b | \bwish\s+(i|he|she|they)\s+(was|were)\s+dead\b
    | \bend\s+(it\s+all|my\s+life|his\s+life|her\s+life)\b | \bbetter\s+off\s+dead\b | \bself.?harm | \bhurt(ing)?\s+myself\b
    | \bcan.?t\s+go\s+on\b | \bdon.?t\s+want\s+to\s+(live|be\s+here)\b
    | overdos | \b(o\.?d\.?|oding|od'd)\b | \btook\s+too\s+(much|many)\b
    | \b(won.?t|wont|can.?t|cannot|not)\s+wak(e|ing)(\s+(him|her|them|my\s+\w+))?(\s+up)?\b | \bunconscious | \bunresponsive
    | \b(not|stopped|barely|hardly)\s+breath | \bcan.?t\s+breathe?\b | \b(blue|grey|gray)\s+lips\b | \bturning\s+blue\b
    | \bseizure | \bseizing\b | \bconvuls | \bpoison | \bthroat\s+(is\s+)?(swelling|closing)
    | \b(child|kid|toddler|baby|son|daughter|dog)\s+(ate|swallowed|took)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def may_be_in_danger(text: str) -> bool:
    """Return whether to show help lines before anything else."""
    return bool(_DANGER.search(text.replace("’", "'")))
