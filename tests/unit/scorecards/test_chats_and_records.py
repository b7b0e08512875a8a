"""Text chats and case records are scored by the same machinery, each kind on its own card."""

import json
import os
from pathlib import Path

import pytest

from scorecards.card_file import load_card
from scorecards.linting import Level, lint
from scorecards.model import Quote, Verdict
from scorecards.score_file import score_transcript
from transcription.files import read_transcript, transcript_from_dict, transcript_to_dict
from transcription.model import Kind

DATA = Path(os.environ.get("HUITING_DATA", Path(__file__).parents[3] / "../shared/data"))
CHATS = DATA / "musied_meituan_zh" / "dev" / "chat.json"
SIDES = {"客服": "agent", "用户": "customer"}
RECORD = [
    ("agent", "投诉分类：费用/增值业务"),
    ("agent", "联系电话：138****8000；投诉号码：138****8000"),
    ("customer", "客户原话：每个月多扣二十块，我要找通管局"),
    ("agent", "投诉内容：客户反映每月被多扣费用，客户要求退费"),
    ("agent", "处理过程：经核查，由于增值业务未随套餐取消，产生重复扣费"),
    ("agent", "处理结果：已取消增值业务，已退费六十元"),
    ("agent", "答复情况：已联系客户，客户认可处理结果"),
]


def transcript(lines, kind):
    return transcript_from_dict(
        {"kind": kind.value, "utterances": [{"speaker": speaker, "text": text} for speaker, text in lines]}
    )


def verdicts(lines, card="case-record-zh", kind=Kind.CASE_RECORD):
    found = score_transcript(load_card(card), transcript(lines, kind))
    return found, {answer.criterion: answer.verdict for answer in found.answers}


@pytest.mark.parametrize(("name", "kind"), [("online-chat-zh", Kind.CHAT), ("case-record-zh", Kind.CASE_RECORD)])
def test_each_kind_has_a_shipped_card_in_both_languages_with_nothing_to_mend(name, kind):
    card = load_card(name)
    assert card.kind is kind
    assert [one for one in lint(card) if one.level is not Level.HINT] == []


def test_what_a_transcript_is_of_stands_in_its_file():
    chat = transcript([("agent", "您好")], Kind.CHAT)
    assert chat.kind is Kind.CHAT
    assert transcript_from_dict(transcript_to_dict(chat)) == chat
    assert "kind" not in transcript_to_dict(read_transcript('{"utterances": []}'))


def test_a_complete_case_record_meets_every_criterion_of_the_machine():
    found, answers = verdicts(RECORD)
    assert {verdict for name, verdict in answers.items() if name != "false_record"} == {Verdict.MET}
    assert (found.score_pct, found.passed) == (100, True)
    assert found.signals[0].present
    assert found.error_free == {"business": True, "customer": True, "compliance": None}


def test_a_bare_handled_is_partly_met_and_a_record_without_a_result_owes_no_answer():
    """Without a result the 15 points of the answer to the customer go to cause and result."""
    bare = [line if "处理结果" not in line[1] else ("agent", "处理结果：已处理") for line in RECORD]
    assert verdicts(bare)[1]["result"] is Verdict.PARTLY_MET
    found, answers = verdicts([line for line in RECORD if "处理结果" not in line[1] and "答复" not in line[1]])
    assert (answers["result"], answers["feedback"]) == (Verdict.NOT_MET, Verdict.NOT_APPLICABLE)
    assert sum(answer.possible for answer in found.answers) == pytest.approx(100)


def test_real_chats_are_scored_with_quotes_that_stand_in_them():
    if not CHATS.exists():
        pytest.skip(f"{CHATS} is not there (set HUITING_DATA)")
    card, counts, scored = load_card("online-chat-zh"), {}, 0
    for chat in json.loads(CHATS.read_text(encoding="utf-8"))[:100]:
        said = [line.partition(":") for line in chat["content"] if line.partition(":")[0] in SIDES]
        heard = transcript([(SIDES[side], text.rstrip(",")) for side, _, text in said], Kind.CHAT)
        found = score_transcript(card, heard)
        scored += found.score_pct is not None
        for answer in found.answers:
            own = counts.setdefault(answer.criterion, set())
            own.add(answer.verdict)
            quotes = [item for item in answer.evidence if isinstance(item, Quote)]
            assert all(item.quote in heard.utterances[item.utterance].text for item in quotes)
    assert scored >= 95
    assert Verdict.MET in counts["greeting"]  # a chat's greeting is sent by itself
    for name in ("clarify", "apology", "empathy", "solution", "timeframe", "closing"):
        assert {Verdict.MET, Verdict.NOT_MET} <= counts[name], name
