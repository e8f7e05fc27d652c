"""Train the second signal of triage and write its weights. See docs/triage-model.md.

    python3 -m venv /tmp/train && /tmp/train/bin/pip install scikit-learn==1.9.1 PyYAML
    PYTHONPATH=. /tmp/train/bin/python -m tools.train_triage_model --outside FOLDER [--measure] [--write]

FOLDER holds `counsel-chat` (github.com/nbertagnolli/counsel-chat, MIT) and `MedQuAD` (github.com/abachaa/MedQuAD, CC BY 4.0).
None of their texts is stored with the project. `--measure` prints the figures of the model card, `--write` writes the weights.
"""

import argparse
import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from forum.triage.text_model import (
    WEIGHTS,
    TextModel,
    character_ngrams,
    damped,
    rarity,
    read_words,
    word_ngrams,
)

ROOT = Path(__file__).resolve().parents[1]
POSTS = ROOT / "tools" / "triage_training"
MEASURED = ROOT / "tests" / "forum" / "triage"
LABELLED = [MEASURED / f"{name}.yaml" for name in ("fresh", "later", "plain", "practice")]
WRITTEN = [MEASURED / f"{name}.yaml" for name in ("danger", "ordinary", "reviews")]
VERSION = 2
FEWEST_TEXTS = 5  # in which an n-gram must occur: what only a few people wrote is not shipped
FOLDS = 5
RAISED = 0.08  # the share of ordinary posts that may be raised
PENALTY = 5.0  # scikit-learn's C
OUTSIDE_WEIGHT = 0.5  # of a text that is not a post of a forum like ours
LONGEST_OUTSIDE = 500  # characters
MOST_OUTSIDE = {"counsel_chat question": 450, "counsel_chat answer": 300, "MedQuAD": 600}
# Questions under these topics, or with these words, may be of people in danger; nobody read and labelled them.
UNLABELLED_TOPICS = set(
    "Depression,Domestic Violence,Trauma,Self-harm,Self-esteem,Addiction,Substance Abuse,Eating Disorders,"
    "Grief and Loss".split(",")
)
UNLABELLED_WORDS = re.compile(
    r"suicid|kill|want to die|end my life|cutting|self.?harm|abus|hit|overdos|hurt|live", re.I
)
WITHOUT_ANSWERS = ("10_", "11_", "12_")  # MedQuAD's folders whose answers were removed


@dataclass(frozen=True)
class Text:
    text: str
    danger: bool
    kind: str
    weight: float = 1.0

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(" ".join(read_words(self.text)).encode()).digest()

    @property
    def fold(self) -> int:
        return self.digest[0] % FOLDS


def own_posts(folder: Path = POSTS) -> list[Text]:
    """The posts that were written and labelled for this, each once."""
    rows = (json.loads(line) for path in sorted(folder.glob("posts_*.jsonl")) for line in path.open(encoding="utf-8"))
    found = {text.digest: text for row in rows if (text := Text(row["text"], row["danger"], row["kind"]))}
    return list(found.values())


def labelled_posts(paths: Iterable[Path] = LABELLED) -> list[Text]:
    """The invented posts by which the rules are measured. AMBER ones are neither danger nor ordinary; `kind` is the lane."""
    rows = (row for path in paths for row in yaml.safe_load(path.read_text(encoding="utf-8")))
    return [Text(row["text"], row["lane"] == "RED", row["lane"]) for row in rows]


def without_amber(labelled: Iterable[Text]) -> list[Text]:
    return [text for text in labelled if text.kind != "AMBER"]


def written_posts(paths: Iterable[Path] = WRITTEN) -> list[Text]:
    """The posts of the rules' other files: urgent ones say the lane in which they must be at least, ordinary ones don't."""
    rows = ((path.stem, row) for path in paths for row in yaml.safe_load(path.read_text(encoding="utf-8")))
    return [Text(row["text"], "at_least" in row, name) for name, row in rows if row.get("at_least") != "AMBER"]


