"""`python -m bench.script_order`: script steps in order, beside the steps that STAR's wizards say they took.

A card with one order check a task is made here from the words of the task's flow chart, and held against the dialogues
of that task alone in which every line of the agent carries a step's label. The label's own steps give the answer: all
required ones in order met, all but some out of place partly met, one missing not met. Labelled lines are the flow
chart's own sentences, so this shows that steps are found, missed and put in order, not that own wording is understood.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.english import as_transcript, data_folder
from bench.halves import HALVES, half_of
from scorecards.agreement import Estimate, proportion, verdict_agreement
from scorecards.checks import answer
from scorecards.model import CheckSpec, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scorecards.model import Finding
    from transcription.model import Transcript

FOLDER = "star_wizard_en"
LABELLED = "pick_suggestion"
Step = tuple[str, str, bool, list[str]]  # the label, its name, whether it may be left out, wordings of it
SCRIPTS: dict[str, list[Step]] = {
    "bank_fraud_report": [
        ("hello", "greeting", True, ["how can I help", "how may I help"]),
        ("ask_name", "name", False, ["your full name", "your name"]),
        ("bank_ask_account_number", "account number", False, ["your account number"]),
        ("bank_ask_pin", "PIN", False, ["your PIN"]),
        ("bank_ask_dob", "date of birth", True, ["your date of birth"]),
        ("bank_ask_mothers_maiden_name", "maiden name", True, ["maiden name"]),
        ("bank_ask_childhood_pets_name", "pet", True, ["name of the pet", "your pet"]),
        ("bank_ask_fraud_details", "fraud details", False, ["detailed fraud report", "details of the fraud"]),
        ("bank_inform_fraud_report_submitted", "report submitted", False, ["successfully submitted", "been submitted"]),
    ],
    "party_rsvp": [
        ("hello", "greeting", True, ["how can I help", "how may I help"]),
        ("ask_name", "name", False, ["may I have your name", "have your name", "your name"]),
        ("party_ask_venue", "venue", False, ["what venue", "which venue", "the venue is"]),
        ("party_ask_host", "host", False, ["name of the host", "the host"]),
        ("party_ask_arrival_time", "arrival", False, ["planning to arrive", "when will you arrive"]),
        ("party_ask_number_of_guests", "guests", False, ["how many guests"]),
        ("party_ask_parking_needed", "parking", False, ["require parking", "need parking"]),
        ("party_ask_dietary_restrictions", "diet", False, ["dietary restrictions", "dietary requirements"]),
        ("party_confirm_rsvp", "confirmed", False, ["rsvp is all done", "done and confirmed"]),
    ],
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One dialogue with the steps that its agent took, in order, as the labels say."""

    id: str
    transcript: Transcript
    labels: tuple[str, ...]


def dialogues(folder: Path, task: str) -> Iterator[Labelled]:
    """Dialogues of this task alone in which every line of the agent is labelled."""
    with gzip.open(folder / "dev_star.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            dialogue = json.loads(line)
            tasks = [one["Task"] for one in dialogue["Scenario"]["WizardCapabilities"]]
            said = [(e["Agent"], e["Action"], e["Text"], e.get("ActionLabel")) for e in _spoken(dialogue)]
            own = [(action, label) for agent, action, _, label in said if agent == "Wizard"]
            if tasks == [task] and own and all(action == LABELLED and label != "custom" for action, label in own):
                words = [("agent" if agent == "Wizard" else "customer", text) for agent, _, text, _ in said]
                yield Labelled(str(dialogue["DialogueID"]), as_transcript(words), tuple(str(label) for _, label in own))


def _spoken(dialogue: dict[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    sides = {"User": ("utter",), "Wizard": ("utter", LABELLED)}
    return [e for e in dialogue["Events"] if e["Action"] in sides.get(e["Agent"], ()) and e["Text"].strip()]


def check_of(task: str) -> CheckSpec:
    """The order check of a task's script."""
    steps = [{"name": name, "any_of": words, "optional": free} for _, name, free, words in SCRIPTS[task]]
    return CheckSpec("order", {"steps": steps, "min_similarity": 0.9})


def by_labels(task: str, labels: Sequence[str]) -> Verdict:
    """What the labels say: a required step missing, all there in order, or some out of place."""
    script = SCRIPTS[task]
    if any(not free and label not in labels for label, _, free, _ in script):
        return Verdict.NOT_MET
    at = -1
    for label in (label for label, *_ in script if label in labels):
        later = [place for place, one in enumerate(labels) if one == label and place > at]
        if not later:
            return Verdict.PARTLY_MET
        at = later[0]
    return Verdict.MET


def named(task: str, finding: Finding) -> frozenset[str]:
    """The labels of the steps that a reason names as missing."""
    if finding.verdict is not Verdict.NOT_MET:
        return frozenset()
    return frozenset(label for label, name, _, _ in SCRIPTS[task] if f"“{name}”" in finding.reason.en.split(" in ")[0])


def row(task: str, half: str, held: Sequence[tuple[Labelled, Finding]]) -> str:
    """One line of the table."""
    people = [by_labels(task, one.labels) for one, _ in held]
    machine = [None if finding.verdict is Verdict.ABSTAINED else finding.verdict for _, finding in held]
    told = verdict_agreement(people, machine, categories=(Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET))
    lacking = [
        (frozenset(label for label, _, free, _ in SCRIPTS[task] if not free and label not in one.labels), finding)
        for one, finding in held
        if by_labels(task, one.labels) is Verdict.NOT_MET
    ]
    right = proportion(sum(named(task, finding) == steps for steps, finding in lacking), len(lacking))
    counts = Counter(people)
    shares = "/".join(str(counts[one]) for one in (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET))
    figures = " | ".join(map(_shown, (told.coverage, told.raw, told.kappa, told.ac1, right)))
    return f"| {task} | {half} | {told.n} | {shares} | {figures} |\n"


def _shown(figure: Estimate | None) -> str:
    return "-" if figure is None else str(figure)


def main() -> int:
    folder = data_folder() / FOLDER
    if not folder.is_dir():
        sys.stdout.write(f"No dialogues in {folder}. Set HUITING_DATA to the folder that holds {FOLDER}.\n")
        return 0
    head = "task|half|n|in order/out of place/missing|coverage|raw|kappa|AC1|missing steps named"
    sys.stdout.write(f"| {head.replace('|', ' | ')} |\n" + "|---" * 9 + "|\n")
    for task in SCRIPTS:
        held = [(one, answer(check_of(task), one.transcript, "en")) for one in dialogues(folder, task)]
        for half in HALVES:
            sys.stdout.write(row(task, str(half), [pair for pair in held if half_of(pair[0].id) == half]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
