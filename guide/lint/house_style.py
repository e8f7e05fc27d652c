"""Words that a text of the guide must not hold, and what to say instead. A leaf: plain text in, places in it out."""

import re
from collections.abc import Iterator
from typing import NamedTuple

NUMBER = "what the studies found, in numbers"
# What is matched → what to say instead: words that make an illness a person's name, and words that promise too much.
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

ASKED = r"\byou (?:should|must|can|could|may|need to|have to|ought to)\s+"
BEGINS = rf"(?:^|[.!?:\]]\s+|^\s*(?:[-*]|\d+\.)\s+|{ASKED}|\b(?:then|and|please|or)\s+)"
ACT = (
    r"(?:take|use|swallow|inject|start (?:with|on|at)|begin (?:with|at)|go up to"
    r"|(?:increase|raise) (?:it |the dose )?to)"
)
UNIT = r"\d+(?:[.,]\d+)?\s*(?:mg|milligrams?|mcg|micrograms?|ml)\b"
PIECES = r"(?:half|one|two|three|four|\d+|double|extra|another)\s(?:of )?(?:a |an |the |your )?(?:tablet|pill|dose|injection)s?\b"
DOSE = re.compile(
    rf"{BEGINS}(?P<dose>{ACT}\b[^.\n|]{{0,60}}?(?:{UNIT}|\b{PIECES})|(?:double|halve|skip) your (?:next )?dose\b)",
    re.IGNORECASE | re.MULTILINE,
)


class Found(NamedTuple):
    offset: int
    words: str
    instead: str


def unwanted(text: str) -> Iterator[Found]:
    """Each word that puts an illness in the place of a person, or promises too much."""
    says = list(INSTEAD.values())
    for match in UNWANTED.finditer(text):
        yield Found(match.start(), match[0], says[(match.lastindex or 1) - 1])


def doses(text: str) -> Iterator[Found]:
    """Each sentence that tells the reader how much to take; what a label or a study says is no such sentence."""
    for match in DOSE.finditer(text):
        yield Found(match.start("dose"), match["dose"], "what the label says, and that the prescriber decides")
