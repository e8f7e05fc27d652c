"""The parts of the training that need no scikit-learn: which texts are read, which n-grams are kept, what is written."""

import json
from collections import Counter

from forum.triage.text_model import TextModel
from tools import train_triage_model as training
from tools.train_triage_model import Text

QUESTIONS = """questionText,topics,answerText
How do I ask for a raise?,Workplace Relationships,Name what you did this year.
I feel empty all day.,"Depression,Anxiety",You are not alone.
My friend said she will kill him.,Social Relationships,Call someone.
"""
PAIRS = """<Document><QAPairs>
<QAPair><Question>What is A1C?</Question><Answer>A blood test.</Answer></QAPair>
<QAPair><Question>What is gout?</Question><Answer>A kind of arthritis.</Answer></QAPair>
</QAPairs></Document>"""


def test_every_labelled_post_is_read_once():
    posts = training.own_posts()
    danger = sum(post.danger for post in posts)
    assert (danger >= 1000, len(posts) - danger >= 1000, len({p.digest for p in posts})) == (True, True, len(posts))
    assert {post.fold for post in posts} == {0, 1, 2, 3, 4}


def test_amber_posts_are_measured_and_not_learned():
    posts = training.labelled_posts()
    assert {post.kind for post in posts} == {"RED", "AMBER", "GREEN"}
    assert {post.kind for post in training.without_amber(posts)} == {"RED", "GREEN"}


def test_the_rounds_that_measure_the_model_are_not_learned():
    learned = {post.digest for post in [*training.own_posts(), *training.labelled_posts(), *training.written_posts()]}
    rounds = training.labelled_posts([training.MEASURED / "rounds.yaml"])
    assert len(rounds) == 2156
    assert learned.isdisjoint(post.digest for post in rounds)


def test_urgent_and_ordinary_posts_of_the_rules_are_learned():
    posts = training.written_posts()
    assert {(post.kind, post.danger) for post in posts} == {("danger", True), ("ordinary", False), ("reviews", False)}


def test_unlabelled_questions_that_may_be_about_danger_are_left_out(tmp_path):
    chat, quad = tmp_path / "counsel-chat" / "data", tmp_path / "MedQuAD" / "9_CDC_QA"
    for folder in (chat, quad, tmp_path / "MedQuAD" / "10_MPlus_ADAM_QA"):
        folder.mkdir(parents=True)
        (folder / "1.xml").write_text(PAIRS)
    (chat / "counselchat-data.csv").write_text(QUESTIONS)
    found = training.outside_texts(tmp_path)
    assert {text.text for text in found} == {
        "How do I ask for a raise?",
        "Name what you did this year.",
        "A blood test.",
        "What is gout?",
    }
    assert {(text.danger, text.weight) for text in found} == {(False, training.OUTSIDE_WEIGHT)}


def test_an_ngram_of_fewer_than_five_texts_is_dropped():
    texts = [Counter({"often": 1, "one author": 9 if n == 0 else 0}) for n in range(5)]
    seldom = [Counter({"seldom": 3}) for _ in range(4)]
    assert training.common([+text for text in texts] + seldom) == {"often": 5}


def test_at_most_the_share_of_ordinary_posts_reaches_the_threshold():
    posts = [Text(f"post {n}", danger=n >= 100, kind="x") for n in range(200)]
    threshold = training.threshold_of(posts, [float(n) for n in range(200)])
    assert sum(not post.danger and n >= threshold for n, post in enumerate(posts)) == 100 * training.RAISED


def test_the_weights_are_read_as_they_were_written(tmp_path):
    model = TextModel(7, 20, -0.5, 0.25, {"dead tired": (5, -1.5)}, {"_“d": (6, 0.125)})
    training.write(model, tmp_path / "weights.json")
    read = TextModel(**json.loads((tmp_path / "weights.json").read_text()))
    assert read.score("dead tired") == model.score("dead tired")
    assert (read.version, read.threshold) == (7, 0.25)
