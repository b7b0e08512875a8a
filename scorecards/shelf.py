"""Where learned criteria stand: by name in the installation's folder, by path only for who may read files anyway."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from qa_app.core.errors import HuitingError
from scorecards.checks.outside import Unanswered
from scorecards.model import Wording

if TYPE_CHECKING:
    from transcription.text_model import TextModel

FOLDER = "criteria"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_KEPT = 16


@dataclass(frozen=True, slots=True)
class Shelf:
    """Models by name in `folder`; `paths` are the folders that a path in a card may start from (none: names only)."""

    folder: Path
    paths: tuple[Path, ...] = ()

    def find(self, name: str) -> TextModel:
        """The model of that name, read once; raises Unanswered, and nothing else, where there is none to be used."""
        for place in self._places(name):
            if _is_model(place):
                return _read(place)
        raise Unanswered(Wording(f"没有名为“{name}”的学习模型", f"there is no learned model “{name}”"))

    def _places(self, name: str) -> list[Path]:
        named = [self.folder / name] if NAME.fullmatch(name) else []
        return named + [start / name for start in self.paths]


def _is_model(place: Path) -> bool:
    from transcription.model_folder import HEADER  # with scipy: only where a card asks for a learned criterion

    try:
        return (place / HEADER).is_file()
    except OSError:  # a name longer than names can be
        return False


def _read(place: Path) -> TextModel:
    from transcription.model_folder import HEADER

    try:
        stamp = (place / HEADER).stat().st_mtime_ns
        return _kept(place.resolve(), stamp)
    except (HuitingError, OSError) as error:
        raise Unanswered(Wording(f"学习模型不能使用：{error}", f"the learned model cannot be used: {error}")) from error


@lru_cache(maxsize=MOST_KEPT)
def _kept(place: Path, _stamp: int) -> TextModel:
    from transcription.model_folder import read_model

    return read_model(place)
