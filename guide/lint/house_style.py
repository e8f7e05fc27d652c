"""House style: words that the guide does not use, with alternatives, and dosing instructions. Pure functions."""

import re
from collections.abc import Iterator
from typing import NamedTuple

NUMBER = "what the studies found, in numbers"
# Pattern → what to say instead: words that reduce a person to an illness, and words that promise too much.
INSTEAD = {
    r"addicts?|junkies?|druggies?|crackheads?": "“a person with an addiction”",
    r"(?:drug |substance |alcohol )?abusers?|drug users?|drug habits?": "“people who use drugs”, or what they take",
    r"(?<!institute on )(?:drug|alcohol) abuse|substance abuse(?! and mental health)": "“substance use disorder”",
    r"alcoholics?(?! anonymous)|drunkards?|winos?": "“a person with alcohol use disorder”",
    r"clean and sober|drug-free|(?:get|gets|getting|got|stay|stays|stayed|staying) clean": "“in recovery”, “not using”",
    r"(?:clean|dirty) (?:urines?|tests?|samples?|screens?)": "“a test that found no opioids”, or “that found opioids”",
    r"(?<!nicotine )replacement therapy": "“treatment with methadone or buprenorphine”",
    r"non-?complian(?:t|ce)": "“did not take it as planned”, and why",
    r"suffer(?:s|ed|ing)? from (?:addiction|alcoholism)": "“has”, or “lives with”",
    r"miracle|miraculous|magic|transformative|life-changing|guaranteed?|cures?|cured|completely safe|ideal choice": NUMBER,
}
UNWANTED = re.compile(rf"\b(?:{'|'.join(f'({words})' for words in INSTEAD)})\b", re.IGNORECASE)

YOU_MUST = r"\byou (?:should|must|can|could|may|need to|have to|ought to)\s+"
SENTENCE_START = rf"(?:^|[.!?:\]]\s+|^\s*(?:[-*]|\d+\.)\s+|{YOU_MUST}|\b(?:then|and|please|or)\s+)"
DOSING_VERB = (
    r"(?:take|use|swallow|inject|start (?:with|on|at)|begin (?:with|at)|go up to"
    r"|(?:increase|raise) (?:it |the dose )?to)"
)
UNIT = r"\d+(?:[.,]\d+)?\s*(?:mg|milligrams?|mcg|micrograms?|ml)\b"
COUNTED_UNITS = (
    r"(?:half|one|two|three|four|\d+|double|extra|another)\s(?:of )?(?:a |an |the |your )?"
    r"(?:tablet|pill|dose|injection)s?\b"
)
DOSE = re.compile(
    rf"{SENTENCE_START}(?P<dose>{DOSING_VERB}\b[^.\n|]{{0,60}}?(?:{UNIT}|\b{COUNTED_UNITS})"
    r"|(?:double|halve|skip) your (?:next )?dose\b)",
    re.IGNORECASE | re.MULTILINE,
)


class Found(NamedTuple):
    offset: int
    text: str
    instead: str


def unwanted_words(text: str) -> Iterator[Found]:
    """Find words that reduce a person to an illness, or promise too much."""
    alternatives = list(INSTEAD.values())
    for match in UNWANTED.finditer(text):
        yield Found(match.start(), match[0], alternatives[(match.lastindex or 1) - 1])


def dosing_instructions(text: str) -> Iterator[Found]:
    """Find sentences that tell the reader how much to take; reports of a label or a study do not count."""
    for match in DOSE.finditer(text):
        yield Found(match.start("dose"), match["dose"], "what the label says, and that the prescriber decides")
