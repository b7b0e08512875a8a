"""Learning on made conversations: what decides is known, so what is learned and quoted can be checked."""

from __future__ import annotations

import json
import os
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from scorecards.agreement import spearman
from scorecards.labels import Labels, read_labels
from scorecards.learning import moving_utterances, prove, train
from transcription.learning import Conversation, chosen, features, fit_space, prepare, shares
from transcription.model import CallMetrics, Utterance
from transcription.ngrams import strings_of
from transcription.parts import MEASURES, language_of, measures_of, parts_of, turns_of
from transcription.text_model import (
    NEVER_SURE,
    Target,
    Unsaid,
    certain_threshold,
    judge,
    share_at_least,
    support,
)
from transcription.training import FOLDS, Example, folds_of, learn

GOOD = ("好的，问题解决了，谢谢你", "可以用了，非常感谢", "嗯，现在网速正常了")
BAD = ("还是不行，我要投诉", "你们根本没有解决问题", "等了三天还是没有信号")
OPENINGS = ("宽带断了两天", "话费多扣了三十元", "手机没有信号", "套餐被改了")
REPLIES = ("请您提供一下号码", "已为您登记，稍后回复", "请重启设备再试", "正在为您查询")
SAID = st.lists(
    st.tuples(st.sampled_from(["agent", "customer", "unknown"]), st.text("好的您号码ab 1", max_size=8)), max_size=8
)


def conversation(*said):
    """customer and agent in turn, or (speaker, text) pairs."""
    pairs = [one if isinstance(one, tuple) else (("customer", "agent")[at % 2], one) for at, one in enumerate(said)]
    return Conversation(tuple(Utterance(at, speaker, text) for at, (speaker, text) in enumerate(pairs)))


def made_calls(count, seed=1):
    """Calls whose last customer turn decides: half end well."""
    draw = random.Random(seed)  # noqa: S311 - made calls
    return [
        (is_good, conversation(draw.choice(OPENINGS), draw.choice(REPLIES), draw.choice(GOOD if is_good else BAD)))
        for is_good in (at % 2 == 0 for at in range(count))
    ]


def examples(count=80, *, number=False, seed=1):
    return [
        Example(f"call-{at}", call, (1.0 if good else -1.0) if number else ("met" if good else "not_met"))
        for at, (good, call) in enumerate(made_calls(count, seed))
    ]


def labels_file(path, calls):
    lines = [
        {"id": name, "label": label, "utterances": [{"speaker": u.speaker, "text": u.text} for u in call.utterances]}
        for name, label, call in calls
    ]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return read_labels(path)


@pytest.fixture(scope="module")
def learned():
    return learn(examples(), Target.VERDICT, risk=0.1)


@pytest.fixture(scope="module")
def numbers():
    return learn(examples(number=True), Target.NUMBER, risk=0.1)


def test_the_parts_of_a_conversation_stand_where_they_are_spoken():
    call = conversation("断了", "请稍等", "快点", ("customer", "我等着"), "好了", "谢谢")
    parts = parts_of(call.utterances)  # customer 0, agent 1, customer 2 3, customer 4 (same turn), agent 5
    assert parts["customer"] == (0, 2, 3, 4)
    assert parts["agent"] == (1, 5)
    assert parts["later_customer"] == parts["last_customer"] == (2, 3, 4)
    assert parts["last_agent"] == (5,)
    assert parts["first_agent"] == (1,)
    assert parts["closing_customer"] == ()  # the agent has the last word
    assert parts_of(call.utterances[:5])["closing_customer"] == (2, 3, 4)


def test_what_nobody_is_known_to_have_said_is_a_part_of_its_own():
    assert parts_of(conversation(("unknown", "喂"), ("ivr", "请按一")).utterances)["others"] == (0, 1)


@given(SAID)
def test_every_spoken_utterance_belongs_to_one_side_only(said):
    utterances = conversation(*said).utterances
    parts = parts_of(utterances)
    both = [*parts["customer"], *parts["agent"], *parts["others"]]
    assert sorted(both) == [u.index for u in utterances if u.text.strip()]
    assert sorted(at for _, places in turns_of(utterances) for at in places) == sorted(both)
    assert len(measures_of(utterances, None)) == len(MEASURES)


