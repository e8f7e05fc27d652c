"""Detect words of a person who may be in danger, to show help. Nothing is stored or sent.

`is_crisis_query` is for search boxes: the words are about a life at risk now, so the answer is help and nothing else.
`may_be_in_danger` is wider: it shows help lines above the results. Both prefer false positives: they cost a reader a glance,
while a miss could cost far more.
"""

import re
import unicodedata

# One phrase per line. a|b either word; word* any ending; word? optional; … up to four words in between; {list} any word of it.
LISTS = {
    "self": "myself|myslef|myeslf|himself|herself|themself|themselves|yourself|urself|oneself|me",
    "someone": "him|her|them|he|she|they|hes|shes|someone|somebody|friend|mate|boyfriend|girlfriend|bf|gf|husband|wife|partner"
    "|brother|sister|son|daughter|dad|father|mom|mum|mother|roommate|flatmate|kid|child|baby|person|man|woman|guy|ex",
    "little-one": "child|children|kid|kids|toddler|baby|infant|son|daughter|grandson|granddaughter|old|one|boy|girl|dog|cat",
    "pills": "pill|pills|tablet|tablets|tabs|capsules|meds|medicine|medication|naltrexone|vivitrol|contrave|paracetamol|tylenol"
    "|acetaminophen|panadol|aspirin|ibuprofen|opioid*|oxy*|percs|fent*|heroin|methadone|suboxone|xanax|benzos|insulin|bottle",
    "fatal": "kill|kills|die|dying|fatal|fatally|lethal|death|deadly|od|overdose|overdosing|suicide",
    "color": "blue|bluish|purple|purplish|gray|grey|white|violet",
    "cannot": "cant|cannot|couldnt|wont|doesnt|isnt|not|never|barely|hardly",
    "not-want": "dont|didnt|doesnt|never|not|no",
    "hurting": "kill|kills|killed|hit|hits|hitting|beat|beats|beating|hurt|hurts|hurting|choke*|choking|strangl*|rape*|stab*"
    "|shoot",
}
CRISIS = """
suicid*
kms|kys|ctb|unaliv*|killmyself|selfharm*
kill|killing|killed off? {self}
kill urself|u
want|wants|wanted|wanting|wanna|going|gonna|ready|rather|hope|hoping|need to? just? die|dissapear|disappear
planning|plan|decided|ways|way|how|place|time to? just? die|dissapear|disappear
want|wants|wanted|wanna|rather|wish|be|being|better off? be? dead
want|wants|wanna|going|gonna|ready|how|ways|way|plan|planning|time to? just? end it|everything|things|all
end|ends|ended|ending it all
end|ended|ending everything
end|ending|ended|take|taking|took|takes my|his|her|their|your|ones own? life|lives
wish i|he|she|they was|were dead
wish i|he|she … die|died|dead|born|alive|woken
noose
hope i … wake|die
better off without me
no reason|point to|in live|living|go|going
cant|cannot|couldnt go on
can not go on
cant|cannot do|take|bear|stand this|it|life any|anymore|longer
cant|cannot live|keep|carry like|going|living|anymore|on
{not-want} want|wanna|deserve|wish to? just? live|exist|be|wake here|up|alive|around|anymore|any|like
{not-want} want|wanna|deserve to? live|exist
{not-want} want|wanna to? be here|alive|around
{not-want} want|wanna to? wake|keep|go up|going|living|on
tired|sick of living|life|existing|being alive?
life even? not|isnt? worth living|it
is|if life even? worth
easy|easiest|quick|quickest|best|painless|peaceful|fast|fastest|least … way|ways|method|methods … die|go|out|death|kill|end
painless|painlessly death|die|suicide|exit
die|death painless|painlessly|peacefully|quickly|fast
goodbye|farewell|suicide note|letter
say|saying goodbye forever|everyone
hang|hanging {self}
tie|make|made|bought a noose|rope
jump|jumping off|from|in … bridge|building|roof|train|window|front
drive|driving into|off … wall|tree|bridge|cliff
slit|slitting|cut|cutting|slash my|her|his wrist|wrists|arm|arms|vein|veins|leg|legs|thighs
cut|cutting|hurt|hurting|harm|harming|burn|burning myself|themselves|herself|himself
self harm*|injur*
how many|much … {fatal}
how many|much {pills} to|for … sleep forever
will|would|can|could|does|do|enough … {pills} … kill|end me|him|her|someone
{number} … {pills} … kill|kills
fatal|lethal|deadly dose|amount|combination|mix|overdose|level
enough {pills} to die|kill|od|overdose
how to die|od|overdose|disappear
overdose on purpose
what … happens if i take|took all|whole
never wake up
not wake|waking up? tomorrow|ever|again|anymore
gun|knife in|to|at my|his|her mouth|head|throat|wrist
sleep|bed and never|not wake
took|taken|take|swallow|swallowed|ate|drank|popped|injected|did … too much|many
too much|many {pills}
took|taken|swallowed|ate|drank|popped|downed … whole|entire|full|all|handful|loads|bunch|packet|box … {pills}
took|taken|swallowed|popped|downed all|everything of? my|his|her|the|them
took|taken|swallowed|popped|downed {number} … {pills}
took|taken|swallowed {number} x
{someone} overdosed|overdosing|oded|oding
{someone} is|was|has|just|may|might|are overdosed|overdosing|oded|oding|od
i overdosed|oded|oding
i just|think|have|am … overdosed|overdosing|oded|oding
{cannot} … wake|wakes|waking|rouse {someone}
{cannot} … wake|rouse my|the {someone}
{someone} {cannot} … wake|waking|respond|responding
{someone} is|was|are? {cannot} … breath|breathe|breathing|breathes
i cant|cannot|can not? breathe|breath
not|stopped|stops|barely|hardly|isnt|arent|wasnt breathing|breathe|breathes
cant|cannot breathe|breath
unconscious|unresponsive|gurgling|gurgle
passed|passing out
death rattle
no pulse
foam|foaming|froth|frothing at|from
{someone} has|just? collapsed
lip|lips … {color}
{color} lip|lips|fingernails|nails|face
fingernails|nails|face … blue|purple|gray|grey
turning|turned|turns|gone|going|goes|went {color}
{little-one} has|just|may|might? have? ate|eaten|swallowed|drank|chewed
child|children|kid|kids|toddler|baby|infant|old has|just? took|taken|got
{little-one} took|got into? my|some|pill|pills|tablet|tablets|medicine|meds
swallowed|swallow|drank|drinking|drink|ate some|the? bleach|antifreeze|battery|detergent|acid
been|was|were|got|am|im poisoned
having|has|had|in … seizure|seizures|fit now|help|what|right
having|is having? a? seizure|seizures|convulsions
{someone} … having|had|has a seizure|fit
{someone} is|are|keeps seizing|convulsing|fitting|shaking
throat|tongue|airway … swelling|swollen|closing|closed|swells|closes
{someone} … {hurting} me|us|her|him|my|kids
{someone} … threatens|threatened|threatening me|us|to
{someone} … locked me|us
{someone} … has|got a gun|knife
raped
being|was|got|im|been|am beaten|raped|strangled|choked|abused|stabbed
afraid|scared of my {someone}
afraid|scared to go home
domestic violence|abuse
quiero|quisiera morir|morirme|matarme|desaparecer
matarme|suicidarme|suicidio
no quiero vivir|seguir|despertar|estar
quitarme la vida
como morir|suicidarse|matarse
no respira|despierta|reacciona
no puede|puedo respirar|mas
tome|tomo|tomado muchas|demasiadas|todas
labios azules|morados
sobredosis
"""
WIDER = """
988|911|999|112|000
overdos*
od|ods|oding|oded
o d
narcan|naloxone|nyxoid|prenoxad
seizure*|seizing|convuls*
poison*
took too much|many
die|dying from|of
chest pain
withdrawal seizure*|delirium|dts
delirium tremens
"""
GAP = r"(?:\w+ ){0,4}?"
NUMBER = r"(?:[1-9]\d+(?! mg )|\d+x\d+|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)"


