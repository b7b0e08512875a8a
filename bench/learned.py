"""`python -m bench.learned`: predicted satisfaction and "problem solved" against 19 raters, for docs/benchmarks.md.

Dialogues and ratings are read from HUITING_DATA (dch_stc3_helpdesk, the part for development). Each dialogue is judged
by a model that has not seen it: five folds, fixed by a seed. Statistics: scorecards.agreement, each with its 95 %
interval.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.english import SETS
from bench.halves import HALVES, half_of
from bench.scoring import PROJECT
from scorecards.agreement import number_agreement, verdict_agreement
from transcription.learning import Conversation, Prepared, chosen, features, fit_numbers, fit_space, prepare
from transcription.model import Utterance
from transcription.text_model import Target, judge
from transcription.training import SEED, Example, folds_of, learn
from transcription.vectors import encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorecards.agreement import Agreement, Estimate
    from transcription.text_model import Judgement
    from transcription.vectors import Encoder

FOLDER = Path("dch_stc3_helpdesk") / "dev"
ASKED = {"S": "satisfaction", "A": "problem solved"}
LOW = -0.5  # mean rating under which a dialogue counts as dissatisfied or unsolved
SIZES = (50, 100, 200, 500, 1000)
DRAWS = 5
RISK = 0.1
TARGETS = {"S": (0.84, 0.91), "A": (0.75, 0.85)}
MOST_APART = 0.05
YES, NO = "met", "not_met"
VERDICT_HEAD = (
    "| verdicts | asked | n | prevalence of not met | coverage | raw | kappa | AC1 | AUC |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A dialogue and its raters' mean of each question."""

    id: str
    call: Conversation
    means: dict[str, float]

    @property
    def is_held_out(self) -> bool:
        """A quarter, by a hash of the id: what learning curves are measured on."""
        return int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 4 == 0


def dialogues(file: Path) -> list[Dialogue]:
    """Dialogues in which customer and helpdesk take turns; the helpdesk is the agent."""
    return [_dialogue(one) for one in json.loads(file.read_text(encoding="utf-8"))]


def _dialogue(document: dict[str, Any]) -> Dialogue:
    speakers = {"helpdesk": "agent", "customer": "customer"}
    said = [(speakers[turn["sender"]], text) for turn in document["turns"] for text in turn["utterances"]]
    rated = document["annotations"]
    utterances = tuple(Utterance(at, speaker, text) for at, (speaker, text) in enumerate(said))
    means = {asked: float(np.mean([one["quality"][asked] for one in rated])) for asked in ASKED}
    return Dialogue(str(document["id"]), Conversation(utterances), means)


def of_number(some: Sequence[Dialogue], asked: str) -> list[Example]:
    return [Example(one.id, one.call, one.means[asked]) for one in some]


def of_verdict(some: Sequence[Dialogue], asked: str) -> list[Example]:
    return [Example(one.id, one.call, NO if one.means[asked] < LOW else YES) for one in some]


def numbers(some: Sequence[Dialogue], asked: str, meaning: Encoder | None) -> Agreement:
    """The raters' means against the numbers of a model that has not seen the dialogue."""
    found = learn(of_number(some, asked), Target.NUMBER, risk=RISK, encoder=meaning)
    return number_agreement([one.means[asked] for one in some], [float(one or 0) for one in found.answers], below=LOW)


def plain(some: Sequence[Dialogue], asked: str) -> Agreement:
    """The baseline: all that is said in one bag, whoever says it, the same ridge regression and folds."""
    bags = [
        Conversation(tuple(replace(one, speaker="unknown") for one in dialogue.call.utterances)) for dialogue in some
    ]
    prepared = prepare(bags, None, ("others",))
    unmeasured = Prepared(prepared.counts, np.zeros_like(prepared.measures))
    examples = of_number(some, asked)
    said = np.zeros(len(some))
    for seen, unseen in folds_of(examples, Target.NUMBER, SEED):
        space = fit_space(chosen(unmeasured, seen))
        x = features(space, chosen(unmeasured, seen))
        fitted = fit_numbers(x, np.array([float(examples[at].label) for at in seen]))
        said[unseen] = fitted.scores(features(space, chosen(unmeasured, unseen)))[:, 0]
    return number_agreement([one.means[asked] for one in some], said.tolist(), below=LOW)


