from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from transcription.files import read_transcript, transcript_from_dict, transcript_to_dict
from transcription.model import CallMetrics, EngineInfo, Overlap, Transcript, Utterance, Word

WHOLE = Transcript(
    utterances=(
        Utterance(
            0, "agent", "您好", 0.5204, 3.1, 0.93123, (Word(0.5204, 0.8, "您", 0.97), Word(0.8, 1, "好", 0.99999))
        ),
        Utterance(1, "customer", "", 3.5, 3.5, 0.2, (), "en"),
    ),
    recording="call.wav",
    duration_s=240.1,
    channels=2,
    language="zh",
    engine=EngineInfo("faster-whisper", "base", "ab12", "telecom-zh@3"),
    metrics=CallMetrics(
        holds=((20.0, 41.5),),
        silences=((12.1, 18.4),),
        overlaps=(Overlap(50.1, 50.9, "agent"),),
        talk_s={"agent": 1.23456, "customer": 0.0},
        interruptions_by_agent=1,
        pace_per_min={"agent": 220.0},
        latency_median_s=0.8,
    ),
)


def test_a_whole_transcript_is_written_as_the_contract_says():
    written = transcript_to_dict(WHOLE)
    assert written["engine"] == {
        "name": "faster-whisper",
        "model": "base",
        "model_sha256": "ab12",
        "vocabulary": "telecom-zh@3",
    }
    assert written["utterances"][0] == {
        "index": 0,
        "speaker": "agent",
        "text": "您好",
        "start_s": 0.52,  # 0.5204 to three decimals
        "end_s": 3.1,
        "confidence": 0.9312,  # 0.93123 to four
        "words": [
            {"start_s": 0.52, "end_s": 0.8, "text": "您", "probability": 0.97},
            {"start_s": 0.8, "end_s": 1, "text": "好", "probability": 1.0},
        ],
    }
    assert written["metrics"] == {
        "holds": [[20.0, 41.5]],
        "talk_s": {"agent": 1.235, "customer": 0.0},
        "silences": [[12.1, 18.4]],
        "overlaps": [[50.1, 50.9, "agent"]],
        "interruptions": {"by_agent": 1, "by_customer": 0},
        "pace_per_min": {"agent": 220.0},
        "response_latency_s": {"median": 0.8, "p95": None},
    }


def test_what_was_written_reads_back_the_same():
    written = transcript_to_dict(WHOLE)
    assert transcript_to_dict(transcript_from_dict(json.loads(json.dumps(written)))) == written
    again = transcript_from_dict(written)
    assert again.metrics == CallMetrics(
        holds=((20.0, 41.5),),
        silences=((12.1, 18.4),),
        overlaps=(Overlap(50.1, 50.9, "agent"),),
        talk_s={"agent": 1.235, "customer": 0.0},
        interruptions_by_agent=1,
        pace_per_min={"agent": 220.0},
        latency_median_s=0.8,
    )
    assert again.utterances[1] == WHOLE.utterances[1]


def test_a_file_made_by_hand_needs_only_speakers_and_texts():
    made = transcript_from_dict(
        {"utterances": [{"speaker": "agent", "text": "您好"}, {"speaker": "unknown", "text": ""}]}
    )
    assert [(u.index, u.speaker, u.text, u.start_s, u.confidence) for u in made.utterances] == [
        (0, "agent", "您好", None, None),
        (1, "unknown", "", None, None),
    ]
    assert made.language == "zh"
    assert made.metrics is None


def test_a_file_without_a_language_is_english_when_no_chinese_sign_stands_in_it():
    assert transcript_from_dict({"utterances": [{"speaker": "agent", "text": "Hello there"}]}).language == "en"
    assert transcript_from_dict({"utterances": [{"speaker": "agent", "text": "WiFi 坏了"}]}).language == "zh"


def spoken(**changes):
    return {"utterances": [{"speaker": "agent", "text": "好"} | changes]}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "'utterances' is a required property"),
        ([], "the file: []"),
        (spoken(speaker="boss"), 'utterances[0].speaker: "boss"'),
        (spoken(speaker="agent1"), 'utterances[0].speaker: "agent1"'),
        ({"utterances": [None]}, "utterances[0]: null"),
        (spoken(text=None), "utterances[0].text: null"),
        (spoken(index=4), "utterances[0].index is 4, but the utterance stands at position 0"),
        (spoken(start_s=2, end_s=1), "utterances[0] ends at 1 s before it starts at 2 s"),
        (spoken(start_s=2), "utterances[0] has no end_s"),
        (spoken(end_s=2), "utterances[0] has no start_s"),
        (spoken(start_s=-1, end_s=1), "utterances[0].start_s: -1"),
        (spoken(start_s=float("nan"), end_s=1), "utterances[0].start_s is nan"),
        (spoken(confidence=1.2), "utterances[0].confidence: 1.2"),
        (
            spoken(words=[{"start_s": 2, "end_s": 1, "text": "好", "probability": 1}]),
            "utterances[0].words[0] ends at 1 s",
        ),
        (spoken() | {"duration_s": float("inf")}, "duration_s is inf"),
        (spoken() | {"metrics": {"holds": [[3, 2]]}}, "metrics.holds[0] ends at 2 s"),
        (spoken() | {"metrics": {"holds": [[3]]}}, "metrics.holds[0]: [3]"),
        (spoken() | {"metrics": {"overlaps": [[1, 2, "boss"]]}}, 'metrics.overlaps[0][2]: "boss"'),
        (spoken() | {"metrics": {"interruptions": {"by_agent": -1, "by_customer": 0}}}, "by_agent: -1"),
        (spoken() | {"engine": {"name": "x"}}, "engine"),
    ],
)
def test_a_misfit_is_refused_with_its_place_and_value(document, said):
    with pytest.raises(Invalid) as refused:
        transcript_from_dict(document, "call.json")
    assert str(refused.value).startswith("call.json: ")
    assert said in str(refused.value)


def test_text_that_is_no_json_is_refused():
    with pytest.raises(Invalid, match=r"call\.json: this is not JSON"):
        read_transcript("{", "call.json")
    assert read_transcript('{"utterances": []}').utterances == ()


times = st.floats(0, 1e5).map(lambda seconds: round(seconds, 3))


@st.composite
def utterances(draw):
    count = draw(st.integers(0, 5))
    made = []
    for index in range(count):
        start, end = sorted((draw(times), draw(times)))
        made.append(
            Utterance(
                index,
                draw(st.sampled_from(["agent", "agent2", "customer", "customer12", "ivr", "unknown"])),
                draw(st.text()),
                *draw(st.sampled_from([(None, None), (start, end)])),
                confidence=draw(st.none() | st.floats(0, 1).map(lambda share: round(share, 4))),
            )
        )
    return tuple(made)


@settings(deadline=None)  # the first example loads the schema
@given(utterances())
def test_any_transcript_survives_the_file(made):
    transcript = Transcript(made, "a.wav", 10.0, 2, "en")
    assert transcript_from_dict(json.loads(json.dumps(transcript_to_dict(transcript)))) == transcript