def test_measures_tell_who_closes_and_what_was_measured():
    call = conversation("断了", "请稍等", "好的")
    plain = dict(zip(MEASURES, measures_of(call.utterances, None), strict=True))
    assert (plain["customer_closes"], plain["customer_comes_back"], plain["is_measured"]) == (1, 1, 0)
    metrics = CallMetrics(holds=((0, 1), (2, 3)), talk_s={"agent": 30, "customer": 10}, latency_median_s=0.0)
    measured = dict(zip(MEASURES, measures_of(call.utterances, metrics), strict=True))
    assert measured["hold_s"] == pytest.approx(np.log(3))  # 2 s: ln(1 + 2)
    assert measured["customer_talk_share"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("text", "language"),
    [("你好", "zh"), ("hello there", "en"), ("我的iPhone坏了", "zh"), ("123", ""), ("the 网 is broken", "en")],
)
def test_a_language_is_what_most_of_it_is_in(text, language):
    assert language_of(conversation(text).utterances) == language


def test_what_decides_is_learned_and_agrees_on_calls_never_seen(learned):
    unseen = made_calls(40, seed=7)
    answers = [one.best for one in judge(learned.model, [call for _, call in unseen])]
    assert answers == ["met" if good else "not_met" for good, _ in unseen]


def test_numbers_are_learned_within_the_labels_range(numbers):
    unseen = made_calls(40, seed=7)
    found = judge(numbers.model, [call for _, call in unseen])
    assert all((one.number > 0) == good for one, (good, _) in zip(found, unseen, strict=True))
    assert all(-1 <= one.number <= 1 for one in found)
    assert all(one.interval[0] <= one.number <= one.interval[1] for one in found)


def test_the_same_calls_give_the_same_model_and_another_order_the_same_answers(learned):
    again = learn(examples(), Target.VERDICT, risk=0.1)
    assert np.array_equal(again.model.linear.coefficients, learned.model.linear.coefficients)
    assert again.answers == learned.answers


@pytest.mark.parametrize("target", list(Target))
def test_the_shares_of_the_utterances_with_the_rest_make_up_the_score(learned, numbers, target):
    model = (learned if target is Target.VERDICT else numbers).model
    for _, call in made_calls(6, seed=3):
        weights = model.linear.coefficients[0]
        shared = shares(model.space, weights, call)
        x = features(model.space, prepare([call], None, tuple(model.space.weights)))
        strings = sum(len(one.buckets) for one in model.space.weights.values())
        by_hand = float((x[:, :strings] @ weights[:strings])[0])
        assert shared.sum() == pytest.approx(by_hand, abs=1e-5)


def test_the_utterance_that_decides_is_the_one_that_moved_the_answer(learned, numbers):
    from transcription.model import Transcript

    for good, call in made_calls(10, seed=5):
        transcript = Transcript(call.utterances)
        assert moving_utterances(learned.model, transcript, "met" if good else "not_met")[0] == 2
        assert moving_utterances(numbers.model, transcript, "", sign=1.0 if good else -1.0)[0] == 2


def test_what_speaks_for_one_of_two_classes_speaks_against_the_other(learned):
    call = made_calls(1)[0][1]
    assert support(learned.model, call, "met") == pytest.approx(-support(learned.model, call, "not_met"))


def test_three_classes_are_told_apart_and_their_probabilities_add_up_to_one():
    made = examples(60) + [
        Example(f"other-{at}", conversation(OPENINGS[at % 4], "这不归我们管", "哦那算了"), "not_applicable")
        for at in range(20)
    ]
    found = learn(made, Target.VERDICT, risk=0.2)
    assert found.model.classes == ("met", "not_applicable", "not_met")
    assert found.scores.sum(axis=1) == pytest.approx(np.ones(80))
    asked = judge(found.model, [conversation("没信号", "这不归我们管", "哦那算了")])[0]
    assert asked.best == "not_applicable"