def outside_texts(folder: Path) -> list[Text]:
    """Ordinary texts by other people, MOST_OUTSIDE of each source, the same ones each time."""
    sources = {
        "counsel_chat question": counsel_chat(folder, "questionText"),
        "counsel_chat answer": counsel_chat(folder, "answerText"),
        "MedQuAD": medquad(folder),
    }
    found = []
    for name, texts in sources.items():
        kept = {text: Text(text, danger=False, kind=name, weight=OUTSIDE_WEIGHT) for text in texts if text}
        found += sorted(kept.values(), key=lambda t: t.digest)[: MOST_OUTSIDE[name]]
    return found


def counsel_chat(folder: Path, column: str) -> Iterator[str]:
    csv.field_size_limit(10**8)
    with next(folder.rglob("counselchat-data.csv")).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            topics = {topic.strip() for topic in row["topics"].split(",")}
            if not topics & UNLABELLED_TOPICS and not UNLABELLED_WORDS.search(row["questionText"]):
                yield row[column][:LONGEST_OUTSIDE].strip()


def medquad(folder: Path) -> Iterator[str]:
    """Half of them questions, half the beginnings of answers."""
    for path in sorted(folder.rglob("*_QA*/*.xml")):
        if path.parent.name.startswith(WITHOUT_ANSWERS):
            continue
        for number, pair in enumerate(ElementTree.parse(path).iter("QAPair")):  # noqa: S314
            yield ((pair.findtext("Question") if number % 2 else pair.findtext("Answer")) or "")[:LONGEST_OUTSIDE]


def train(texts: Sequence[Text]) -> TextModel:
    """Fit the weights. The threshold is left at 0."""
    words = [read_words(text.text) for text in texts]
    blocks = [[word_ngrams(w) for w in words], [character_ngrams(w) for w in words]]
    frequencies = [common(counts) for counts in blocks]
    weights, bias = fit(blocks, frequencies, texts)
    named = iter(weights)
    found = [{name: (texts, round(next(named), 3)) for name, texts in block.items()} for block in frequencies]
    return TextModel(VERSION, len(texts), round(bias, 3), 0.0, *found)


def common(counts: Iterable[Counter[str]]) -> dict[str, int]:
    """The n-grams that occur in at least FEWEST_TEXTS texts, with the number of those texts."""
    texts: Counter[str] = Counter()
    for each in counts:
        texts.update(each.keys())
    return {name: n for name, n in sorted(texts.items()) if n >= FEWEST_TEXTS}


def fit(
    blocks: list[list[Counter[str]]], frequencies: list[dict[str, int]], texts: Sequence[Text]
) -> tuple[list[float], float]:
    """One weight for each n-gram of each block, in their order, and the bias."""
    from scipy.sparse import hstack
    from sklearn.linear_model import LogisticRegression

    matrix = hstack([normalized(*pair) for pair in zip(blocks, frequencies, strict=True)]).tocsr()
    model = LogisticRegression(C=PENALTY, max_iter=1000, tol=1e-6)
    model.fit(matrix, [t.danger for t in texts], sample_weight=[t.weight for t in texts])
    return [float(weight) for weight in model.coef_[0]], float(model.intercept_[0])


def normalized(counts: list[Counter[str]], frequencies: dict[str, int]) -> Any:
    """A sparse matrix, a row for each text: TF-IDF, each row of length 1."""
    from scipy.sparse import csr_matrix
    from sklearn.preprocessing import normalize

    place = {name: i for i, name in enumerate(frequencies)}
    rare = {name: rarity(n, len(counts)) for name, n in frequencies.items()}
    cells = [
        (damped(n) * rare[name], row, place[name])
        for row, each in enumerate(counts)
        for name, n in each.items()
        if name in place
    ]
    values, rows, columns = zip(*cells, strict=True)
    return normalize(csr_matrix((values, (rows, columns)), shape=(len(counts), len(place))))


def quantile(scores: Iterable[float], share: float) -> float:
    """The score that at most `share` of the scores reach."""
    ordered = sorted(scores, reverse=True)
    return ordered[int(len(ordered) * share)] + 1e-3


