"""`python -m bench.agreement`: how far the shipped Mandarin card agrees with the judged phone calls of HUITING_DATA.

The labels are two readings of each call by language models, not people's. Where the two differ (split) the call is left
out of that criterion and counted. Met and partly met are one class; not met and not applicable stand apart; a signal is
present or absent. Statistics: scorecards.agreement, each with its 95 % interval.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.halves import HALVES, half_of
from bench.scoring import PROJECT
from scorecards.agreement import Agreement, Estimate, proportion, verdict_agreement
from scorecards.card_file import load_card
from scorecards.model import Quote, Verdict
from scorecards.score_file import score_transcript
from transcription.files import transcript_from_dict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scorecards.model import Evaluation, Scorecard
    from transcription.model import Transcript

CARD = "telecom-complaint-zh"
FOLDER = Path("musied_meituan_zh")
MET, NOT_MET, NOT_APPLICABLE = "met", "not met", "not applicable"
CLASSES = {
    **dict.fromkeys(("met", "partly_met"), MET),
    "not_met": NOT_MET,
    **dict.fromkeys(("na", "not_applicable"), NOT_APPLICABLE),
}
MAY_NOT_APPLY = frozenset({"verify", "hold_manners", "apology", "empathy", "timeframe", "closing"})
JUDGED = (
    *("verify", "hold_manners", "closing", "apology", "empathy", "timeframe", "resolved"),
    *("customer_upset", "escalation_threat"),
    *("greeting", "restate", "courtesy", "solution"),
)
TARGETED, TARGET_KAPPA, TARGET_COUNT, TARGET_EVIDENCE = JUDGED[:9], 0.60, 7, 0.80
WITHOUT_LINES = "courtesy"  # its met answers rest on nothing having been said


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion of one call: both readers' class (None = they differ) and lines, the machine's class and lines."""

    call: str
    criterion: str
    people: str | None
    lines: frozenset[int]
    machine: str | None
    quoted: frozenset[int]

    @property
    def shares_evidence(self) -> bool | None:
        """Whether a quoted line is one of the readers'; None where one side has no met answer with lines."""
        if self.people != MET or self.machine != MET or not self.lines or self.criterion == WITHOUT_LINES:
            return None
        return not self.lines.isdisjoint(self.quoted)


def data_folder() -> Path:
    """Where the judged calls stand."""
    return Path(os.environ.get("HUITING_DATA", PROJECT.parent / "shared" / "data")) / FOLDER


def calls_by_id(file: Path) -> dict[str, Transcript]:
    """Recorded conversations; their lines say who speaks (客服:您好)."""
    return {str(call["id"]): as_transcript(call["content"]) for call in json.loads(file.read_text(encoding="utf-8"))}


def as_transcript(lines: Iterable[str]) -> Transcript:
    """One utterance a line, in their order."""
    parts = [line.strip().partition(":") for line in lines]
    said = [{"speaker": "agent" if who.startswith("客") else "customer", "text": text} for who, _, text in parts]
    return transcript_from_dict({"utterances": said})


