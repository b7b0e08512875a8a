"""A transcript as captions: SRT, WebVTT and plain text; utterances without times are left out of captions. Pure."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transcription.model import Transcript, Utterance

NAMES = {
    "zh": {"agent": "客服", "customer": "客户", "ivr": "语音系统", "unknown": "未知"},
    "en": {"agent": "Agent", "customer": "Customer", "ivr": "Recorded voice", "unknown": "Unknown"},
}
SHORTEST_S = 0.1


def speaker_name(speaker: str, language: str) -> str:
    """The speaker as readers call them: 客服, 客户2, Agent, Customer 2."""
    side = speaker.rstrip("0123456789")
    names = NAMES["zh" if language.startswith("zh") else "en"]
    number = speaker[len(side) :]
    gap = " " if number and not language.startswith("zh") else ""
    return names.get(side, side) + gap + number


def srt(transcript: Transcript) -> str:
    """SubRip: numbered cues, times as 00:00:01,500."""
    return "\n".join(
        f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{_named(utterance, transcript.language)}\n"
        for number, (start, end, utterance) in enumerate(_cues(transcript), start=1)
    )


def vtt(transcript: Transcript) -> str:
    """WebVTT: the speaker as voice span, text escaped, times as 00:00:01.500."""
    cues = (
        f"\n{_clock(start, '.')} --> {_clock(end, '.')}\n"
        f"<v {escape(speaker_name(utterance.speaker, transcript.language))}>{escape(_line(utterance), quote=False)}\n"
        for start, end, utterance in _cues(transcript)
    )
    return "WEBVTT\n" + "".join(cues)


def plain_text(transcript: Transcript) -> str:
    """One line for each utterance: [mm:ss] speaker: text; without times only speaker and text."""
    return "".join(
        f"{_stamp(utterance)}{_named(utterance, transcript.language)}\n" for utterance in transcript.utterances
    )


def _cues(transcript: Transcript) -> Iterable[tuple[float, float, Utterance]]:
    """Start, end (at least 0.1 s later) and utterance, in order of time."""
    timed = [u for u in transcript.utterances if u.start_s is not None and u.end_s is not None]
    for utterance in sorted(timed, key=lambda u: (u.start_s, u.index)):
        start, end = utterance.start_s or 0.0, utterance.end_s or 0.0
        yield start, max(end, start + SHORTEST_S), utterance


def _named(utterance: Utterance, language: str) -> str:
    colon = "\uff1a" if language.startswith("zh") else ": "
    return speaker_name(utterance.speaker, language) + colon + _line(utterance)


def _line(utterance: Utterance) -> str:
    """The text on one line: an empty line or an arrow would end a cue."""
    return " ".join(utterance.text.replace("-->", "->").split())


def _stamp(utterance: Utterance) -> str:
    if utterance.start_s is None:
        return ""
    minutes, seconds = divmod(int(utterance.start_s), 60)
    return f"[{minutes:02d}:{seconds:02d}] "


def _clock(seconds: float, mark: str) -> str:
    """Hours, minutes, seconds and milliseconds."""
    whole_ms = round(seconds * 1000)
    minutes, ms = divmod(whole_ms, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{ms // 1000:02d}{mark}{ms % 1000:03d}"
