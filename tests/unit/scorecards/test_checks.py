from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.checks import answer, check_spec
from scorecards.evidence import check_evidence
from scorecards.model import Absence, CheckSpec, Quote, Span, Verdict
from transcription.model import CallMetrics, Overlap, Transcript, Utterance, Word

MET, PARTLY, NOT_MET = Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET
NA, OPEN = Verdict.NOT_APPLICABLE, Verdict.ABSTAINED


def call(*lines, confidence=None, seconds=None, metrics=None):
    """Lines such as "agent: 您好"; with `seconds` each lasts that long, one after another."""
    utterances = []
    for index, line in enumerate(lines):
        speaker, _, text = line.partition(": ")
        times = (None, None) if seconds is None else (index * seconds, (index + 1) * seconds)
        utterances.append(Utterance(index, speaker, text, *times, confidence))
    return Transcript(tuple(utterances), metrics=metrics)


def ask(transcript, kind="phrases", language="zh", **parameters):
    finding = answer(CheckSpec(kind, parameters), transcript, language)
    check_evidence(finding, transcript)
    return finding


GREETING = {"all_of": [["您好", "你好"], ["工号", "客服中心"]], "window": {"first_s": 30, "first_turns": 2}}


def test_a_phrase_of_every_group_is_met_with_its_quotes():
    finding = ask(call("agent: 您好，工号八零一二为您服务", "customer: 你好"), **GREETING)
    assert finding.verdict is MET
    assert finding.evidence == (Quote(0, "您好"), Quote(0, "工号"))
    assert finding.confidence == 1.0
    assert (
        finding.reason.zh
        == "客服说：“您好”（规则用语“您好”，按字，相似度100%）；“工号”（规则用语“工号”，按字，相似度100%）"
    )
    assert "by word, 100% alike" in finding.reason.en


def test_some_groups_are_partly_met():
    finding = ask(call("agent: 您好请讲", "customer: 我的客服中心工号呢"), **GREETING)
    assert (finding.verdict, finding.evidence) == (PARTLY, (Quote(0, "您好"),))


def test_a_homophone_counts_by_sound_and_not_when_signs_are_asked():
    transcript = call("agent: 您好，宫号八零一二")
    finding = ask(transcript, any_of=["工号"])
    assert (finding.verdict, finding.evidence, finding.confidence) == (MET, (Quote(0, "宫号"),), pytest.approx(0.95))
    assert "按音" in finding.reason.zh
    assert ask(transcript, any_of=["工号"], by_sound=False).verdict is NOT_MET


def test_nothing_said_is_an_absence_with_the_window_and_the_nearest_miss():
    finding = ask(call("agent: 给您带走不少", "customer: 抱歉"), any_of=["给您带来不便", "抱歉"])
    assert finding.verdict is NOT_MET
    (gap,) = finding.evidence
    assert isinstance(gap, Absence)
    assert (gap.start, gap.end, gap.unit) == (0, 2, "turns")
    assert gap.nearest is not None
    assert (gap.nearest.utterance, gap.nearest.phrase) == (0, "给您带来不便")
    assert finding.confidence == pytest.approx(1 - gap.nearest.similarity / 2)


def test_the_other_side_saying_it_does_not_count():
    transcript = call("agent: 请讲", "customer: 非常抱歉")
    assert ask(transcript, any_of=["非常抱歉"]).verdict is NOT_MET
    assert ask(transcript, any_of=["非常抱歉"], speaker="customer").verdict is MET
    assert ask(transcript, any_of=["非常抱歉"], speaker="any").verdict is MET


def test_a_window_in_seconds_ends_where_it_says():
    lines = ["agent: 请讲", "customer: 喂", "agent: 您好", "customer: 哦"]
    early, late = call(*lines, seconds=14), call(*lines, seconds=15)  # 您好 begins at 28 s, at 30 s
    assert ask(early, any_of=["您好"], window={"first_s": 30}).verdict is MET
    finding = ask(late, any_of=["您好"], window={"first_s": 30})
    assert finding.verdict is NOT_MET
    assert finding.evidence == (Absence(0, 30, "s", None),)


