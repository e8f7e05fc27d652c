"""House style: words that the guide does not use, with alternatives, and dosing instructions. Pure functions."""

import re
from collections.abc import Iterator
from typing import NamedTuple

NUMBER = "what the studies found, in numbers"
ALCOHOLIC_THINGS = (
    "hepatitis|drinks?|beverages?|liver|cirrhosis|ketoacidosis|fatty|ferment|content|hallucinosis|neuropathy"
)
# Pattern → what to say instead: words that reduce a person to an illness, and words that promise too much.
INSTEAD = {
    r"addicts|junkies|druggies|crackheads": "“people with an addiction”",
    r"addict|junkie|junky|druggie|crackhead": "“a person with an addiction”",
    r"(?:drug |substance |alcohol )?abusers?|drug users?|drug habits?": "“people who use drugs”, or what they take",
    r"(?<!institute on )(?<!drug and )(?:drug|alcohol) abuse|substance abuse(?! and mental health)": "“substance use disorder”",
    r"alcoholics(?! anonymous)|drunkards|winos|drunks": "“people with alcohol use disorder”",
    rf"alcoholic(?! (?:{ALCOHOLIC_THINGS}))|drunkard|wino|(?<=\ba )drunk(?! driv)": "“a person with alcohol use disorder”",
    r"commit(?:s|ted|ting)? suicide": "“died by suicide”",
    r"clean and sober|drug-free|(?:get|gets|getting|got|stay|stays|stayed|staying) clean": "“in recovery”, “not using”",
    r"(?:clean|dirty) (?:urines?|tests?|samples?|screens?)": "“a test that found no opioids”, or “that found opioids”",
    r"(?<!nicotine )replacement therapy": "“treatment with methadone or buprenorphine”",
    r"non-?complian(?:t|ce)": "“did not take it as planned”, and why",
    r"suffer(?:s|ed|ing)? from (?:addiction|alcoholism)": "“has”, or “lives with”",
    r"miracle|miraculous|magic|transformative|life-changing|guaranteed?|cures?|cured|completely safe|ideal choice": NUMBER,
}
UNWANTED = re.compile(rf"\b(?:{'|'.join(f'({words})' for words in INSTEAD)})\b", re.IGNORECASE)

YOU_MUST = r"\b(?:you|people|adults|patients|everyone) (?:should|must|can|could|may|need to|have to|ought to)\s+"
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
THING = r"(?:the |your |a |an |each |any )?(?:next |usual |daily )?(?:dose|tablet|pill|medicine|injection)s?"
PORTION = rf"(?:cut|split|break|divide|crush)\s+(?:it|them|{THING})\s+(?:in|into|up)\b"
WORDED = (
    rf"(?:double|halve|skip|triple|repeat)\s+{THING}\b|{PORTION}|take (?:both|two|them both|twice as (?:much|many))\b"
)
DOSE = re.compile(
    rf"{SENTENCE_START}(?P<dose>{DOSING_VERB}\b[^.\n|]{{0,60}}?(?:{UNIT}|\b{COUNTED_UNITS})|{WORDED})"
    rf"|(?P<yours>\byour (?:usual |daily |next )?dose (?:is|should be|will be) {UNIT})",
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
        yield Found(
            match.start(match.lastgroup or 0),
            match[match.lastgroup or 0],
            "what the label says, and that the prescriber decides",
        )