def shown(figure: Estimate | None) -> str:
    """A figure with its interval, to three places: the targets are."""
    if figure is None or figure.low is None or figure.high is None:
        return "-"
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


def number_row(name: str, asked: str, found: Agreement) -> None:
    low = next(iter(found.prevalence.values()))
    figures = " | ".join(map(shown, (found.spearman, found.mae, found.auc, low)))
    write(f"| {name} | {ASKED[asked]} | {found.n} | {figures} |")


def verdict_row(name: str, asked: str, found: Agreement) -> None:
    agreed = (found.prevalence[NO], found.coverage, found.raw, found.kappa, found.ac1, found.auc)
    write(f"| {name} | {asked} | {found.n} | {' | '.join(map(shown, agreed))} |")


def number_table(zh: Sequence[Dialogue], en: Sequence[Dialogue], meaning: Encoder | None) -> None:
    translated = {one.id for one in en}
    same = [one for one in zh if one.id in translated]
    write(
        "| dialogues | asked | n | Spearman | mean error | AUC of mean < -0.5 | share < -0.5 |\n"
        "|---|---|---|---|---|---|---|"
    )
    for asked, (spearman, auc) in TARGETS.items():
        number_row("Chinese, all words in one bag", asked, plain(zh, asked))
        number_row("Chinese, without vectors", asked, numbers(zh, asked, None))
        found = {
            "Chinese": numbers(zh, asked, meaning),
            "the same in English": numbers(en, asked, meaning),
            "these alone in Chinese": numbers(same, asked, meaning),
        }
        for name, one in found.items():
            number_row(name, asked, one)
        reached = [one.value if one else 0.0 for one in (found["Chinese"].spearman, found["Chinese"].auc)]
        pair = [one.spearman.value if one.spearman else 0.0 for one in list(found.values())[1:]]
        apart = pair[1] - pair[0]
        write(
            f"| target | {ASKED[asked]} | | {spearman}: {'reached' if reached[0] >= spearman else 'missed'} | "
            f"| {auc}: {'reached' if reached[1] >= auc else 'missed'} "
            f"| English {apart:.3f} below, {'within' if apart <= MOST_APART else 'beyond'} .05 |"
        )


def verdict_table(zh: Sequence[Dialogue], meaning: Encoder | None) -> None:
    """Verdicts at a risk of .1: cross-validated, and trained on three quarters and asked about the fourth."""
    write(f"\n{VERDICT_HEAD}")
    for asked, question in ASKED.items():
        examples = of_verdict(zh, asked)
        found = learn(examples, Target.VERDICT, risk=RISK, encoder=meaning)
        people = [str(one.label) for one in examples]
        answers = [None if one is None else str(one) for one in found.answers]
        likely = found.scores[:, found.model.classes.index(NO)].tolist()
        verdict_row("cross-validated", question, verdict_agreement(people, answers, positive=NO, scores=likely))
        seen, unseen = _split(zh)
        model = learn(of_verdict(seen, asked), Target.VERDICT, risk=RISK, encoder=meaning).model
        said = judge(model, [one.call for one in unseen], meaning)
        verdict_row("a quarter never seen", question, verdict_agreement(
            [str(one.label) for one in of_verdict(unseen, asked)],
            answers_of(said),
            positive=NO, scores=[one.probabilities.get(NO) for one in said],
        ))  # fmt: skip