def test_a_window_from_the_end_looks_back_from_the_last_word():
    transcript = call("agent: 再见", "customer: 等等", "agent: 您说", "customer: 没了", seconds=10)
    finding = ask(transcript, any_of=["再见"], window={"last_s": 20})
    assert finding.evidence == (Absence(20, 40, "s", None),)
    assert ask(transcript, any_of=["再见"], window={"last_s": 31}).verdict is MET


def test_without_times_seconds_become_turns():
    lines = ["agent: 请讲", "agent: 您说", "customer: 喂", "agent: 您好"]  # 您好 is the third turn
    assert ask(call(*lines), any_of=["您好"], window={"first_s": 15}).verdict is MET  # 15 / 5 = 3 turns
    finding = ask(call(*lines), any_of=["您好"], window={"first_s": 10})
    assert finding.verdict is NOT_MET
    (gap,) = finding.evidence
    assert isinstance(gap, Absence)
    assert (gap.start, gap.end, gap.unit) == (0, 2, "turns")
    assert ask(call(*lines), any_of=["您好"], window={"first_s": 10, "first_turns": 3}).verdict is MET
    assert ask(call(*lines), any_of=["请讲"], window={"last_turns": 2}).verdict is NOT_MET
    assert ask(call(*lines), any_of=["请讲"], window={"last_turns": 3}).verdict is MET


def test_announcements_before_the_first_word_do_not_use_the_window_up():
    transcript = call("ivr: 欢迎致电请按一", "agent: 您好", "customer: 喂", seconds=40)
    assert ask(transcript, any_of=["您好"], window={"first_s": 30}).verdict is MET
    assert ask(transcript, any_of=["欢迎致电"], speaker="any").verdict is NOT_MET


def test_forbidden_words_are_quoted_each_time():
    transcript = call("agent: 这不归我管", "customer: 什么", "agent: 不归我管就是不归我管")
    finding = ask(transcript, none_of=["不归我管"])
    assert (finding.verdict, finding.occurrences) == (NOT_MET, 3)
    assert finding.evidence == (Quote(0, "不归我管"), Quote(2, "不归我管"), Quote(2, "不归我管"))


def test_nobody_is_accused_for_short_homophones():
    assert ask(call("agent: 您来电号码的账单"), none_of=["妈的"]).verdict is MET
    assert ask(call("agent: 妈的"), none_of=["妈的"]).verdict is NOT_MET
    assert ask(call("agent: 这不龟我管"), none_of=["不归我管"]).verdict is NOT_MET  # four that agree are enough


def test_no_forbidden_words_are_met_by_absence():
    finding = ask(call("agent: 我来处理", "customer: 不归我管"), none_of=["不归我管"])
    assert finding.verdict is MET
    assert isinstance(finding.evidence[0], Absence)


def test_forbidden_words_beside_the_asked_ones_are_partly_met():
    rule = {"speaker": "customer", "any_of": ["好的", "谢谢"], "none_of": ["不满意"]}
    assert ask(call("customer: 好的谢谢"), **rule).verdict is MET
    assert ask(call("customer: 好的但我不满意"), **rule).verdict is PARTLY
    assert ask(call("customer: 不满意"), **rule).verdict is NOT_MET
    assert ask(call("customer: 嗯"), **rule).verdict is NOT_MET


def test_a_find_inside_an_exception_is_none():
    rule = {"any_of": ["抱歉"], "unless": ["抱歉让您久等"]}
    assert ask(call("agent: 抱歉让您久等了"), **rule).verdict is NOT_MET
    assert ask(call("agent: 抱歉让您久等了，给您带来不便抱歉"), **rule).verdict is MET


def test_weak_wordings_alone_are_partly_met():
    rule = {"any_of": ["理解您的心情"], "partly_of": ["别着急"]}
    assert ask(call("agent: 您别着急"), **rule).verdict is PARTLY
    assert ask(call("agent: 您别着急，我理解您的心情"), **rule).verdict is MET


