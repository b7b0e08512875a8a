"""One recording becomes a transcript: decode, find speech, pack, recognise, cut into utterances, measure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from transcription import metrics
from transcription.audio import DecodedAudio, Limits, decode
from transcription.engines.contract import LANGUAGES, Engine, Heard
from transcription.model import SPEAKER, EngineInfo, Transcript, Utterance, Word
from transcription.packing import Window, pack, piece_alone, window_samples
from transcription.speech import Region, SpeechRule, speech_probabilities, speech_regions, without_leaks
from transcription.turns import Stretch, utterances

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT_MAP = ("agent", "customer")
AUTO = "auto"
WINDOWS_AT_ONCE = 8
LANGUAGE_WINDOWS = 2
PASSED_OVER_S = 1.0
RULE = SpeechRule()
BREAK = re.compile("[\uff0c。\uff1f\uff01、\uff1b\uff1a,.?!;:]\\s*$")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recording is (0..1), and what was heard since the last message (index is not final)."""

    share: float
    fresh: tuple[Utterance, ...] = ()


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Listened:
    """What was heard on some channels of a recording; the parts of one recording are joined by `assemble`."""

    recording: str
    duration_s: float
    channels: int
    stretches: tuple[Stretch, ...]
    talk: dict[str, tuple[tuple[float, float], ...]]
    languages: dict[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """How a recording shall be read: who sits on which channel, which language, which channels (None = all)."""

    channel_map: tuple[str, ...] = DEFAULT_MAP
    language: str = AUTO
    only_channels: tuple[int, ...] | None = None
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if self.language not in (AUTO, *LANGUAGES):
            raise Invalid("The language {language} is unknown; say zh, en or auto.", language=self.language)
        for speaker in self.channel_map:
            if not SPEAKER.match(speaker):
                raise Invalid("{speaker} is no speaker; say agent, customer, ivr or unknown.", speaker=speaker)


def transcribe(
    path: Path,
    engine: Engine,
    *,
    channel_map: Sequence[str] = DEFAULT_MAP,
    language: str = AUTO,
    limits: Limits | None = None,
    on_progress: OnProgress | None = None,
) -> Transcript:
    """The transcript of one recording; raises Refused (with a code), NotFound or Invalid.

    A file with one channel has the speaker unknown, as has every channel beyond the map.
    """
    wish = Wish(tuple(channel_map), language, limits=limits or Limits())
    return assemble([listen(path, engine, wish, on_progress)], engine.info)


def listen(path: Path, engine: Engine, wish: Wish, on_progress: OnProgress | None = None) -> Listened:
    """Everything heard on the wished channels, a batch of windows at a time in order of the call."""
    audio = decode(Path(path), wish.limits)
    speakers = speakers_of(len(audio.channels), wish.channel_map)
    regions = find_speech(audio)
    chosen = range(len(audio.channels)) if wish.only_channels is None else wish.only_channels
    windows = _windows(regions, [c for c in chosen if c < len(audio.channels)], engine.longest_window_s)
    languages = _languages(windows, audio, engine, wish.language)
    stretches = _recognised(windows, audio, engine, (speakers, languages), on_progress or _silent)
    return Listened(
        recording=Path(path).name,
        duration_s=round(audio.duration_s, 3),
        channels=len(audio.channels),
        stretches=tuple(stretches),
        talk=_talk(stretches),
        languages={speakers[channel]: language for channel, language in languages.items()},
        notes=audio.notes,
    )


def _silent(progress: Progress) -> None:
    del progress


def speakers_of(channels: int, channel_map: Sequence[str]) -> list[str]:
    """A label for each channel: unknown for a single one and beyond the map."""
    if channels == 1:
        return ["unknown"]
    return [channel_map[number] if number < len(channel_map) else "unknown" for number in range(channels)]


def find_speech(audio: DecodedAudio, rule: SpeechRule = RULE) -> list[list[Region]]:
    """Speech regions of each channel, without what merely leaks over from the other side."""
    found = [speech_regions(speech_probabilities(channel), rule) for channel in audio.channels]
    return without_leaks(audio.channels, found)


def _windows(regions: Sequence[list[Region]], channels: Iterable[int], longest_s: float) -> list[Window]:
    """The windows of the wished channels in order of the call."""
    packed = [window for channel in channels for window in pack(channel, regions[channel], longest_s)]
    return sorted(packed, key=lambda window: (window.start_s, window.channel))


def _languages(windows: Sequence[Window], audio: DecodedAudio, engine: Engine, wished: str) -> dict[int, str]:
    """The language of each channel that speaks; auto listens to its two longest windows."""
    languages = {}
    for channel in sorted({window.channel for window in windows}):
        own = sorted((w for w in windows if w.channel == channel), key=lambda w: -w.length_s)[:LANGUAGE_WINDOWS]
        if wished == AUTO:
            languages[channel] = engine.detect_language([window_samples(w, audio.channels[channel]) for w in own])
        else:
            languages[channel] = wished
    return languages


def _recognised(
    windows: Sequence[Window],
    audio: DecodedAudio,
    engine: Engine,
    labels: tuple[list[str], dict[int, str]],
    on_progress: OnProgress,
) -> list[Stretch]:
    """Stretches of all windows, told as they come."""
    speakers, languages = labels
    stretches: list[Stretch] = []
    for start in range(0, len(windows), WINDOWS_AT_ONCE):
        batch = windows[start : start + WINDOWS_AT_ONCE]
        fresh: list[Stretch] = []
        for language in sorted({languages[window.channel] for window in batch}):
            same = [window for window in batch if languages[window.channel] == language]
            for window, result in _heard(same, audio, engine, language):
                fresh += stretches_of(window, result, speakers[window.channel], language)
        stretches += fresh
        on_progress(Progress((start + len(batch)) / len(windows), utterances(fresh)))
    return stretches


def _heard(windows: Sequence[Window], audio: DecodedAudio, engine: Engine, language: str) -> list[tuple[Window, Heard]]:
    """What was recognised in each window; speech in which no word was found is listened to once more by itself.

    A recogniser now and then skips a sentence inside a window; alone it is heard.
    """
    first = _recognise(windows, audio, engine, language)
    missed = [piece_alone(window, number) for window, result in first for number in passed_over(window, result)]
    again = _recognise(missed, audio, engine, language)
    return [*first, *((window, result) for window, result in again if result.words)]


def _recognise(
    windows: Sequence[Window], audio: DecodedAudio, engine: Engine, language: str
) -> list[tuple[Window, Heard]]:
    samples = [window_samples(window, audio.channels[window.channel]) for window in windows]
    return list(zip(windows, engine.recognise(samples, language), strict=True))


def passed_over(window: Window, heard: Heard) -> list[int]:
    """The pieces of at least 1 s in which no word lies though the window has others."""
    told = set(shares(window, heard.words))
    long = [number for number, piece in enumerate(window.pieces) if piece.length_s >= PASSED_OVER_S]
    return [number for number in long if number not in told] if len(window.pieces) > 1 else []


def stretches_of(window: Window, heard: Heard, speaker: str, language: str) -> list[Stretch]:
    """One stretch for each piece of the window, its words at the true seconds of the recording."""
    words: list[list[Word]] = [[] for _ in window.pieces]
    for word, number in zip(heard.words, shares(window, heard.words), strict=True):
        start_s, end_s = window.true_span(number, word.start_s, word.end_s)
        words[number].append(Word(start_s, end_s, word.text, word.probability))
    return [
        Stretch(speaker, piece.start_s, piece.end_s, tuple(said), language, piece.voice)
        for piece, said in zip(window.pieces, words, strict=True)
    ]


def shares(window: Window, words: Sequence[Word]) -> list[int]:
    """The piece of each word, never going back: by the end of the word, moved to a sentence break close by.

    An aligner stretches the first word after a pause back over the pause, so its end is surer than its start; where a
    sentence ends within 3 words and 1 s of the change of pieces, the change belongs there.
    """
    numbers = list(accumulate((window.piece_at(max(w.start_s, w.end_s - 0.15)) for w in words), max))
    for at in [i for i in range(1, len(words)) if numbers[i] != numbers[i - 1]]:
        near = [j for j in range(max(1, at - 3), min(len(words), at + 4)) if BREAK.search(words[j - 1].text)]
        near = [j for j in near if abs(words[j].start_s - words[at].start_s) <= 1.0]
        best = min(near, key=lambda j: abs(j - at), default=at)
        if numbers[min(best, at)] == numbers[at - 1] or numbers[max(best, at) - 1] == numbers[at]:
            before, after = numbers[at - 1], numbers[at]
            for j in range(min(best, at), max(best, at)):
                numbers[j] = after if best < at else before
    return list(accumulate(numbers, max))


def _talk(stretches: Iterable[Stretch]) -> dict[str, tuple[tuple[float, float], ...]]:
    """Who spoke when, without the margins around speech; a region in which no word was found is noise."""
    talk: dict[str, list[tuple[float, float]]] = {}
    for stretch in stretches:
        if stretch.words:
            talk.setdefault(stretch.speaker, []).append(stretch.spoken)
    return {speaker: tuple(metrics.union(spans)) for speaker, spans in talk.items()}


def assemble(parts: Sequence[Listened], info: Callable[[str], EngineInfo]) -> Transcript:
    """The transcript of all parts of one recording; `info` names the engine for the language most is spoken in."""
    spoken = utterances(stretch for part in parts for stretch in part.stretches)
    language = main_language(spoken, parts)
    talk: dict[str, list[tuple[float, float]]] = {}
    for part in parts:
        for speaker, spans in part.talk.items():
            talk.setdefault(speaker, []).extend(spans)
    marked = tuple(replace(u, language=None if u.language == language else u.language) for u in spoken)
    return Transcript(
        utterances=marked,
        recording=parts[0].recording,
        duration_s=parts[0].duration_s,
        channels=parts[0].channels,
        language=language,
        engine=info(language),
        metrics=metrics.call_metrics(talk, marked, parts[0].duration_s),
    )


def main_language(spoken: Iterable[Utterance], parts: Sequence[Listened]) -> str:
    """The language with most seconds of words; of a call without words the first found or zh."""
    seconds: dict[str, float] = {}
    for utterance in spoken:
        length_s = (utterance.end_s or 0.0) - (utterance.start_s or 0.0)
        seconds[utterance.language or "zh"] = seconds.get(utterance.language or "zh", 0.0) + length_s
    if seconds:
        return max(sorted(seconds), key=lambda language: seconds[language])
    return next((language for part in parts for language in part.languages.values()), "zh")
