"""The demo's calls through the real model: what was said is what is written, on the right side, at the right second."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import missing

from bench.accuracy import edit_distance, tokens
from qa_app.core.errors import Invalid
from transcription.audio import probe
from transcription.engines.whisper import WhisperEngine
from transcription.files import transcript_from_dict, transcript_to_dict
from transcription.model_pack import find_model
from transcription.pipeline import Wish, assemble, listen, transcribe

pytestmark = pytest.mark.model
CALLS = Path(__file__).parents[2] / "qa_app" / "demo" / "calls"


@pytest.fixture(scope="session")
def engine():
    try:
        find_model()
    except Invalid as absent:
        missing(str(absent))
    return WhisperEngine()


def reference(path):
    return json.loads((CALLS / "references" / f"{path.stem}.json").read_text(encoding="utf-8"))["utterances"]


def recordings():
    """Two-channel demo calls, the shortest first."""
    told = [path for path in CALLS.iterdir() if (CALLS / "references" / f"{path.stem}.json").is_file()]
    facts = {path: probe(path) for path in told}
    return sorted((p for p in told if facts[p].channels == 2), key=lambda p: (facts[p].duration_s, p.name))


def language_of(path):
    return "zh" if any("\u4e00" <= sign <= "\u9fff" for sign in reference(path)[0]["text"]) else "en"


def error_rate(said, true, language):
    found = tokens(" ".join(u.text for u in said), language)
    wanted = tokens(" ".join(u["text"] for u in true), language)
    return edit_distance(found, wanted) / len(wanted)


@pytest.fixture(scope="session")
def heard(engine):
    """One two-channel call of each language, transcribed once, with its language left to be found."""
    chosen = {}
    for path in recordings():
        chosen.setdefault(language_of(path), path)
    return {language: (path, transcribe(path, engine)) for language, path in chosen.items()}


@pytest.mark.parametrize(("language", "worst"), [("zh", 0.25), ("en", 0.15)])
def test_each_side_is_written_on_its_own_side_in_its_language(heard, language, worst):
    path, transcript = heard[language]
    assert transcript.language == language
    for speaker in ("agent", "customer"):
        said = [u for u in transcript.utterances if u.speaker == speaker]
        true = [u for u in reference(path) if u["speaker"] == speaker]
        assert error_rate(said, true, language) < worst


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_lies_where_its_speaker_really_speaks(heard, language):
    path, transcript = heard[language]
    for utterance in transcript.utterances:
        true = [u for u in reference(path) if u["speaker"] == utterance.speaker]
        for word in utterance.words:
            assert any(u["start_s"] - 0.5 <= word.end_s and word.start_s <= u["end_s"] + 0.5 for u in true), word


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_transcript_survives_its_file(heard, language):
    transcript = heard[language][1]
    assert transcript_from_dict(transcript_to_dict(transcript)).utterances == transcript.utterances


def test_the_same_recording_gives_the_same_transcript(engine, heard):
    path, transcript = heard["en"]
    assert transcribe(path, engine) == transcript


def test_channels_heard_apart_make_the_same_transcript(engine, heard):
    path, transcript = heard["en"]
    parts = [listen(path, engine, Wish(only_channels=(channel,))) for channel in (0, 1)]
    apart = assemble(parts, engine.info)
    assert without_probabilities(apart) == without_probabilities(transcript)
    # the same speech in other batches: the processor's sums may round otherwise in the third place
    pairs = zip(probabilities(apart), probabilities(transcript), strict=True)
    assert all(abs(one - other) < 0.01 for one, other in pairs)


def without_probabilities(transcript):
    said = [
        replace(one, confidence=0.0, words=tuple(replace(word, probability=0.0) for word in one.words))
        for one in transcript.utterances
    ]
    return replace(transcript, utterances=tuple(said))


def probabilities(transcript):
    return [word.probability for one in transcript.utterances for word in one.words]


def test_the_channel_map_decides_who_is_who(engine, heard):
    path, transcript = heard["en"]
    turned = transcribe(path, engine, channel_map=("customer", "agent"), language="en")
    other = {"agent": "customer", "customer": "agent"}
    assert [other[u.speaker] for u in turned.utterances] == [u.speaker for u in transcript.utterances]