def test_speech_that_was_recognised_unsurely_is_left_to_a_person():
    unsure = call("agent: 嗯那个", "customer: 喂", confidence=0.3)
    assert ask(unsure, any_of=["您好"]).verdict is OPEN
    assert ask(unsure, none_of=["滚蛋"]).verdict is OPEN
    found = ask(call("agent: 您好", confidence=0.3), any_of=["您好"])
    assert (found.verdict, found.evidence) == (OPEN, (Quote(0, "您好"),))  # where to listen
    assert "请听录音" in found.reason.zh
    assert ask(call("agent: 您好", confidence=0.3), any_of=["您好"], min_confidence=0.2).verdict is MET


def test_the_words_own_probability_and_seconds_count_before_the_utterances():
    words = (Word(1.0, 1.5, "您好", 0.2), Word(1.5, 2.0, "，工号", 0.8), Word(2.0, 3.0, "八零一二", 0.9))
    transcript = Transcript((Utterance(0, "agent", "您好，工号八零一二", 1.0, 3.0, 0.9, words),))
    assert ask(transcript, any_of=["您好"]).verdict is OPEN
    finding = ask(transcript, any_of=["工号"])
    assert finding.evidence == (Quote(0, "工号", 1.5, 2.0),)
    assert finding.confidence == pytest.approx(0.8)  # found by every sign x heard with 0.8


def test_a_call_whose_speakers_are_not_told_apart_is_left_to_a_person():
    finding = ask(call("unknown: 您好工号一二三", "unknown: 你好"), any_of=["您好"])
    assert finding.verdict is OPEN
    assert "未区分说话人" in finding.reason.zh
    assert "not told apart" in finding.reason.en
    partly_known = call("agent: 请讲", "unknown: 您好")
    assert ask(partly_known, any_of=["您好"]).verdict is OPEN
    assert ask(partly_known, any_of=["请讲"]).verdict is MET


def test_an_empty_call_and_a_silent_side_and_a_foreign_call_are_left_to_a_person():
    assert ask(call(), any_of=["您好"]).verdict is OPEN
    assert ask(call("agent: ", "customer: "), any_of=["您好"]).verdict is OPEN
    assert ask(call("customer: 喂"), any_of=["您好"]).verdict is OPEN
    assert ask(call("agent: hello there"), any_of=["您好"]).verdict is OPEN
    assert ask(call("agent: 您好"), any_of=["hello"], language="en").verdict is OPEN
    assert ask(call("agent: hello there"), any_of=["hello"], language="en").verdict is MET


RESPONSE = {"triggers": ["生气"], "answers": ["理解您的心情"], "within_turns": 3}


def test_a_trigger_answered_in_time_is_met_with_both_quotes():
    transcript = call("customer: 我很生气", "agent: 嗯", "customer: 唉", "agent: 理解您的心情")
    finding = ask(transcript, "response", **RESPONSE)
    assert (finding.verdict, finding.evidence) == (MET, (Quote(0, "生气"), Quote(3, "理解您的心情")))


def test_a_trigger_answered_too_late_or_before_is_not_met():
    late = call("customer: 我很生气", "agent: 嗯", "customer: 唉", "agent: 好", "customer: 喂", "agent: 理解您的心情")
    finding = ask(late, "response", **RESPONSE)
    assert finding.verdict is NOT_MET
    quote, gap = finding.evidence
    assert quote == Quote(0, "生气")
    assert isinstance(gap, Absence)
    assert (gap.start, gap.end, gap.unit) == (0, 4, "turns")
    early = call("agent: 理解您的心情", "customer: 我很生气", "agent: 嗯")
    assert ask(early, "response", **RESPONSE).verdict is NOT_MET


def test_one_answered_trigger_of_several_is_enough():
    transcript = call(
        "customer: 生气", "agent: 嗯", "customer: 嗯", "agent: 嗯", "customer: 生气", "agent: 理解您的心情"
    )
    assert ask(transcript, "response", **RESPONSE | {"within_turns": 1}).verdict is MET


def test_no_trigger_means_not_applicable_without_evidence():
    finding = ask(call("customer: 你好", "agent: 理解您的心情"), "response", **RESPONSE)
    assert (finding.verdict, finding.evidence) == (NA, ())


