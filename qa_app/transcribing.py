"""`huiting transcribe`: recordings to transcript files, without a database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click

from qa_app.core.settings import Settings
from qa_app.terminal import Progress
from transcription import captions
from transcription.audio import Limits
from transcription.engines.whisper import EngineSpec
from transcription.farm.contract import Advanced, Finished, Job
from transcription.farm.local import LocalFarm
from transcription.files import transcript_to_dict
from transcription.manifest import MIXED
from transcription.model import Transcript
from transcription.model_pack import find_model
from transcription.pipeline import Wish

WRITERS: dict[str, Callable[[Transcript], str]] = {
    "json": lambda heard: json.dumps(transcript_to_dict(heard), ensure_ascii=False, indent=1) + "\n",
    "srt": captions.srt,
    "vtt": captions.vtt,
    "txt": captions.plain_text,
}


def transcribe_files(
    settings: Settings, files: list[Path], form: str, language: str, channel_map: str, out: Path | None, bar: Progress
) -> list[tuple[str, str]]:
    """Write one transcript a file into `out` (or the only one to standard output); returns what failed and why."""
    speakers = ("unknown",) if channel_map == MIXED else tuple(channel_map.split(","))
    wish = Wish(speakers, language, limits=Limits(settings.shortest_s, settings.longest_s))
    jobs = {str(number): Job(str(number), str(file), wish) for number, file in enumerate(files)}
    failed: list[tuple[str, str]] = []
    shares: dict[str, float] = {}
    if out:
        out.mkdir(parents=True, exist_ok=True)
    with LocalFarm(settings.decoding_processes, EngineSpec(model=find_model(settings.model, settings.models))) as farm:
        for event in farm.run(jobs.values()):
            file = files[int(event.key)]
            shares[event.key] = event.share if isinstance(event, Advanced) else 1.0
            bar.show(sum(shares.values()), len(files), file.name)
            if isinstance(event, Advanced):
                continue
            bar.line(file.name)
            if isinstance(event, Finished):
                _write(event.transcript, file, form, out)
            else:
                failed.append((file.name, event.reason))
    return failed


def _write(heard: Transcript, file: Path, form: str, out: Path | None) -> None:
    text = WRITERS[form](heard)
    if out is None:
        click.echo(text, nl=False)
        return
    target = out / f"{file.stem}.{form}"
    part = target.with_suffix(f".{form}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(target)