def is_crisis_query(text: str) -> bool:
    """Return whether a search is about a life at risk now, so that only help should answer it."""
    return bool(_IN_CRISIS.search(_words(text)))


def may_be_in_danger(text: str) -> bool:
    """Return whether to show help lines before anything else."""
    words = _words(text)
    return bool(_IN_CRISIS.search(words) or _IN_DANGER.search(words))


def _words(text: str) -> str:
    """Lower-case words without accents and apostrophes, each followed by one space."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("’", "").replace("'", ""))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " " + "".join(f"{word} " for word in re.findall(r"\w+", bare))


def _compile(phrases: str) -> re.Pattern[str]:
    return re.compile(
        " (?:" + "|".join("".join(map(_part, line.split())) for line in phrases.split("\n") if line) + ")"
    )


def _part(part: str) -> str:
    if part == "…":
        return GAP
    optional = part.endswith("?")
    choices = "|".join(map(_choice, part.removesuffix("?").split("|")))
    return f"(?:(?:{choices}) ){'?' * optional}"


def _choice(word: str) -> str:
    if word == "{number}":
        return NUMBER
    if word.startswith("{"):
        return "|".join(map(_choice, LISTS[word[1:-1]].split("|")))
    return word.replace("*", r"\w*")


_IN_CRISIS = _compile(CRISIS)
_IN_DANGER = _compile(WIDER)