def test_a_weak_answer_is_partly_met_and_none_may_be_too():
    transcript = call("customer: 我很生气", "agent: 您别急")
    assert ask(transcript, "response", **RESPONSE, partly_of=["别急"]).verdict is PARTLY
    assert ask(transcript, "response", **RESPONSE, unanswered="partly_met").verdict is PARTLY


def test_an_unsure_trigger_or_answer_is_left_to_a_person():
    said = (Utterance(0, "customer", "我很生气", confidence=0.2), Utterance(1, "agent", "好", confidence=0.9))
    assert ask(Transcript(said), "response", **RESPONSE).verdict is OPEN
    said = (Utterance(0, "customer", "我很生气", confidence=0.9), Utterance(1, "agent", "理解您的心情", confidence=0.2))
    finding = ask(Transcript(said), "response", **RESPONSE)
    assert (finding.verdict, len(finding.evidence)) == (OPEN, 2)


HOLD = {"trigger_by": "agent", "triggers": ["稍等"], "answers": ["久等了"], "within_turns": 9, "hold_limit_s": 30}


def test_a_long_hold_that_nobody_announced_is_not_met():
    quiet = call("agent: 您好", "customer: 喂", metrics=CallMetrics(holds=((5.0, 50.0), (60.0, 65.0))))
    finding = ask(quiet, "response", **HOLD)
    assert finding.verdict is NOT_MET
    assert finding.evidence == (Span(5.0, 50.0, "hold_s", 45.0, 30.0),)
    short = call("agent: 您好", "customer: 喂", metrics=CallMetrics(holds=((5.0, 35.0),)))
    assert ask(short, "response", **HOLD).verdict is NA
    assert ask(call("agent: 稍等，久等了", "customer: 喂"), "response", **HOLD).verdict is MET
    assert ask(call("agent: 久等了，稍等", "customer: 喂"), "response", **HOLD).verdict is NOT_MET


METRICS = CallMetrics(
    silences=((1.0, 5.0), (10.0, 22.0)),
    overlaps=(Overlap(3.0, 4.0, "agent"), Overlap(6.0, 7.0, "customer")),
    interruptions_by_agent=1,
    pace_per_min={"agent": 260.0},
    latency_median_s=1.5,
)


@pytest.mark.parametrize(
    ("rule", "verdict", "evidence"),
    [
        ({"measure": "longest_silence_s", "at_most": 12}, MET, Span(10.0, 22.0, "longest_silence_s", 12.0, 12.0)),
        ({"measure": "longest_silence_s", "at_most": 11}, NOT_MET, Span(10.0, 22.0, "longest_silence_s", 12.0, 11.0)),
        (
            {"measure": "longest_silence_s", "at_most": 5, "partly_at_most": 15},
            PARTLY,
            Span(10.0, 22.0, "longest_silence_s", 12.0, 5.0),
        ),
        (
            {"measure": "interruptions_by_agent", "at_most": 0},
            NOT_MET,
            Span(3.0, 4.0, "interruptions_by_agent", 1, 0.0),
        ),
        ({"measure": "agent_pace_per_min", "at_most": 260}, MET, Span(0.0, 30.0, "agent_pace_per_min", 260.0, 260.0)),
        ({"measure": "latency_median_s", "at_least": 2}, NOT_MET, Span(0.0, 30.0, "latency_median_s", 1.5, 2.0)),
        ({"measure": "holds", "at_most": 0}, MET, Span(0.0, 30.0, "holds", 0, 0.0)),
    ],
)
def test_a_measure_is_held_against_its_limit(rule, verdict, evidence):
    transcript = Transcript((Utterance(0, "unknown", "嗯", 0.0, 30.0),), metrics=METRICS)
    finding = ask(transcript, "measure", **rule)
    assert (finding.verdict, finding.evidence) == (verdict, (evidence,))


def test_what_was_not_measured_is_left_to_a_person():
    assert ask(call("agent: 好"), "measure", measure="holds", at_most=0).verdict is OPEN
    rule = {"measure": "latency_p95_s", "at_most": 3}
    assert ask(call("agent: 好", metrics=METRICS), "measure", **rule).verdict is OPEN
    rule = {"measure": "holds", "at_most": 0, "not_applicable_if_none": True}
    assert ask(call("agent: 好", metrics=METRICS), "measure", **rule).verdict is NA