def test_nothing_said_and_another_language_give_no_answer(learned, numbers):
    for model in (learned.model, numbers.model):
        silent, english = judge(model, [conversation("", "  "), conversation("it works now", "thank you", "great")])
        assert (silent.unsaid, silent.answer) == (Unsaid.NOTHING_SAID, None)
        assert (english.unsaid, english.answer) == (Unsaid.OTHER_LANGUAGE, None)
    assert judge(learned.model, []) == []


def test_labels_drawn_by_lot_teach_it_to_abstain():
    draw = random.Random(3)  # noqa: S311 - made labels
    made = [Example(one.group, one.call, draw.choice(["met", "not_met"])) for one in examples(100)]
    found = learn(made, Target.VERDICT, risk=0.1)
    assert found.model.threshold == NEVER_SURE
    assert set(found.answers) == {None}


def test_one_call_judged_by_two_people_stands_on_one_side_of_every_fold():
    made = examples(60)
    made += [Example(one.group, one.call, one.label) for one in made[:30]]
    for target in Target:
        for seen, unseen in folds_of(made, target, 1):
            assert not {made[at].group for at in seen} & {made[at].group for at in unseen}
    assert len(folds_of(made, Target.VERDICT, 1)) == FOLDS


@pytest.mark.parametrize(
    ("made", "target", "sentence"),
    [
        (examples(19), Target.VERDICT, "19 judged calls are too few"),
        (examples(1) * 40, Target.VERDICT, "1 judged calls are too few"),
        ([replace(one, label="met") for one in examples(30)], Target.VERDICT, "All 30 calls are labelled met"),
        ([replace(one, label=2.0) for one in examples(30)], Target.NUMBER, "labelled 2.0"),
        (
            [*examples(30), *(Example(f"x{at}", conversation("喂"), "partly_met") for at in range(4))],
            Target.VERDICT,
            "4 calls labelled partly_met are too few",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_from_is_refused_with_a_sentence(made, target, sentence):
    with pytest.raises(Invalid, match=sentence):
        learn(made, target, risk=0.1)


def test_a_threshold_is_the_lowest_at_which_the_binomial_test_still_shows_the_risk():
    # 100 calls at .9 with 2 wrong: P(2 or fewer of 100 at 10 %) = .0019, shown;
    # with 100 more at .7, 30 of them wrong: P(32 or fewer of 200 at 10 %) = .997, not shown
    sure = np.array([0.9] * 100 + [0.7] * 100)
    wrong = np.array([True] * 2 + [False] * 98 + [True] * 30 + [False] * 70)
    assert certain_threshold(sure, wrong, 0.1, 0.05) == 0.75  # the lowest level above .7
    assert certain_threshold(sure, np.zeros(200, bool), 0.1, 0.05) == 0.0


def test_too_few_flawless_calls_show_no_risk():
    # .9 ** 28 = .052 > .05: 28 flawless calls are not enough for 10 %, 29 are
    assert certain_threshold(np.full(28, 0.99), np.zeros(28, bool), 0.1, 0.05) == NEVER_SURE
    assert certain_threshold(np.full(29, 0.99), np.zeros(29, bool), 0.1, 0.05) == 0.0


def test_the_risk_is_kept_in_all_but_one_in_twenty_draws():
    # a machine whose probabilities are true: at level p it is wrong with 1 - p; of 300 draws about 15 may break it
    draw = np.random.default_rng(5)
    broken = 0
    for _ in range(300):
        sure = draw.uniform(0.5, 1, 200)
        level = certain_threshold(sure, draw.uniform(size=200) > sure, 0.2, 0.05)
        # above `level` the wrong share is 1 - (level + 1) / 2 on average, if answered at all
        broken += level <= 1 and 1 - (max(level, 0.5) + 1) / 2 > 0.2
    assert broken / 300 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_how_likely_a_limit_is_reached_falls_with_the_limit(numbers):
    shares = [share_at_least(numbers.model, 0.0, limit) for limit in (-3.0, -0.5, 0.0, 0.5, 3.0)]
    assert shares == sorted(shares, reverse=True)
    assert 0 < shares[-1] < shares[0] < 1


@settings(deadline=None, max_examples=20)
@given(st.lists(SAID, min_size=2, max_size=6))
def test_rows_are_as_long_as_their_parts_weigh_whatever_is_said(calls):
    prepared = prepare([conversation(*said) for said in calls])
    x = features(fit_space(prepared), prepared)
    assert x.shape[0] == len(calls) == len(prepared)
    assert np.isfinite(x.data).all()
    # all parts' weights 1 + .5 + 1 + 1 + .5 + 1 + 1, and measures of .02 x n at most
    assert x.power(2).sum(axis=1).max() <= 6 + 0.02 * len(calls) + 1e-3


def test_some_rows_are_those_conversations_alone():
    calls = [call for _, call in made_calls(5)]
    some, alone = chosen(prepare(calls), np.array([1, 3])), prepare([calls[1], calls[3]])
    assert (some.counts["customer"] != alone.counts["customer"]).nnz == 0
    assert np.array_equal(some.measures, alone.measures)


def test_training_leaves_silent_calls_out_and_names_their_lines(tmp_path):
    calls = [(f"c{at}", "met" if good else "not_met", call) for at, (good, call) in enumerate(made_calls(40))]
    labels = labels_file(tmp_path / "labels.jsonl", [*calls, ("silent", "met", conversation(""))])
    trained = train(labels)
    assert [problem.line for problem in trained.problems] == [41]
    assert trained.model.origin["calls"] == 40
    assert trained.model.origin["labels_sha256"] == labels.sha256
    assert trained.model.figures["cross_validated"]["n"] == 40


def test_proving_counts_what_it_cannot_judge_as_abstained_and_says_so(tmp_path, learned):
    calls = [(f"c{at}", "met" if good else "not_met", call) for at, (good, call) in enumerate(made_calls(20, seed=9))]
    strange = [("silent", "met", conversation("")), ("english", "met", conversation("hello", "yes", "all is well now"))]
    found = prove(
        learned.model, labels_file(tmp_path / "labels.jsonl", [*calls, *strange, ("x", "partly_met", calls[0][2])])
    )
    assert found.agreement.n == 23
    assert found.agreement.answered == 21
    said = " ".join(found.remarks)
    assert "another language than it learned (zh)" in said
    assert "nobody says anything" in said
    assert "never learned partly_met" in said


def test_proving_on_the_very_calls_it_learned_from_is_said_to_flatter(tmp_path):
    calls = [(f"c{at}", 1.0 if good else 0.0, call) for at, (good, call) in enumerate(made_calls(40))]
    labels = labels_file(tmp_path / "labels.jsonl", calls)
    assert isinstance(labels, Labels)
    trained = train(labels)
    found = prove(trained.model, labels)
    assert any("flatter" in remark for remark in found.remarks)
    assert found.agreement.spearman.value > 0.8
    assert found.below == trained.below == 0.0  # the lowest third of twenty 0 and twenty 1


class Knowing:
    """An encoder that knows what no string tells: whether the code points of a text add up to an even number."""

    sha256 = "5" * 64

    def encode(self, texts):
        rows = np.zeros((len(texts), 512), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[sum(map(ord, text)) % 2] = 1
        return rows


def even_or_odd(count):
    """Calls whose last line is 20 signs by lot; they are met where those add up to an even number."""
    draw = random.Random(2)  # noqa: S311 - made calls
    for at in range(count):
        text = "".join(chr(draw.randrange(0x4E00, 0x9FA0)) for _ in range(20))
        is_even = sum(map(ord, text)) % 2 == 0
        yield Example(f"n{at}", conversation("断了", "请稍等", text), "met" if is_even else "not_met")


def test_vectors_are_kept_only_where_they_lower_the_error_on_calls_not_seen():
    made = list(even_or_odd(60))
    with_meaning = learn(made, Target.VERDICT, risk=0.2, encoder=Knowing())
    assert with_meaning.model.space.dimensions == 512
    assert with_meaning.model.encoder_sha256 == Knowing.sha256

    class Blind(Knowing):
        def encode(self, texts):
            rows = np.random.default_rng(len(texts)).standard_normal((len(texts), 512)).astype(np.float32)
            return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    assert learn(examples(), Target.VERDICT, risk=0.2, encoder=Blind()).model.space.dimensions == 0


def test_the_shares_add_up_with_vectors_too():
    made = list(even_or_odd(60))
    model = learn(made, Target.VERDICT, risk=0.2, encoder=Knowing()).model
    weights, call = model.linear.coefficients[0], made[1].call
    x = features(model.space, prepare([call], Knowing(), tuple(model.space.weights)))
    strings = sum(len(one.buckets) for one in model.space.weights.values())
    measures = slice(strings, strings + len(MEASURES))
    whole = float((x @ weights)[0]) - float((x[:, measures] @ weights[measures])[0])
    assert shares(model.space, weights, call, Knowing()).sum() == pytest.approx(whole, abs=1e-5)


def test_of_a_long_part_the_last_eight_utterances_have_vectors():
    class Counting(Knowing):
        asked = 0

        def encode(self, texts):
            self.asked += len([text for text in texts if text])
            return super().encode(texts)

    encoder = Counting()
    prepare([conversation(*["好"] * 61)], encoder)
    # customer 31 turns, the last one closes: 8 of 30 later ones, 1 closing, 1 last of the agent
    assert encoder.asked == 10


@pytest.mark.slow
def test_satisfaction_of_real_dialogues_never_seen_is_ranked_as_nineteen_raters_do():
    from bench.learned import FOLDER, dialogues, of_number

    folder = Path(os.environ.get("HUITING_DATA", Path(__file__).parents[4] / "shared" / "data")) / FOLDER
    if not folder.is_dir():
        pytest.skip(f"{FOLDER} is not there; set HUITING_DATA")
    read = dialogues(folder / "dch_cn.json")
    seen, unseen = ([one for one in read if one.is_held_out is held] for held in (False, True))
    model = learn(of_number(seen, "S"), Target.NUMBER, risk=0.1).model
    said = judge(model, [one.call for one in unseen])
    pairs = [(one.means["S"], each.number) for one, each in zip(unseen, said, strict=True)]
    assert spearman(*zip(*pairs, strict=True)).value > 0.82  # 601 dialogues, measured .86


@pytest.mark.parametrize(
    ("one", "other"), [("13800138000", "15912345678"), ("電話號碼", "电话号码"), ("Ａｂｃ", "abc"), ("a  b\n", "a b")]
)
def test_wordings_that_mean_the_same_to_a_reader_count_the_same(one, other):
    assert strings_of(one) == strings_of(other)


def test_strings_of_up_to_four_signs_and_words_with_their_pairs_are_counted():
    assert strings_of("好的") == ["好", "的", "好的"]
    assert {"\thello", "\tthere", "\thello\tthere"} <= set(strings_of("Hello there"))
    assert strings_of("好" * 100_000) == strings_of("好" * 20_000)


@settings(deadline=None)
@given(st.lists(st.integers(0, 200), max_size=60), st.sets(st.integers(0, 200), max_size=30), st.booleans())
def test_the_columns_that_count_are_picked_alike_by_table_and_by_search(drawn, kept, by_table):
    from unittest.mock import patch

    from transcription import ngrams

    counts = ngrams.sparse.csr_matrix(np.bincount(drawn, minlength=ngrams.BUCKETS)[None].astype(np.float32))
    buckets = np.array(sorted(kept), dtype=np.int32)
    with patch.object(ngrams, "MANY", -1 if by_table else 10**9):
        found = ngrams.known_counts(counts, buckets)
    assert found.toarray().tolist() == [[drawn.count(bucket) for bucket in sorted(kept)]]
