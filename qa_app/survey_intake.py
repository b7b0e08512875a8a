"""An outside survey taken in from its file under its saved mapping, for page and command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from qa_app.core.access import Action, Actor, require
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.runtime import Runtime
from surveys import outside_import, rules
from surveys.case_file import table
from surveys.office import Office
from surveys.outside import mapping_from_yaml, mapping_to_yaml, read_answers, suggested_mapping
from surveys.outside_import import TakenIn

LOOKED_AT, TOLD_EVERY = 200, 500
Step = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Look:
    """A file's headings, the mapping in force or suggested as text, and whether it was saved before."""

    header: tuple[str, ...]
    text: str
    is_saved: bool


def look(live: Runtime, actor: Actor, file: Path, survey: str) -> Look:
    """Read the beginning of a file and keep nothing."""
    require(actor, Action.MANAGE_SURVEYS)
    header, rows = table(file)
    with reading(live.engine) as session:
        saved = rules.outside_mapping(session, survey, utc_now())
    found = saved or suggested_mapping(header, [cells for _line, cells in islice(rows, LOOKED_AT)])
    return Look(tuple(header), mapping_to_yaml(found), saved is not None)


def take_in(
    live: Runtime, actor: Actor, file: Path, survey: str, unit_id: int, mapping: str = "", step: Step = lambda _: None
) -> TakenIn:  # fmt: skip
    """Keep every row that can be read, under a mapping that is saved with the survey's name first.

    Without a mapping the saved one counts, else the one that the headings suggest. `step` is told how many rows were
    read since it was told last.
    """
    text = mapping or look(live, actor, file, survey).text
    found = mapping_from_yaml(text, survey)
    header, rows = table(file)
    zone = Office.of(live.settings).zone
    with transaction(live.engine) as session:
        answers = read_answers(_counted(rows, step), found, header, zone)
        kept = outside_import.take_in(session, actor, utc_now(), survey, unit_id, answers)
        outside_import.keep_mapping(session, actor, utc_now(), survey, mapping_to_yaml(found))
    return kept


def _counted(rows: Iterable[tuple[int, list[str]]], step: Step) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, 1):
        if number % TOLD_EVERY == 0:
            step(TOLD_EVERY)
        yield row