@pytest.mark.parametrize(
    ("kind", "parameters", "said"),
    [
        ("guess", {}, "x: there is no check “guess”"),
        ("phrases", {}, "x looks for nothing"),
        ("phrases", {"any_of": ["好"], "windows": {}}, "“windows” is unknown here"),
        ("phrases", {"any_of": "好"}, 'x.any_of is "好"'),
        ("phrases", {"any_of": []}, "x.any_of is []"),
        ("phrases", {"any_of": ["好", 3]}, "x.any_of[1] is 3"),
        ("phrases", {"all_of": [["好"], []]}, "all_of[1] is []"),
        ("phrases", {"any_of": ["好"], "all_of": [["好"]]}, "has any_of and all_of"),
        ("phrases", {"any_of": ["好"], "speaker": "boss"}, 'x.speaker is "boss"'),
        ("phrases", {"any_of": ["好"], "by_sound": "yes"}, 'x.by_sound is "yes"'),
        ("phrases", {"any_of": ["好"], "min_similarity": 80}, "x.min_similarity is 80"),
        ("phrases", {"any_of": ["好"], "window": {"first": 3}}, "x.window: “first” is unknown"),
        ("phrases", {"any_of": ["好"], "window": {"first_s": 0}}, "x.window.first_s is 0"),
        ("phrases", {"any_of": ["好"], "window": {"last_turns": 1.5}}, "x.window.last_turns is 1.5"),
        ("phrases", {"any_of": ["好"], "window": {"first_s": 9, "last_s": 9}}, "Choose one"),
        ("response", {"triggers": ["好"]}, "x has no answers"),
        ("response", {"triggers": ["好"], "answers": ["好"], "unanswered": "met"}, 'x.unanswered is "met"'),
        ("measure", {"measure": "mood", "at_most": 1}, 'x.measure is "mood"'),
        ("measure", {"measure": "holds"}, "x needs one limit"),
        ("measure", {"measure": "holds", "at_most": 1, "at_least": 1}, "x needs one limit"),
        ("measure", {"measure": "holds", "at_most": 1, "partly_at_least": 1}, "x.partly_at_least belongs to the other"),
        ("measure", {"measure": "holds", "at_most": True}, "x.at_most is true"),
    ],
)
def test_a_check_that_cannot_be_read_is_refused_by_its_place(kind, parameters, said):
    with pytest.raises(Invalid) as refused:
        check_spec(CheckSpec(kind, parameters), "x")
    assert said in str(refused.value)


words = st.text(alphabet="您好工宫号再见抱歉理解生气稍等嗯，。 ab1", max_size=12)
speakers = st.sampled_from(["agent", "agent2", "customer", "ivr", "unknown"])


@settings(deadline=None)
@given(
    st.lists(st.tuples(speakers, words), max_size=8),
    st.sampled_from([None, 0.2, 0.9]),
    st.sampled_from([None, 7.0]),
    st.sampled_from([{}, {"first_s": 20}, {"last_turns": 2}, {"last_s": 9}]),
)
def test_whatever_is_said_the_evidence_holds(lines, confidence, seconds, window):
    transcript = call(*(f"{speaker}: {text}" for speaker, text in lines), confidence=confidence, seconds=seconds)
    for side in ("agent", "customer", "any"):
        for rule in (
            {"any_of": ["您好工号"]},
            {"none_of": ["再见"]},
            {"all_of": [["您好"], ["工号"]], "none_of": ["抱歉"]},
        ):
            finding = ask(transcript, speaker=side, window=window, **rule)
            assert 0 <= finding.confidence <= 1
    finding = ask(transcript, "response", triggers=["生气"], answers=["理解"], window=window)
    assert 0 <= finding.confidence <= 1


@pytest.mark.parametrize("phrase", ["", "  ", "......", "……", "{n}", "=，。"])
def test_a_phrase_without_words_is_refused_by_its_place(phrase):
    with pytest.raises(Invalid, match="a phrase with words in it"):
        check_spec(CheckSpec("phrases", {"speaker": "agent", "any_of": ["您好", phrase]}), "greeting")