def labels(folder: Path) -> list[dict[str, object]]:
    """What the readers agreed on, one call a line."""
    text = (folder / "labels" / "dev_agreed.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def judge(card: Scorecard, folder: Path) -> list[Judged]:
    """Every criterion of every labelled call, as the readers and as the card answer it."""
    calls = calls_by_id(folder / "dev" / "phone.json")
    found: list[Judged] = []
    for label in labels(folder):
        call, answers = str(label["id"]), label["answers"]
        assert isinstance(answers, dict)  # noqa: S101 - the labels' own format
        machine = by_machine(score_transcript(card, calls[call]))
        for criterion in JUDGED:
            given = answers[criterion]
            people = None if "split" in given else CLASSES[given["v"]]
            found.append(Judged(call, criterion, people, frozenset(given["ev"]), *machine[criterion]))
    return found


def by_machine(evaluation: Evaluation) -> dict[str, tuple[str | None, frozenset[int]]]:
    """The class (None = abstained) and the quoted lines of each criterion and signal."""
    found: dict[str, tuple[str | None, frozenset[int]]] = {}
    for answer in evaluation.answers:
        verdict = None if answer.verdict is Verdict.ABSTAINED else CLASSES[answer.verdict.value]
        found[answer.criterion] = verdict, _lines(answer.evidence)
    for signal in evaluation.signals:
        found[signal.signal] = (MET if signal.present else NOT_MET), _lines(signal.evidence)
    return found


def _lines(evidence: Iterable[object]) -> frozenset[int]:
    return frozenset(item.utterance for item in evidence if isinstance(item, Quote))


def table(judged: Sequence[Judged], title: str) -> str:
    """A Markdown table, one row a criterion."""
    head = "criterion|n|split|readers|card|coverage|raw|kappa|AC1|met, of n|evidence"
    lines = [f"| {head.replace('|', ' | ')} |", "|" + "---|" * 11]
    lines += [_row([one for one in judged if one.criterion == criterion], criterion) for criterion in JUDGED]
    return f"\n### {title}\n\n" + "\n".join(lines) + "\n\n" + summary(judged) + "\n"


def agreement_on(judged: Sequence[Judged], criterion: str) -> Agreement:
    """Agreement on one criterion, the split calls left out."""
    own = [one for one in judged if one.criterion == criterion and one.people is not None]
    possible = (MET, NOT_MET, NOT_APPLICABLE) if criterion in MAY_NOT_APPLY else (MET, NOT_MET)
    return verdict_agreement([one.people or "" for one in own], [one.machine for one in own], categories=possible)


def evidence_share(judged: Iterable[Judged]) -> tuple[int, int]:
    """Of the answers that both call met, how many quote one of the readers' lines."""
    shared = [one.shares_evidence for one in judged if one.shares_evidence is not None]
    return sum(shared), len(shared)


def _row(judged: Sequence[Judged], criterion: str) -> str:
    found = agreement_on(judged, criterion)
    kept = [one for one in judged if one.people is not None]
    readers, card = (_counts([side(one) for one in kept]) for side in (lambda one: one.people, lambda one: one.machine))
    shared = proportion(*evidence_share(judged))
    figures = (found.coverage, found.raw, found.kappa, found.ac1, found.prevalence.get(MET), shared)
    cells = (criterion, found.n, len(judged) - len(kept), readers, card, *map(_shown, figures))
    return "| " + " | ".join(map(str, cells)) + " |"


def _counts(classes: Sequence[str | None]) -> str:
    return "/".join(str(classes.count(one)) for one in (MET, NOT_MET, NOT_APPLICABLE))


def _shown(figure: Estimate | None) -> str:
    return "-" if figure is None else str(figure)


def summary(judged: Sequence[Judged]) -> str:
    """The targets beside what was reached."""
    kappas = {criterion: agreement_on(judged, criterion).kappa for criterion in TARGETED}
    reached = [criterion for criterion, kappa in kappas.items() if kappa and kappa.value >= TARGET_KAPPA]
    met, n = evidence_share(judged)
    decided = [one for one in judged if one.people is not None]
    open_ = sum(one.machine is None for one in decided)
    return (
        f"Kappa of {TARGET_KAPPA:.2f} or more on {len(reached)} of {len(TARGETED)} (target {TARGET_COUNT}): "
        f"{', '.join(reached)}. Evidence on a reader's line: {_shown(proportion(met, n))}, n {n} "
        f"(target {TARGET_EVIDENCE:.2f}). Abstained: {_shown(proportion(open_, len(decided)))}, n {len(decided)} "
        "(target at most 0.20)."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", type=int, choices=HALVES, help="only this half")
    chosen: int | None = parser.parse_args(arguments).half
    folder = data_folder()
    if not (folder / "labels").is_dir():
        sys.stdout.write(f"No judged calls in {folder}. Set HUITING_DATA to the folder that holds {FOLDER}.\n")
        return 0
    card = load_card(CARD)
    judged = judge(card, folder)
    sys.stdout.write(
        f"{CARD} version {card.version} on {len({one.call for one in judged})} phone calls; labels are readings by "
        "language models, not people's. Readers and card: met/not met/not applicable.\n"
    )
    for half in HALVES if chosen is None else (chosen,):
        own = [one for one in judged if half_of(one.call) == half]
        sys.stdout.write(table(own, f"Half {half}, {len({one.call for one in own})} calls"))
    if chosen is None:
        sys.stdout.write(table(judged, "Both halves"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
