"""Whisper through faster-whisper and CTranslate2: windows as long as their speech, decoded greedily in batches.

Three measured choices make it fast without costing accuracy (docs/benchmarks.md):
- a window is padded to 16.5 s and not to Whisper's 30 s, as attention costs the square of the length;
- windows are encoded one by one, which keeps them in the processor's cache, and decoded together;
- a beam of 2, and a wide one only for a window whose text looks wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from transcription.acoustics import RATE_HZ, Samples
from transcription.engines.contract import Heard
from transcription.model import EngineInfo, Word
from transcription.model_pack import find_model, model_sha256
from transcription.text import (
    compression_ratio,
    joined_punctuation,
    loop_at,
    simplified_words,
    with_chinese_mark,
    without_inventions,
    without_loops,
)
from transcription.vocabulary import Vocabulary, vocabulary_for

if TYPE_CHECKING:
    from collections.abc import Sequence

# faster-whisper and CTranslate2 are untyped
Tokens: TypeAlias = Any
Encoded: TypeAlias = Any

FRAMES_PER_S = 100
TAIL_S = 1.5
LONGEST_S = 15.0
CONTEXT_S = LONGEST_S + TAIL_S
LANGUAGE_SAMPLE_S = 10
TOKENS_PER_S = 15  # a rare Chinese sign takes 2 or 3 tokens
SPARE_TOKENS = 16
REPEATS_ABOVE = 2.4
UNSURE_BELOW = -1.0
SILENT_ABOVE = 0.6
BEAM = 2
WIDE_BEAM = 5
ZH_COMMA = "\uff0c"
MARKS = tuple("\uff0c。\uff1f\uff01、\uff1b\uff1a,.?!;:")


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """Which engine to load; small enough to send to another process.

    `model` is a folder or hub name, None for the offline pack; `threads` is for one process.
    """

    model: str | None = None
    compute_type: str = "int8"
    threads: int = 1
    device: str = "cpu"
    batch: int = 8


@dataclass(frozen=True, slots=True)
class _Guess:
    """One decoded window: tokens, mean log probability of a token, probability of no speech."""

    tokens: tuple[int, ...]
    mean_log_probability: float
    no_speech: float


class WhisperEngine:
    """A loaded Whisper model; not for several threads at once."""

    longest_window_s = LONGEST_S

    def __init__(self, spec: EngineSpec = EngineSpec()) -> None:
        from faster_whisper import WhisperModel
        from faster_whisper.utils import download_model

        named = find_model(spec.model)
        folder = named if Path(named).is_dir() else download_model(named)
        self.spec = spec
        self._model_name = Path(named).name.removeprefix("whisper-").removeprefix("faster-whisper-")
        self._sha256 = model_sha256(folder)
        self._whisper = WhisperModel(
            folder, device=spec.device, compute_type=spec.compute_type, cpu_threads=spec.threads
        )

    def info(self, language: str) -> EngineInfo:
        return EngineInfo("faster-whisper", self._model_name, self._sha256, vocabulary_for(language).label)

    def detect_language(self, windows: Sequence[Samples]) -> str:
        """Chinese (zh) or English (en) by the summed probabilities of each window's first 10 s; yue is zh."""
        scores = {"zh": 0.0, "en": 0.0}
        for window in windows:
            encoded = self._encoded([window[: LANGUAGE_SAMPLE_S * RATE_HZ]], LANGUAGE_SAMPLE_S + TAIL_S)
            for token, probability in self._whisper.model.detect_language(encoded)[0]:
                language = {"<|zh|>": "zh", "<|yue|>": "zh", "<|en|>": "en"}.get(token)
                if language:
                    scores[language] += probability
        return max(scores, key=lambda language: scores[language])

    def recognise(self, windows: Sequence[Samples], language: str) -> list[Heard]:
        """Words of each window, a batch of windows at a time."""
        heard: list[Heard] = []
        for start in range(0, len(windows), self.spec.batch):
            heard += self._recognise_batch(windows[start : start + self.spec.batch], language)
        return heard

    def _recognise_batch(self, windows: Sequence[Samples], language: str) -> list[Heard]:
        tokenizer = self._tokenizer(language)
        words_before = vocabulary_for(language)
        encoded = self._encoded(windows)
        guesses = self._decode(encoded, tokenizer, words_before)
        checked = [
            self._checked(guess, window, tokenizer, words_before)
            for guess, window in zip(guesses, windows, strict=True)
        ]
        frames = [max(2, len(window) // (RATE_HZ // FRAMES_PER_S)) for window in windows]
        texts = [with_breaks(guess.tokens, tokenizer) for guess, _ in checked]
        aligned = self._whisper.find_alignment(tokenizer, texts, encoded, frames)
        return [
            Heard(_words(alignment, len(window) / RATE_HZ, words_before), retried)
            for alignment, window, (_, retried) in zip(aligned, windows, checked, strict=True)
        ]

    def _tokenizer(self, language: str) -> Tokens:
        from faster_whisper.tokenizer import Tokenizer

        multilingual = self._whisper.model.is_multilingual
        return Tokenizer(self._whisper.hf_tokenizer, multilingual, task="transcribe", language=language)

    def _encoded(self, windows: Sequence[Samples], context_s: float = CONTEXT_S) -> Encoded:
        """Encoder output of shape (windows, frames / 2, width), every window padded to the same context.

        The context is not the longest of the batch: a window must give the same words in any company.
        """
        import ctranslate2

        frames = round(max(context_s, *(len(window) / RATE_HZ for window in windows)) * FRAMES_PER_S)
        outputs = [np.asarray(self._whisper.encode(self._features(window, frames))) for window in windows]
        return ctranslate2.StorageView.from_array(np.ascontiguousarray(np.concatenate(outputs)))

    def _features(self, window: Samples, frames: int) -> Samples:
        """Log-mel features of exactly `frames` columns of 10 ms."""
        samples = np.pad(window, (0, max(0, frames * (RATE_HZ // FRAMES_PER_S) - len(window))))
        return np.asarray(self._whisper.feature_extractor(samples)[..., :frames], dtype=np.float32)

    def _decode(self, encoded: Encoded, tokenizer: Tokens, vocabulary: Vocabulary, **search: int) -> list[_Guess]:
        """A narrow beam unless `search` says otherwise; timestamps are predicted: without them the text gets worse."""
        before = tokenizer.encode(vocabulary.spoken) if vocabulary.spoken else []
        prompt = self._whisper.get_prompt(tokenizer, before)
        results = self._whisper.model.generate(
            encoded,
            [prompt] * encoded.shape[0],
            **{"beam_size": BEAM, **search},
            max_length=min(self._whisper.max_length, len(prompt) + int(LONGEST_S * TOKENS_PER_S) + SPARE_TOKENS),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [
            _Guess(
                tuple(result.sequences_ids[0]), _mean(result.scores[0], result.sequences_ids[0]), result.no_speech_prob
            )
            for result in results
        ]

    def _checked(
        self, guess: _Guess, window: Samples, tokenizer: Tokens, vocabulary: Vocabulary
    ) -> tuple[_Guess, bool]:
        """The guess, or the better of it and one beam search without repeated phrases; True when searched again."""
        length_s = len(window) / RATE_HZ
        if not looks_wrong(guess, tokenizer, length_s):
            return guess, False
        encoded = self._encoded([window])
        again = self._decode(encoded, tokenizer, vocabulary, beam_size=WIDE_BEAM, no_repeat_ngram_size=6)[0]
        best = max((guess, again), key=lambda g: (not looks_wrong(g, tokenizer, length_s), g.mean_log_probability))
        if best.no_speech > SILENT_ABOVE and best.mean_log_probability < UNSURE_BELOW:
            return _Guess((), best.mean_log_probability, best.no_speech), True
        said = without_loops(best.tokens)
        return _Guess(tuple(said), best.mean_log_probability, best.no_speech), True


def _mean(score: float, tokens: Sequence[int]) -> float:
    """Mean log probability of a token, the end included, from CTranslate2's score (the mean without the end)."""
    return score * len(tokens) / (len(tokens) + 1)


def looks_wrong(guess: _Guess, tokenizer: Tokens, length_s: float) -> bool:
    """Repeats itself, is unsure, or found nothing in more than a second of speech."""
    said = [token for token in guess.tokens if token < tokenizer.eot]
    if not said:
        return length_s > 1.0
    repeats = compression_ratio(tokenizer.decode(said)) > REPEATS_ABOVE or loop_at(said) is not None
    return repeats or guess.mean_log_probability < UNSURE_BELOW


def with_breaks(tokens: Sequence[int], tokenizer: Tokens) -> list[int]:
    """Text tokens, with a comma where the recogniser began a new segment without ending the last one by a mark."""
    comma = tokenizer.encode(ZH_COMMA if tokenizer.language_code == "zh" else ",")
    said: list[int] = []
    segment = False
    for token in tokens:
        if token > tokenizer.eot:
            segment = bool(said)
            continue
        if segment and not tokenizer.decode(said[-3:]).rstrip().endswith(MARKS):
            said += comma
        said.append(token)
        segment = False
    return [token for token in said if token < tokenizer.eot]


def _words(alignment: list[dict[str, Any]], length_s: float, vocabulary: Vocabulary) -> tuple[Word, ...]:
    """Aligned words inside the window, in simplified script, without leaked prompts and inventions."""
    words = [_word(item, length_s) for item in alignment if item["word"]]
    if vocabulary.language == "zh":
        words = [with_chinese_mark(word) for word in simplified_words(words)]
    return joined_punctuation(without_inventions(words, vocabulary.prompt))


def _word(item: dict[str, Any], length_s: float) -> Word:
    start = min(max(0.0, float(item["start"])), length_s)
    end = min(max(start, float(item["end"])), length_s)
    return Word(start, end, str(item["word"]), min(1.0, max(0.0, float(item["probability"]))))
