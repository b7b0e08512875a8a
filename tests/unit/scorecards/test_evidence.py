from __future__ import annotations

import pytest

from qa_app.core.errors import Invalid
from scorecards.evidence import check_evidence
from scorecards.model import Absence, Answer, Finding, NearestMiss, Quote, Span, Verdict, Wording
from transcription.model import Transcript, Utterance

CALL = Transcript((Utterance(0, "agent", "您好，工号八零一二", 1.0, 3.0), Utterance(1, "customer", "喂")))


def check(*evidence, verdict=Verdict.MET, **more):
    check_evidence(Finding(verdict, 0.9, Wording("因", "why"), evidence), CALL, **more)


def test_evidence_that_holds_is_accepted():
    check(Quote(0, "您好，工号", 1.0, 3.0), Quote(1, "喂"), Span(0, 0, "holds", 0, 1))
    check(Absence(0, 2, "turns", NearestMiss(1, "喂", "您好", 0.2)))
    check(verdict=Verdict.NOT_APPLICABLE)
    check(verdict=Verdict.ABSTAINED)


@pytest.mark.parametrize("verdict", [Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET])
def test_a_verdict_without_evidence_is_refused_unless_a_person_may(verdict):
    with pytest.raises(Invalid, match=f"greeting: the verdict {verdict.value} has no evidence"):
        check_evidence(Answer("greeting", "script", verdict), CALL)
    check_evidence(Answer("greeting", "script", verdict), CALL, required=False)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (Quote(0, "您好工号"), "“您好工号” does not stand in utterance 0"),  # a comma stands between
        (Quote(1, "您好"), "does not stand in utterance 1"),
        (Quote(2, "喂"), "there is no utterance 2; the transcript has 2"),
        (Quote(-1, "喂"), "there is no utterance -1"),
        (Quote(0, ""), "a quote is empty"),
        (Quote(0, "您好", 2.0, 1.0), "runs from 2.0 to 1.0"),
        (Quote(0, "您好", 0.5, 2.0), "second 0.5 lies outside utterance 0 (1.0 to 3.0 s)"),
        (Quote(1, "喂", 1.0, 2.0), "second 1.0 lies outside utterance 1"),
        (Span(3, 2, "holds", 0, 1), "runs from 3 to 2"),
        (Span(0, 1, "holds", float("nan"), 1), "nan is no number"),
        (Absence(2, 1, "s"), "runs from 2 to 1"),
        (Absence(0, float("inf"), "s"), "inf is no number"),
        (Absence(0, 1, "lines"), "not in “lines”"),
        (Absence(0, 1, "s", NearestMiss(0, "喂", "您好", 0.5)), "the nearest miss “喂” does not stand in utterance 0"),
        (Absence(0, 1, "s", NearestMiss(1, "喂", "您好", 1.5)), "1.5 lies outside 0 to 1"),
    ],
)
def test_evidence_that_does_not_hold_is_refused(item, said):
    with pytest.raises(Invalid) as refused:
        check(item)
    assert said in str(refused.value)


def test_a_quote_is_refused_even_where_evidence_is_not_required():
    with pytest.raises(Invalid, match="does not stand"):
        check(Quote(0, "再见"), required=False)
