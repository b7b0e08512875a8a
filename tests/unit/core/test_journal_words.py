"""The journal's page has words for whatever the services write into the journal."""

import ast
from pathlib import Path

import pytest

from qa_app.components.journal_words import ACTIONS, SUBJECTS, VALUES
from scorecards.case_library import LibraryStep
from scorecards.disputes import StepKind as DisputeStep
from scorecards.finding_rules import FindingStep
from scorecards.model import CoachingStep
from scorecards.shopping import VisitStep
from scorecards.training import TrainingStep
from surveys.model import ActionKind, StepKind

ROOT = Path(__file__).parents[3]
BY_KIND = {
    "f'case.{new.kind.value}'", "f'action.{kind.value}'", "f'dispute.{step.kind.value}'", "f'coaching.{kind.value}'",
    "f'visit.{kind.value}'", "f'training.{kind.value}'",
    "f'finding.{new.kind.value}'",
    "f'library.{kind.value}'",
}  # fmt: skip
NOT_VALUES = {"session", "actor", "action", "subject", "at"}


def written():
    """Every call of journal.record in the code."""
    for folder in ("qa_app", "scorecards", "surveys", "transcription"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("journal.record"):
                    yield pytest.param(node, id=f"{path.name}:{node.lineno}")


@pytest.mark.parametrize("node", list(written()))
def test_an_entry_is_told_in_the_readers_words(node):
    action, subject = node.args[2], node.args[3]
    if isinstance(action, ast.Constant):
        assert action.value in ACTIONS
    else:
        assert ast.unparse(action) in BY_KIND
    text = subject.values[0] if isinstance(subject, ast.JoinedStr) else subject
    assert text.value.partition(":")[0] in SUBJECTS
    assert {word.arg for word in node.keywords if word.arg} - set(VALUES) == set()


def test_every_step_of_a_case_and_of_a_corrective_action_has_words():
    assert {f"case.{kind.value}" for kind in StepKind} <= set(ACTIONS)
    assert {f"action.{kind.value}" for kind in ActionKind} <= set(ACTIONS)


def test_every_step_of_a_dispute_and_of_a_coaching_has_words():
    taken = set(DisputeStep) - {DisputeStep.TOLD}  # being told is written by the system with the evaluation
    assert {f"dispute.{kind.value}" for kind in taken} <= set(ACTIONS)
    assert {f"coaching.{kind.value}" for kind in CoachingStep} <= set(ACTIONS)


def test_every_step_of_a_mystery_visit_has_words():
    assert {f"visit.{kind.value}" for kind in VisitStep} <= set(ACTIONS)


def test_every_step_of_a_training_task_has_words():
    assert {f"training.{kind.value}" for kind in TrainingStep} <= set(ACTIONS)


def test_every_step_of_a_finding_has_words():
    assert {f"finding.{kind.value}" for kind in FindingStep} <= set(ACTIONS)
    assert {f"library.{kind.value}" for kind in LibraryStep} <= set(ACTIONS)
