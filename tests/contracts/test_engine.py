"""What every recogniser must keep; another engine inherits EngineContract and gives its own fixture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import missing

from qa_app.core.errors import Invalid
from transcription.audio import decode
from transcription.engines.whisper import EngineSpec, WhisperEngine
from transcription.model_pack import find_model, model_sha256

CALLS = Path(__file__).parents[2] / "qa_app" / "demo" / "calls"
RATE_HZ = 16_000


@pytest.fixture(scope="session")
def speech():
    """10 s of the agent of a Mandarin and of an English demo call."""

    def first(language):
        for path in sorted(CALLS.glob("*.ogg")):
            text = (CALLS / "dialogues" / f"{path.stem}.json").read_text(encoding="utf-8")
            if ("您" in text) is (language == "zh"):
                return decode(path).channels[0][: 10 * RATE_HZ]
        raise AssertionError(language)

    return {language: first(language) for language in ("zh", "en")}


@pytest.fixture(scope="session")
def whisper():
    try:
        find_model()
    except Invalid as absent:
        missing(str(absent))
    return WhisperEngine(EngineSpec())


class EngineContract:
    def test_it_names_itself_its_model_and_the_models_hash(self, engine):
        info = engine.info("zh")
        assert info.name
        assert info.model
        assert len(bytes.fromhex(info.model_sha256)) == 32
        assert info.vocabulary.startswith("telecom-zh@")

    def test_there_is_one_result_for_each_window_in_order(self, engine, speech):
        both = engine.recognise([speech["zh"], np.zeros(RATE_HZ, np.float32), speech["zh"][: 4 * RATE_HZ]], "zh")
        assert len(both) == 3
        assert len(both[0].words) > len(both[2].words) > 0
        assert engine.recognise([], "zh") == []

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_words_lie_inside_the_window_in_order_with_a_probability(self, engine, speech, language):
        words = engine.recognise([speech[language]], language)[0].words
        assert len(words) >= 5
        assert [w.start_s for w in words] == sorted(w.start_s for w in words)
        for word in words:
            assert 0 <= word.start_s <= word.end_s <= 10
            assert 0 <= word.probability <= 1
            assert word.text.strip()

    def test_the_same_window_gives_the_same_words(self, engine, speech):
        assert engine.recognise([speech["zh"]], "zh") == engine.recognise([speech["zh"]], "zh")

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_it_tells_the_language(self, engine, speech, language):
        assert engine.detect_language([speech[language]]) == language

    def test_mandarin_comes_in_simplified_script_with_punctuation(self, engine, speech):
        text = "".join(word.text for word in engine.recognise([speech["zh"]], "zh")[0].words)
        assert any(mark in text for mark in "\uff0c。\uff1f")
        assert not set(text) & set("電話費們請問業務還沒這個時間")

    def test_silence_gets_no_film_subtitles(self, engine):
        noise = np.random.default_rng(1).normal(0, 0.001, 8 * RATE_HZ).astype(np.float32)
        for heard in engine.recognise([np.zeros(8 * RATE_HZ, np.float32), noise], "zh"):
            text = "".join(word.text for word in heard.words)
            assert "字幕" not in text
            assert "谢谢观看" not in text
            assert "普通话的句子" not in text


@pytest.mark.model
class TestWhisper(EngineContract):
    @pytest.fixture
    def engine(self, whisper):
        return whisper

    def test_the_model_is_the_pinned_one(self, engine):
        assert engine.info("zh").model_sha256 == model_sha256(find_model())
        assert engine.info("zh").model == "base"
