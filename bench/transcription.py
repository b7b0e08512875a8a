"""`python -m bench.transcription`: speed, accuracy, invented text and memory, side by side in one run.

Every round runs every system once, one after the other, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Self

import psutil

from bench.accuracy import edit_distance, outside, tokens
from bench.systems import SPEAKERS, SYSTEMS, Call, Text
from transcription.audio import probe
from transcription.model_pack import find_model

SET = "calls_zh_en_two_channel"
BASE = ("batched", "batched1")
COLUMNS = (
    *("system", "run as", "runs", "audio s per s", "x batched", "x README", "CPU s per audio s"),
    *("CER zh", "WER en", "invented", "peak PSS MB"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One system over all calls: seconds of clock and of processor, peak PSS of all processes, and the text."""

    wall_s: float
    cpu_s: float
    pss_bytes: int
    texts: list[Text]


def data_folder() -> Path:
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("HUITING_DATA", default)) / SET


def calls_of(folder: Path, repeat: int) -> list[Call]:
    return [Call(str(path), path.name[:2], copy) for copy in range(repeat) for path in sorted(folder.glob("*.flac"))]


class PeakMemory:
    """The largest sum of PSS over this process and all its children, looked at five times a second."""

    def __init__(self) -> None:
        self.peak = 0
        self._stop = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.2):
            self.peak = max(self.peak, sum(map(_pss, [me := psutil.Process(), *me.children(recursive=True)])))


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def measure(key: str, calls: Sequence[Call], model: str) -> Run:
    """Whole processes: from starting them to the last text, model loading included."""
    before = _children_cpu_s()
    with PeakMemory() as memory:
        start = time.perf_counter()
        texts = SYSTEMS[key].run(calls, model)
        wall_s = time.perf_counter() - start
    return Run(wall_s, _children_cpu_s() - before, memory.peak, texts)


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Error rate by language, characters wholly in silence by segment, and by word where a system tells words."""

    errors: dict[str, float]
    invented: int
    invented_words: int | None


def accuracy(texts: Sequence[Text], folder: Path, names: Sequence[str]) -> Accuracy:
    """Over all channels of the named calls; repetitions must have been left out."""
    wrong: dict[str, list[int]] = {}
    invented, by_word = 0, 0
    for name in names:
        language = name[:2]
        said = json.loads((folder / f"{name}.ref.json").read_text(encoding="utf-8"))["utterances"]
        for speaker in SPEAKERS:
            own = sorted((t for t in texts if (t.call, t.speaker) == (name, speaker)), key=lambda t: t.start_s)
            true = [u for u in said if u["speaker"] == speaker]
            speech = [(u["start_s"], u["end_s"]) for u in true]
            reference = tokens(" ".join(u["text"] for u in true), language)
            found = tokens(" ".join(t.text for t in own), language)
            counts = wrong.setdefault(language, [0, 0])
            counts[0] += edit_distance(found, reference)
            counts[1] += len(reference)
            invented += sum(len(tokens(t.text, language)) for t in own if outside((t.start_s, t.end_s), speech))
            words = chain.from_iterable(t.words for t in own)
            by_word += sum(len(tokens(word, language)) for start, end, word in words if outside((start, end), speech))
    told = any(t.words for t in texts)
    return Accuracy({lang: bad / max(1, n) for lang, (bad, n) in wrong.items()}, invented, by_word if told else None)


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Median (smallest to largest)."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def rates(runs: Sequence[Run], audio_s: float) -> list[float]:
    return [audio_s / run.wall_s for run in runs]


def table(done: dict[str, list[Run]], folder: Path, calls: Sequence[Call], audio_s: float) -> str:
    """The rows as Markdown."""
    names = sorted({call.name for call in calls})
    copies = len(calls) // len(names)
    best_base = max((median(rates(done[key], audio_s)) for key in BASE if key in done), default=None)
    readme = median(rates(done["readme"], audio_s)) if "readme" in done else None
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    for key, runs in done.items():
        found = [accuracy(_once(run.texts, copies), folder, names) for run in runs]
        speed = median(rates(runs, audio_s))
        words = [a.invented_words for a in found if a.invented_words is not None]
        invented = "/".join(sorted({str(a.invented) for a in found})) + (f" (by word {max(words)})" if words else "")
        cells = [
            SYSTEMS[key].name,
            SYSTEMS[key].how,
            str(len(runs)),
            spread(rates(runs, audio_s)),
            f"{speed / best_base:.2f}" if best_base else "-",
            f"{speed / readme:.2f}" if readme else "-",
            spread([run.cpu_s / audio_s for run in runs], 4),
            spread([a.errors.get("zh", 0.0) for a in found], 3),
            spread([a.errors.get("en", 0.0) for a in found], 3),
            invented,
            f"{max(run.pss_bytes for run in runs) / 1e6:.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _once(texts: Sequence[Text], copies: int) -> list[Text]:
    """Texts of one repetition only: the systems are told apart by text, repetitions are equal or dropped."""
    return list(texts) if copies == 1 else list(dict.fromkeys(texts))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.transcription", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each system runs")
    parser.add_argument("--repeat", type=int, default=1, help="how often each call is in the set")
    parser.add_argument("--systems", default=",".join(SYSTEMS), help=f"some of {', '.join(SYSTEMS)}")
    chosen = parser.parse_args(arguments)
    folder = data_folder()
    if not folder.is_dir():
        sys.stderr.write(f"{folder} is not there; set HUITING_DATA to the folder that holds {SET}.\n")
        return 2
    calls = calls_of(folder, chosen.repeat)
    audio_s = sum(probe(Path(call.path)).duration_s or 0.0 for call in calls)
    model = find_model()
    done: dict[str, list[Run]] = {key: [] for key in chosen.systems.split(",")}
    sys.stdout.write(f"{len(calls)} calls, {audio_s:.0f} s of audio (two channels each), {os.cpu_count()} cores\n")
    for number in range(chosen.rounds):
        for key, runs in done.items():
            runs.append(measure(key, calls, model))
            load = os.getloadavg()[0]
            sys.stdout.write(f"round {number + 1} {key}: {runs[-1].wall_s:.1f} s, load average {load:.1f}\n")
            sys.stdout.flush()
    sys.stdout.write("\n" + table(done, folder, calls, audio_s) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