def held_out_scores(posts: Sequence[Text], others: Sequence[Text]) -> list[float]:
    """The score of each post by a model that has not seen its fold."""
    models = [train([*(p for p in posts if p.fold != fold), *others]) for fold in range(FOLDS)]
    return [models[post.fold].score(post.text) for post in posts]


def threshold_of(posts: Sequence[Text], scores: Sequence[float]) -> float:
    return round(quantile((s for p, s in zip(posts, scores, strict=True) if not p.danger), RAISED), 3)


def measure(posts: Sequence[Text], labelled: Sequence[Text], others: Sequence[Text]) -> None:
    """Print the figures of the model card as tables in Markdown.

    The posts that were labelled for the rules help to train the folds, as they help to train what is shipped; their own
    figures come from a model without them.
    """
    scores = held_out_scores(posts, [*without_amber(labelled), *others])
    threshold = threshold_of(posts, scores)
    raised = [score >= threshold for score in scores]
    table("Held out, by kind", posts, raised, lambda p: f"{'danger' if p.danger else 'ordinary'}: {p.kind}")
    table("Held out, all", posts, raised, lambda p: "danger" if p.danger else "ordinary")
    table("Held out, by length", posts, raised, lambda p: f"{'danger' if p.danger else 'ordinary'}: {length(p)}")
    by_others = train([*posts, *others])
    table("Posts by others", labelled, [by_others.score(p.text) >= threshold for p in labelled], lambda p: p.kind)
    for kind in sorted({p.kind for p in posts}):
        model = train([*(p for p in posts if p.kind != kind), *others])
        left = [p for p in posts if p.kind == kind]
        table("Kind left out", left, [model.score(p.text) >= threshold for p in left], lambda p: p.kind)


def length(post: Text) -> str:
    return next(words for most, words in LENGTHS if len(post.text) < most)


LENGTHS = [(80, "under 80"), (200, "80 to 199"), (500, "200 to 499"), (10**6, "500 and more")]


def table(title: str, posts: Sequence[Text], raised: Sequence[bool], name: Callable[[Text], str]) -> None:
    print(f"\n| {title} | posts | raised |\n|---|---|---|")
    for group in sorted({name(p) for p in posts}):
        of_group = [up for p, up in zip(posts, raised, strict=True) if name(p) == group]
        print(f"| {group} | {len(of_group)} | {sum(of_group)} ({sum(of_group) / len(of_group):.2f}) |", flush=True)


def write(model: TextModel, path: Path = WEIGHTS) -> None:
    """One n-gram on each line, so that two versions can be compared."""
    parts = {name: json.dumps(getattr(model, name)) for name in ("version", "documents", "bias", "threshold")}
    for name in ("words", "characters"):
        lines = (f"{json.dumps(n)}:[{texts},{weight:g}]" for n, (texts, weight) in getattr(model, name).items())
        parts[name] = "{\n" + ",\n".join(lines) + "\n}"
    path.write_text("{" + ",\n".join(f'"{name}":{value}' for name, value in parts.items()) + "}\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the second signal of triage.")
    parser.add_argument("--outside", type=Path, required=True, help="The folder with counsel-chat and MedQuAD.")
    parser.add_argument("--measure", action="store_true", help="Print the figures of the model card.")
    parser.add_argument("--write", action="store_true", help="Write forum/content/triage_model.json.")
    chosen = parser.parse_args()
    posts, labelled = own_posts(), labelled_posts()
    others = [*written_posts(), *outside_texts(chosen.outside)]
    print(f"{len(posts)} posts, {len(labelled)} labelled for the rules, {len(others)} other texts")
    if chosen.measure:
        measure(posts, labelled, others)
    if chosen.write:
        more = [*without_amber(labelled), *others]
        write(replace(train([*posts, *more]), threshold=threshold_of(posts, held_out_scores(posts, more))))


if __name__ == "__main__":
    main()
