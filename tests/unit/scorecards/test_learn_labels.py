"""LABELS.jsonl: what is read, and what is said of lines that do not fit."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.labels import read_labels
from transcription.text_model import Target

SAID = [{"speaker": "customer", "text": "还是不行"}]
GOOD = {"id": "a", "utterances": SAID, "label": "met"}


def read(tmp_path, *lines, target=None):
    path = tmp_path / "labels.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    return read_labels(path, target)


def test_verdicts_and_numbers_are_read_with_the_files_hash(tmp_path):
    found = read(tmp_path, GOOD, {**GOOD, "id": 7, "label": "not_met"})
    assert [(call.id, call.label, call.line) for call in found.calls] == [("a", "met", 1), ("7", "not_met", 2)]
    assert found.target is Target.VERDICT
    assert found.sha256 == hashlib.sha256((tmp_path / "labels.jsonl").read_bytes()).hexdigest()
    numbers = read(tmp_path, {**GOOD, "label": 3}, {**GOOD, "label": -0.5})
    assert numbers.target is Target.NUMBER
    assert [call.label for call in numbers.calls] == [3.0, -0.5]


def test_seconds_and_metrics_of_a_transcript_file_are_taken_along(tmp_path):
    timed = [{"speaker": "agent", "text": "您好", "start_s": 0.5, "end_s": 1.5}]
    (call,) = read(tmp_path, {**GOOD, "utterances": timed, "metrics": {"holds": [[1, 3]]}}).calls
    assert call.transcript.utterances[0].end_s == 1.5
    assert call.transcript.metrics.holds == ((1, 3),)


def test_empty_lines_a_byte_order_mark_and_unknown_keys_do_no_harm(tmp_path):
    found = read(tmp_path, b"\xef\xbb\xbf" + json.dumps({**GOOD, "inspector": "li"}).encode(), b"", b"  ", GOOD)
    assert [call.line for call in found.calls] == [1, 4]
    assert not found.problems


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "is no object"),
        ({**GOOD, "id": ""}, 'The id is ""'),
        ({"utterances": SAID, "label": "met"}, "The id is null"),
        ({"id": "a", "utterances": SAID}, "There is no label"),
        ({"id": "a", "label": "met"}, "utterances"),
        ({**GOOD, "utterances": [{"speaker": "bob", "text": "hi"}]}, "bob"),
        ({**GOOD, "label": "abstained"}, "Give one of met, partly_met, not_met, not_applicable"),
        ({**GOOD, "label": "yes"}, "Give one of met"),
        ({**GOOD, "label": True}, "The label is true"),
        ({**GOOD, "label": None}, "The label is null"),
        ({**GOOD, "label": 3}, "Give one of met"),  # the file's first label was a verdict
        (b'{"id": "a", "utterances": [], "label": NaN}', "Give one of met"),
    ],
)
def test_one_bad_line_is_named_and_the_others_are_read(tmp_path, line, sentence):
    found = read(tmp_path, GOOD, line, {**GOOD, "id": "c"})
    assert [call.id for call in found.calls] == ["a", "c"]
    assert found.problems[0].line == 2
    assert sentence in found.problems[0].reason


@pytest.mark.parametrize("label", ["3", "met", "1e999", "NaN"])
def test_a_number_in_quotation_marks_or_none_at_all_is_refused_where_numbers_are_asked(tmp_path, label):
    with pytest.raises(Invalid, match="no judged call that can be used"):
        read(tmp_path, {**GOOD, "label": label}, target=Target.NUMBER)


@pytest.mark.parametrize("label", [b"NaN", b"Infinity", b"1e999", b"1" * 400, b"1e10"])
def test_what_is_no_finite_number_is_refused(tmp_path, label):
    line = b'{"id": "a", "utterances": [{"speaker": "agent", "text": "x"}], "label": ' + label + b"}"
    with pytest.raises(Invalid, match="no usable number"):
        read(tmp_path, line)


def test_a_file_without_any_usable_line_is_refused_with_the_first_reason(tmp_path):
    with pytest.raises(
        Invalid, match=r"labels.jsonl holds no judged call that can be used \(2 lines\). Line 1: This is not"
    ):
        read(tmp_path, b"{", b"{")
    with pytest.raises(Invalid, match=r"\(0 lines\)"):
        read(tmp_path)


@given(st.binary(max_size=60))
def test_no_line_whatsoever_breaks_the_reading(tmp_path_factory, line):
    folder = tmp_path_factory.mktemp("labels")
    found = read(folder, GOOD, line.replace(b"\n", b" ").replace(b"\r", b" "))
    assert found.calls[0].id == "a"