def other_sets(data: Path, meaning: Encoder | None) -> None:
    """The sets of bench.english, learned from one half and asked about the other, both ways together."""
    write(
        f"\n{VERDICT_HEAD.replace('| verdicts | asked |', '| learned from one half, asked about the other | yes is |')}"
    )
    for one in SETS:
        if not (data / one.folder).is_dir():
            write(f"| {one.name} | {one.folder} is not there |")
            continue
        examples = [
            Example(item.id, Conversation(item.transcript.utterances), NO if item.level < one.positive_from else YES)
            for item in one.items(data / one.folder)
        ]
        people: list[str] = []
        said: list[Judgement] = []
        for half in HALVES:
            unseen = [example for example in examples if half_of(example.group) == half]
            seen = [example for example in examples if half_of(example.group) != half]
            model = learn(seen, Target.VERDICT, risk=RISK, encoder=meaning).model
            said += judge(model, [example.call for example in unseen], meaning)
            people += [str(example.label) for example in unseen]
        found = verdict_agreement(
            people, answers_of(said), positive=NO, scores=[each.probabilities.get(NO) for each in said]
        )
        verdict_row(one.name, f"a level of {one.positive_from:g} or more", found)


def answers_of(said: Sequence[Judgement]) -> list[str | None]:
    return [None if one.answer is None else str(one.answer) for one in said]


def curve(zh: Sequence[Dialogue], meaning: Encoder | None) -> None:
    """Learned from few dialogues, asked about the quarter set apart; median (lowest to highest) of five draws."""
    seen, unseen = _split(zh)
    write(
        "\n| labels | asked | draws | asked about | Spearman | AUC of mean < -0.5 | mean error | s to train |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    for asked, name in ASKED.items():
        people = [one.means[asked] for one in unseen]
        for size in (*SIZES, len(seen)):
            found, seconds = [], []
            for draw in range(DRAWS if size < len(seen) else 1):
                some = [seen[at] for at in np.random.default_rng(draw).permutation(len(seen))[:size]]
                start = time.perf_counter()
                model = learn(of_number(some, asked), Target.NUMBER, risk=RISK, encoder=meaning).model
                seconds.append(time.perf_counter() - start)
                said = judge(replace(model, languages=("en", "zh")), [one.call for one in unseen], meaning)
                found.append(number_agreement(people, [one.number for one in said], below=LOW))
            figures = [
                _range([one.value for one in column if one])
                for column in zip(*((one.spearman, one.auc, one.mae) for one in found), strict=True)
            ]
            counts = f"{size} | {name} | {len(found)} | {len(unseen)}"
            write(f"| {counts} | {' | '.join(figures)} | {median(seconds):.1f} |")


def _split(some: Sequence[Dialogue]) -> tuple[list[Dialogue], list[Dialogue]]:
    return [one for one in some if not one.is_held_out], [one for one in some if one.is_held_out]


def _range(values: Sequence[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.3f}"
    return f"{median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-vectors", action="store_true", help="leave sentence vectors out")
    given = parser.parse_args()
    folder = Path(os.environ.get("HUITING_DATA", PROJECT.parent / "shared" / "data")) / FOLDER
    if not folder.is_dir():
        write(f"{FOLDER} is not there; set HUITING_DATA to the folder of the data sets.")
        return 0
    zh, en = dialogues(folder / "dch_cn.json"), dialogues(folder / "dch_en.json")
    meaning = None if given.no_vectors else encoder()
    write(f"{len(zh)} Chinese and {len(en)} English dialogues, 19 raters each, vectors: {meaning is not None}\n")
    if meaning is not None:  # once, so that the times below are those of learning
        meaning.encode([line.text for one in (*zh, *en) for line in one.call.utterances])
    number_table(zh, en, meaning)
    verdict_table(zh, meaning)
    curve(zh, meaning)
    other_sets(folder.parents[1], meaning)
    return 0


if __name__ == "__main__":
    sys.exit(main())
