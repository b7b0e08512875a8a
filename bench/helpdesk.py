"""`python -m bench.helpdesk`: the shipped Mandarin card turn by turn beside people's nuggets in helpdesk dialogues.

DCH-1 / STC-3 (Weibo posts to and from helpdesks; 19 people marked every turn). A helpdesk's turn states the solution
where most marked it HNUG*; the card's `solution` is asked about that turn alone. A customer's turn confirms it where
most marked CNUG*; the card's `resolved` is asked about that turn and the helpdesk's before it. Met or partly met stands
beside yes. The halves are fixed by a hash of the id; no wording was taken from these dialogues.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.halves import HALVES, half_of
from bench.scoring import PROJECT
from scorecards.agreement import Agreement, Estimate, verdict_agreement
from scorecards.card_file import load_card
from scorecards.checks import answer
from scorecards.model import CheckSpec, Verdict
from transcription.model import Transcript, Utterance

CARD, FILE = "telecom-complaint-zh", Path("dch_stc3_helpdesk/dev/dch_cn.json")
YES, NO = "yes", "no"
STATED, CONFIRMED = "HNUG*", "CNUG*"
SPEAKERS = {"helpdesk": "agent", "customer": "customer"}
HEAD = "criterion|turns of|half|n|yes|coverage|raw|kappa|AC1"


def data_file() -> Path:
    """Where the dialogues stand."""
    return Path(os.environ.get("HUITING_DATA", PROJECT.parent / "shared" / "data")) / FILE


def turns(file: Path) -> Iterator[tuple[int, str, list[str], list[str], bool]]:
    """(half, sender, its utterances, those of the turn before, whether most marked it as the goal) of every turn."""
    for dialogue in json.loads(file.read_text(encoding="utf-8")):
        before: list[str] = []
        for at, turn in enumerate(dialogue["turns"]):
            marks = Counter(person["nugget"][at] for person in dialogue["annotations"])
            goal = STATED if turn["sender"] == "helpdesk" else CONFIRMED
            is_goal = marks[goal] * 2 > marks.total()
            yield half_of(str(dialogue["id"])), turn["sender"], turn["utterances"], before, is_goal
            before = turn["utterances"]


def says(check: CheckSpec, sender: str, said: list[str], before: list[str]) -> str | None:
    """Whether the card's check is met by a turn (after the one before it); None where it leaves that open."""
    other = "agent" if sender == "customer" else ""
    spoken = [(other, text) for text in before if other] + [(SPEAKERS[sender], text) for text in said]
    heard = Transcript(tuple(Utterance(at, who, text) for at, (who, text) in enumerate(spoken)), language="zh")
    verdict = answer(check, heard, "zh").verdict
    if verdict in (Verdict.ABSTAINED, Verdict.NOT_APPLICABLE):
        return None
    return YES if verdict in (Verdict.MET, Verdict.PARTLY_MET) else NO


def rows(file: Path) -> Iterator[str]:
    """A row a criterion and half."""
    checks = {criterion.id: criterion.check for _section, criterion in load_card(CARD).criteria}
    for criterion, sender in (("solution", "helpdesk"), ("resolved", "customer")):
        check = checks[criterion]
        assert check is not None  # noqa: S101 - both have one in the shipped card
        asked = [one for one in turns(file) if one[1] == sender]
        for half in (*HALVES, 0):
            own = [one for one in asked if half in (0, one[0])]
            people = [YES if is_goal else NO for *_, is_goal in own]
            machine = [says(check, sender, said, before) for _, _, said, before, _ in own]
            found = verdict_agreement(people, machine, categories=(YES, NO), positive=YES)
            yield _row((criterion, sender, str(half or "both")), people.count(YES), found)


def _row(names: tuple[str, ...], positive: int, found: Agreement) -> str:
    figures = map(_shown, (found.coverage, found.raw, found.kappa, found.ac1))
    return "| " + " | ".join([*names, str(found.n), str(positive), *figures]) + " |"


def _shown(found: Estimate | None) -> str:
    return "-" if found is None else f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def main() -> None:
    file = data_file()
    if not file.is_file():
        sys.stdout.write(f"no dialogues at {file}; set HUITING_DATA\n")
        return
    sys.stdout.write(f"| {HEAD.replace('|', ' | ')} |\n|{'---|' * len(HEAD.split('|'))}\n")
    for row in rows(file):
        sys.stdout.write(f"{row}\n")


if __name__ == "__main__":
    main()
