from __future__ import annotations

import wave

import numpy as np
import pytest

from qa_app.core.errors import Invalid
from transcription import pipeline
from transcription.acoustics import FRAME
from transcription.engines.contract import Heard
from transcription.model import EngineInfo, Word
from transcription.pipeline import Wish, assemble, listen, passed_over, transcribe


class Echo:
    """An engine that says one word for each second of the window; `deaf_to` passes over the end of long windows."""

    longest_window_s = 15.0

    def __init__(self, deaf_beyond_s=99.0):
        self.deaf_beyond_s = deaf_beyond_s
        self.asked = []

    def info(self, language):
        return EngineInfo("echo", "none", "0" * 64, f"test-{language}@1")

    def detect_language(self, windows):
        return "en" if float(np.abs(windows[0]).max()) > 0.6 else "zh"

    def recognise(self, windows, language):
        self.asked += [(len(window) / 16_000, language) for window in windows]
        return [self._heard(len(window) / 16_000) for window in windows]

    def _heard(self, length_s):
        seconds = range(int(min(length_s, self.deaf_beyond_s)))
        return Heard(tuple(Word(at, at + 0.9, f"字{at}", 0.8) for at in seconds))


@pytest.fixture
def recording(tmp_path, monkeypatch):
    """Makes files of tones that count as speech; each channel is a list of (start, end, level)."""

    def loud_frames(channel):
        frames = channel[: len(channel) // FRAME * FRAME].reshape(-1, FRAME)
        return (np.abs(frames).max(axis=1) > 0.05).astype(np.float32)

    monkeypatch.setattr(pipeline, "speech_probabilities", loud_frames)

    def write(*channels, seconds=30):
        times = np.arange(seconds * 8000) / 8000
        sound = [
            sum(level * np.sin(2 * np.pi * (300 + 90 * i) * times) * ((times >= a) & (times < b)) for a, b, level in c)
            for i, c in enumerate(channels)
        ]
        with wave.open(str(tmp_path / "call.wav"), "wb") as out:
            out.setnchannels(len(channels))
            out.setsampwidth(2)
            out.setframerate(8000)
            out.writeframes((np.stack(sound, axis=1) * 32_767).astype("<i2").tobytes())
        return tmp_path / "call.wav"

    return write


TWO = ([(1, 4, 0.4), (9, 12, 0.4)], [(5, 8, 0.5)])


def test_speakers_follow_the_channel_map_and_the_clock(recording):
    transcript = transcribe(recording(*TWO), Echo(), channel_map=("customer", "agent"))
    assert [u.speaker for u in transcript.utterances] == ["customer", "agent", "customer"]
    assert [round(u.start_s) for u in transcript.utterances] == [1, 5, 9]
    assert transcript.channels == 2


def test_one_channel_has_an_unknown_speaker(recording):
    transcript = transcribe(recording([(1, 4, 0.4)]), Echo())
    assert {u.speaker for u in transcript.utterances} == {"unknown"}
    assert transcript.channels == 1


def test_the_language_is_found_for_each_channel_and_the_other_one_is_marked(recording):
    transcript = transcribe(recording([(1, 9, 0.4)], [(12, 15, 0.9)]), Echo())
    assert transcript.language == "zh"
    assert [u.language for u in transcript.utterances] == [None, "en"]
    assert transcript.engine.vocabulary == "test-zh@1"


def test_a_wished_language_is_not_questioned(recording):
    engine = Echo()
    assert transcribe(recording(*TWO), engine, language="en").language == "en"
    assert {language for _, language in engine.asked} == {"en"}


def test_the_parts_of_a_recording_make_the_transcript_of_the_whole(recording):
    path, engine = recording(*TWO), Echo()
    parts = [listen(path, engine, Wish(only_channels=(channel,))) for channel in (0, 1)]
    assert assemble(parts, engine.info) == transcribe(path, engine)


def test_a_call_without_speech_is_a_transcript_without_words(recording):
    transcript = transcribe(recording([(1, 2, 0.04)], [(1, 2, 0.04)]), Echo())
    assert transcript.utterances == ()
    assert transcript.metrics.silences == ((0, 30),)


def test_progress_reaches_the_end_and_carries_what_was_heard(recording):
    told = []
    transcript = transcribe(recording(*TWO), Echo(), on_progress=told.append)
    assert told[-1].share == 1.0
    assert sum(len(progress.fresh) for progress in told) == len(transcript.utterances)


def test_speech_that_a_window_passed_over_is_listened_to_alone(recording):
    engine = Echo(deaf_beyond_s=3.0)
    transcript = transcribe(recording([(1, 4, 0.4), (9, 12, 0.4)]), engine)
    assert len(engine.asked) == 2
    assert [round(u.start_s) for u in transcript.utterances] == [1, 9]


def test_a_window_of_one_piece_is_not_asked_twice():
    window = pipeline.pack(0, [pipeline.Region(0, 5)])[0]
    assert passed_over(window, Heard()) == []


@pytest.mark.parametrize(
    ("wish", "message"),
    [({"language": "fr"}, "The language fr is unknown"), ({"channel_map": ("boss",)}, "boss is no speaker")],
)
def test_a_wish_that_makes_no_sense_is_refused(wish, message):
    with pytest.raises(Invalid, match=message):
        Wish(**wish)
