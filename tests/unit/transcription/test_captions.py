from __future__ import annotations

from pathlib import Path

import pytest

from transcription.captions import plain_text, speaker_name, srt, vtt
from transcription.model import Transcript, Utterance

GOLDEN = Path(__file__).parents[2] / "golden" / "captions"
CALL = Transcript(
    language="zh",
    utterances=(
        Utterance(0, "agent", "您好,请问有什么可以帮您?", 0.52, 3.1),
        Utterance(1, "customer", "我要投诉 <b>5G</b> & 宽带 --> 太慢了。", 3.25, 3661.004),
        Utterance(2, "agent", "没有时间的一句"),
        Utterance(3, "customer2", "嗯。", 3662.0, 3662.0),
    ),
)


@pytest.mark.parametrize(("write", "name"), [(srt, "call.srt"), (vtt, "call.vtt"), (plain_text, "call.txt")])
def test_captions_are_as_they_were(write, name):
    assert write(CALL) == (GOLDEN / name).read_text(encoding="utf-8")


def test_speakers_are_named_in_the_language_of_the_call():
    assert [speaker_name("agent2", lang) for lang in ("zh", "en")] == ["客服2", "Agent 2"]


def test_a_call_without_words_is_still_a_caption_file():
    assert vtt(Transcript(utterances=())) == "WEBVTT\n"
    assert srt(Transcript(utterances=())) == ""
