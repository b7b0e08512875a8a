"""LABELS.jsonl: one judged call a line, an id, its utterances and people's label; a line that does not fit is named."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa_app.core.errors import HuitingError, Invalid
from scorecards.model import Verdict
from transcription.files import shown, transcript_from_dict
from transcription.text_model import Target

if TYPE_CHECKING:
    from pathlib import Path

    from transcription.model import Transcript

LABELS = tuple(verdict.value for verdict in Verdict if verdict is not Verdict.ABSTAINED)
LARGEST = 1e9


@dataclass(frozen=True, slots=True)
class LabelledCall:
    """A call and what people said of it: a verdict or a number."""

    id: str
    transcript: Transcript
    label: str | float
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that cannot be used, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Labels:
    """The calls of a file, the lines left out, and the file's hash."""

    calls: tuple[LabelledCall, ...]
    problems: tuple[Problem, ...]
    target: Target
    sha256: str


def read_labels(path: Path, target: Target | None = None) -> Labels:
    """The judged calls in a file; without a target the first label that can be used decides on it.

    Invalid where no line can be used; single bad lines are left out and named.
    """
    raw = path.read_bytes()
    calls: list[LabelledCall] = []
    problems: list[Problem] = []
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if not line.strip():
            continue
        try:
            call = _call(line, number, target)
        except HuitingError as error:
            problems.append(Problem(number, str(error)))
            continue
        target = target or (Target.VERDICT if isinstance(call.label, str) else Target.NUMBER)
        calls.append(call)
    if not calls or target is None:
        first = f" Line {problems[0].line}: {problems[0].reason}" if problems else ""
        raise Invalid(
            "{file} holds no judged call that can be used ({lines} lines).{first}",
            file=path.name,
            lines=len(problems),
            first=first,
        )
    return Labels(tuple(calls), tuple(problems), target, hashlib.sha256(raw).hexdigest())


def _call(line: bytes, number: int, target: Target | None) -> LabelledCall:
    try:
        document = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Invalid("This is not JSON ({error}). Write one object a line, in UTF-8.", error=error) from error
    if not isinstance(document, dict):
        raise Invalid("{value} is no object. Write {{}} with id, utterances and label.", value=shown(document))
    name = document.get("id")
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not name.strip():
        raise Invalid("The id is {value}. Give each call its own text as id.", value=shown(name))
    if "label" not in document:
        raise Invalid("There is no label. Give people's verdict or number.")
    label = _label(document["label"], target)
    spoken = {key: value for key, value in document.items() if key in ("utterances", "metrics", "language")}
    return LabelledCall(name, transcript_from_dict(spoken, f"line {number}"), label, number)


def _label(value: Any, target: Target | None) -> str | float:  # noqa: ANN401 - any JSON
    if target is not Target.NUMBER and isinstance(value, str) and value in LABELS:
        return value
    if target is not Target.VERDICT and isinstance(value, int | float) and not isinstance(value, bool):
        if not abs(value) <= LARGEST:
            raise Invalid("The label {value} is no usable number. Give one within a billion.", value=shown(value))
        return float(value)
    wanted = {
        Target.VERDICT: "one of " + ", ".join(LABELS),
        Target.NUMBER: "a number without quotation marks",
        None: "a number, or one of " + ", ".join(LABELS),
    }[target]
    raise Invalid("The label is {value}. Give {wanted}.", value=shown(value), wanted=wanted)
