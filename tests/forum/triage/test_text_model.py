"""The weights as they are shipped, and what they say of sentences that no one trained them on."""

import json

import pytest

from forum.triage import text_model
from forum.triage.text_model import WEIGHTS, TextModel, character_ngrams, read_words, shipped_model, word_ngrams

FEWEST_TEXTS = 5
MOST_BYTES = 1_200_000


def test_words_are_read_alike_however_they_are_typed():
    assert read_words("Can’t BREATHE, café at 3:15!") == ["cant", "breathe", "cafe", "at", "0", "0"]


def test_ngrams_are_words_pairs_and_pieces_of_words():
    assert word_ngrams(["dead", "tired", "dead"]) == {"dead": 2, "tired": 1, "dead tired": 1, "tired dead": 1}
    assert character_ngrams(["od"]) == {"_od": 1, "od_": 1, "_od_": 1}


def test_no_ngram_of_fewer_than_five_texts_is_shipped():
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    manifest = {**stored["words"], **stored["characters"]}
    assert len(manifest) > 5000
    assert {
        name: texts for name, (texts, _) in manifest.items() if not FEWEST_TEXTS <= texts <= stored["documents"]
    } == {}
    assert WEIGHTS.stat().st_size < MOST_BYTES


def test_a_score_is_what_the_formula_says():
    model = TextModel(1, 3, -1.0, 0.0, words={"dead": (1, 2.0)}, characters={"_od": (1, 3.0), "od_": (1, 1.0)})
    assert model.score("") == -1.0
    assert model.score("dead dead") == pytest.approx(-1 + 2)
    assert model.score("dead od") == pytest.approx(-1 + 2 + 4 / 2**0.5)


def test_a_text_has_the_same_score_each_time():
    text = "I sorted the photos and wrote to everyone, so they know it was not their fault."
    scores = {shipped_model().score(text)}
    text_model._pieces.cache_clear()
    assert scores == {shipped_model().score(text)}


def test_work_grows_with_the_text_and_not_faster(monkeypatch):
    counted = []
    monkeypatch.setattr(text_model, "damped", lambda count: counted.append(count) or 1.0)

    def work(words):
        counted.clear()
        shipped_model().score(" ".join(f"{chr(97 + n % 26)}ext{chr(97 + n // 26 % 26)}ra words" for n in range(words)))
        return len(counted)

    assert 0 < work(2000) <= 10.5 * work(200)


DANGER = """
I put the letters on the kitchen table and fed the cat for three days. Nobody will need to look for me.
My flatmate is on the sofa and I cannot get him to open his eyes, his lips look wrong.
The kids will be better off with my sister. I have decided, I just wanted to thank you all first.
he locked the door and took my phone, im typing this on the tablet, he said next time he finishes it
my little one got into my bag and some of the tablets are gone, she is two
I counted them out on the bed, eighty of them, and I keep looking at the glass of water
three days since my last drink and there are spiders all over the wall that my wife cant see
She took something an hour ago and now she is making this snoring noise and I can't wake her
i dont see myself here next week tbh, gave my guitar away
I have not used in months but tonight I got the same amount as I used to do, alone here
Mum is cold and grey and there is an empty blister pack next to her, what do I do
the voices say it would be quieter if i stopped breathing
Two days off the vodka, shaking so badly that I cannot hold the phone, and now my heart is racing
My brother texted that he loves me and to look after the dog, and now his phone is off
Found my daughter with her sleeves pulled down and blood on the towels again
I drank the whole bottle of his methadone by mistake, how long do I have
he put his hands round my neck last night and the baby was in the room
My face is swelling and I can hardly swallow since the injection an hour ago
nobody would notice if i was gone for good
I know which bridge and I know when
""".strip().splitlines()
ORDINARY = """
Third week on the tablets. The nausea is gone and I sleep better, but I still want wine at six o'clock.
Does anybody know whether I can take it with food? My pharmacist was closed.
The shot left a small bump on my hip, about the size of a pea, and it was gone after a week.
I have been dead tired since Monday, but my doctor says that is common in the first days.
Thanks to everyone who wrote to me last week. It helped a lot.
How much did you pay for the injection without insurance?
My husband is proud of me and so am I. Ninety days today.
What time of day do you take yours? Mornings make me queasy.
It killed my cravings completely, I could not believe it.
I missed one tablet yesterday. Do I take two today or just go on?
We buried my uncle on Friday. I did not drink at the reception and I am glad.
The clinic moved my shot to Thursday. Has that happened to anyone here?
I dreamed all night in color, my wife says I talked about trains.
Is it normal to feel a bit flat in week two? I still laugh at the dog.
My coffee maker died on the one morning when I needed it.
Four months. I bought a bike with the money.
I told my boss and he shook my hand.
The pharmacist said that I should not take tramadol with it. Good to know.
I gave my old couch away and painted the room.
Anyone else who cannot stand the smell of beer anymore?
""".strip().splitlines()


def test_most_unseen_sentences_of_danger_are_raised_and_hardly_an_ordinary_one():
    raised = [text for text in DANGER if shipped_model().raises(text)]
    wrong = [text for text in ORDINARY if shipped_model().raises(text)]
    assert (len(DANGER), len(ORDINARY)) == (20, 20)
    assert (len(raised) >= 12, len(wrong) <= 1) == (True, True), (set(DANGER) - set(raised), wrong)
