"""The systems that are compared, each run as whole processes on the same channels of the same calls.

Everybody gets the language, the same model, int8 and both cores. The faster-whisper rows share the channels out,
longest first, over two processes of one thread, or take them in one process of two threads, as each row says.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from transcription.engines.whisper import EngineSpec
from transcription.farm.contract import Failed, Finished, Job
from transcription.farm.local import LocalFarm
from transcription.pipeline import Wish

SPEAKERS = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text one system put at one time of one channel; `words` where it tells the time of each."""

    call: str
    speaker: str
    start_s: float
    end_s: float
    text: str
    words: tuple[tuple[float, float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the set and the language it is in; `copy` tells repetitions apart."""

    path: str
    language: str
    copy: int

    @property
    def name(self) -> str:
        return Path(self.path).stem


@dataclass(frozen=True, slots=True)
class System:
    """A row of the table."""

    name: str
    how: str
    run: Callable[[Sequence[Call], str], list[Text]]


_model: dict[str, Any] = {}


def _load(model: str, threads: int) -> None:
    os.environ["OMP_NUM_THREADS"] = str(threads)
    from faster_whisper import WhisperModel

    _model["whisper"] = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)


def _listen(item: tuple[Call, int, str]) -> list[Text]:
    """One channel of one call by faster-whisper, called as its README does."""
    from faster_whisper import BatchedInferencePipeline, decode_audio

    call, channel, kind = item
    audio = decode_audio(call.path, split_stereo=True)[channel]
    options: dict[str, Any] = {"language": call.language, "beam_size": 5}
    whisper = _model["whisper"]
    if kind == "batched":
        segments, _ = BatchedInferencePipeline(model=whisper).transcribe(audio, batch_size=8, language=call.language)
    else:
        segments, _ = whisper.transcribe(audio, **options, vad_filter=kind == "vad")
    return [Text(call.name, SPEAKERS[channel], s.start, s.end, s.text) for s in segments]


def _faster_whisper(kind: str, processes: int, threads: int) -> Callable[[Sequence[Call], str], list[Text]]:
    def run(calls: Sequence[Call], model: str) -> list[Text]:
        items = [(call, channel, kind) for call in calls for channel in (0, 1)]
        with get_context("spawn").Pool(processes, _load, (model, threads)) as pool:
            return [text for texts in pool.imap_unordered(_listen, items) for text in texts]

    return run


def _ours(calls: Sequence[Call], model: str) -> list[Text]:
    jobs = [Job(f"{c.name} {c.copy}", c.path, Wish(language=c.language)) for c in calls]
    found: list[Text] = []
    with LocalFarm(2, EngineSpec(model=model)) as farm:
        for event in farm.run(jobs):
            if isinstance(event, Failed):
                raise RuntimeError(event.reason)  # noqa: TRY004 - a call that failed, not a wrong type
            if isinstance(event, Finished):
                found += [
                    Text(
                        event.key.split(" ")[0],
                        u.speaker,
                        u.start_s or 0.0,
                        u.end_s or 0.0,
                        u.text,
                        tuple((w.start_s, w.end_s, w.text) for w in u.words),
                    )
                    for u in event.transcript.utterances
                ]
    return found


SYSTEMS = {
    "readme": System("faster-whisper, README call", "2 processes x 1 thread", _faster_whisper("readme", 2, 1)),
    "vad": System("faster-whisper, vad_filter", "2 processes x 1 thread", _faster_whisper("vad", 2, 1)),
    "batched": System("faster-whisper, batched (8)", "2 processes x 1 thread", _faster_whisper("batched", 2, 1)),
    "batched1": System("faster-whisper, batched (8)", "1 process x 2 threads", _faster_whisper("batched", 1, 2)),
    "huiting": System("Huiting", "2 processes x 1 thread", _ours),
}
