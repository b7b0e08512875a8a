from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.checks import answer, check_spec
from scorecards.checks.shape import Shape, Third, call_shape
from scorecards.evidence import check_evidence
from scorecards.model import Absence, CheckSpec, Quote, Verdict
from transcription.model import Transcript, Utterance

RULE = {"harsh": ["不接受", "太过分"], "calm": ["好的", "谢谢"]}


def ask(*said, seconds=None, side="customer", confidence=None):
    """Each line lasts `seconds`; `seconds` may also be a list of starts."""
    starts = (
        seconds if isinstance(seconds, list) else [None if seconds is None else at * seconds for at in range(len(said))]
    )
    utterances = tuple(
        Utterance(at, side, text, start, None if start is None else start + 1.0, confidence)
        for at, (text, start) in enumerate(zip(said, starts, strict=True))
    )
    transcript = Transcript(utterances)
    finding = answer(CheckSpec("shape", RULE), transcript, "zh")
    check_evidence(finding, transcript)
    return finding


def test_a_call_that_ends_in_harsh_words_is_worsening_and_quotes_them():
    finding = ask("你好", "好的", "嗯", "这个", "不接受", "太过分")  # thirds: -1/2, 0/2, 2/2
    assert finding.verdict is Verdict.MET
    assert finding.evidence == (Quote(4, "不接受"), Quote(5, "太过分"))
    assert finding.reason.zh == "客户话语走势恶化（前、中、后三段的不满句-认可句/总句数：0-1/2, 0-0/2, 2-0/2）"


def test_a_call_that_ends_in_thanks_is_improving():
    finding = ask("不接受", "太过分", "嗯", "这个", "好的", "谢谢")
    assert finding.verdict is Verdict.NOT_MET
    assert "improving" in finding.reason.en
    assert isinstance(finding.evidence[0], Absence)


def test_the_seconds_make_the_thirds_where_there_are_any():
    said = ("你好", "好的", "嗯", "这个", "不接受", "太过分")
    assert ask(*said, seconds=10.0).verdict is Verdict.MET
    # the last line stands alone in the last third: one harsh line is too few
    assert "flat" in ask(*said, seconds=[0.0, 1.0, 2.0, 3.0, 40.0, 90.0]).reason.en


def test_the_other_sides_words_say_nothing():
    assert ask("你好", "好的", "嗯", "这个", "不接受", "太过分", side="agent").verdict is Verdict.ABSTAINED


def test_speech_that_was_hardly_heard_has_no_shape():
    assert ask("你好", "好的", "嗯", "这个", "不接受", "太过分", confidence=0.2).verdict is Verdict.ABSTAINED


@pytest.mark.parametrize(
    ("thirds", "shape"),
    [
        # tension last - first = (2 - 0)/4 - 0/4 = 0.5
        ((Third(4, 0, 0), Third(4, 0, 0), Third(4, 2, 0)), Shape.WORSENING),
        ((Third(4, 0, 0), Third(4, 0, 0), Third(4, 1, 0)), Shape.FLAT),  # 0.25, but one line only
        ((Third(4, 1, 0), Third(4, 0, 0), Third(4, 2, 1)), Shape.FLAT),  # 1/4 - 1/4
        ((Third(4, 1, 0), Third(4, 0, 0), Third(4, 0, 0)), Shape.IMPROVING),  # 0 - 1/4
        ((Third(1, 0, 0), Third(1, 0, 0), Third(2, 2, 0)), Shape.FLAT),  # four lines have no shape
    ],
)
def test_the_shape_of_known_thirds(thirds, shape):
    assert call_shape(thirds) is shape


third = st.integers(2, 9).flatmap(
    lambda lines: st.integers(0, lines).flatmap(
        lambda harsh: st.integers(0, lines - harsh).map(lambda calm: Third(lines, harsh, calm))
    )
)


@given(third, third, third)
def test_a_call_told_backwards_never_keeps_its_direction(first, middle, last):
    forward, backward = call_shape((first, middle, last)), call_shape((last, middle, first))
    assert forward is Shape.FLAT or forward is not backward
    assert -1 <= first.tension <= 1


def test_a_rule_without_harsh_words_is_refused():
    with pytest.raises(Invalid, match="x has no harsh"):
        check_spec(CheckSpec("shape", {"calm": ["好"]}), "x")
