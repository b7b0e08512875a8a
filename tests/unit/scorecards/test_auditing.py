"""Audits as pure rules: the checklists that ship, the sample's size and power, the lot, the rates, the steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Conflict, Invalid
from scorecards import sampling
from scorecards.auditing import (
    Aim,
    AuditKind,
    AuditStep,
    Check,
    Piece,
    Result,
    candidates,
    checklist_from_yaml,
    draw,
    drawn,
    item_rates,
    power_at,
    refuse_bare,
    require_next,
    shipped_text,
    size,
    unchecked,
    verify,
)
from scorecards.sampling import Outcome

DAY = date(2026, 11, 9)
K = AuditStep
PROCESS = checklist_from_yaml(shipped_text(AuditKind.PROCESS))


def pieces(n):
    return [Piece(number, f"TS-{number}", 7, DAY) for number in range(1, n + 1)]


@pytest.mark.parametrize("kind", list(AuditKind))
def test_each_kind_ships_a_checklist_of_its_own_in_both_languages(kind):
    found = checklist_from_yaml(shipped_text(kind), kind.value)
    assert found.kind is kind
    for one in found.items:
        assert one.question.zh != one.question.en
        assert one.judge.zh != one.judge.en


def test_the_process_checklist_asks_what_the_monitoring_group_audits():
    assert [one.code for one in PROCESS.items] == [
        "received", "classed", "on_time", "four_parts", "satisfied_close", "records",
    ]  # fmt: skip
    assert [one.code for one in PROCESS.asked_of(set())] == ["received", "classed", "on_time", "records"]
    assert len(PROCESS.asked_of({"fed_back", "closed"})) == 6


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("severity: minor", "severity: grave", "is not one of"),
        ("code: classed", "code: received", "stands twice"),
        ("kind: process", "kind: people", "is not one of"),
    ],
)
def test_a_checklist_that_does_not_fit_names_the_place(before, after, said):
    text = shipped_text(AuditKind.PROCESS)
    with pytest.raises(Invalid, match=said):
        checklist_from_yaml(text.replace(before, after, 1))


def test_the_size_follows_from_the_rate_to_be_seen_and_the_frame():
    # Without end: log(0.05) / log(0.95) = 58.4, so 59. Of 60 pieces 3 are faulty: 1 - C(57, n) / C(60, n) is 0.9482 of
    # 37 and 0.9550 of 38.
    assert size(Aim(0.05), 1_000_000) == 59
    assert size(Aim(0.05), 60) == 38
    assert [round(power_at(Aim(0.05), n, 60), 4) for n in (37, 38)] == [0.9482, 0.9550]
    assert size(Aim(0.05, wanted=10), 60) == 10
    assert size(Aim(0.05, wanted=100), 60) == 60
    with pytest.raises(Invalid, match="Nothing fits"):
        size(Aim(0.05), 0)
    with pytest.raises(Invalid, match="at least one piece"):
        size(Aim(0.05, wanted=0), 10)


@given(st.integers(2, 400), st.floats(0.01, 0.9))
def test_more_pieces_never_see_less(population, rate):
    aim = Aim(rate)
    chances = [power_at(aim, n, population) for n in range(1, population + 1)]
    assert all(later >= earlier - 1e-12 for earlier, later in pairwise(chances))
    assert chances[-1] == 1.0


@given(st.integers(1, 80), st.integers(0, 80), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_sample_can_be_drawn_again_by_anybody(population, n, seed):
    n = min(n, population)
    frame = candidates(AuditKind.PROCESS, pieces(population))
    picks = draw(seed, 3, frame, n)
    assert len({one.call for one in picks}) == len(picks) == n
    kept = drawn(3, sampling.commitment(seed), sampling.frame_hash(frame), n, picks)
    assert verify(kept, seed, list(reversed(frame))).outcome is Outcome.AGREES
    assert verify(kept, seed[::-1] + "0", frame).outcome is Outcome.WRONG_SEED
    assert verify(kept, seed, frame[1:]).outcome is Outcome.WRONG_FRAME
    if 0 < n < population:
        out = next(one.call for one in frame if one.call not in {pick.call for pick in picks})
        other = replace(kept, picks=(replace(picks[0], call=out), *picks[1:]))
        assert verify(other, seed, frame).outcome is Outcome.WRONG_PICKS


def test_another_audit_under_the_same_seed_has_lots_of_its_own():
    frame = candidates(AuditKind.PROCESS, pieces(40))
    one, other = (tuple(pick.call for pick in draw("a" * 64, audit, frame, 10)) for audit in (1, 2))
    assert one != other


def test_steps_follow_each_other_and_none_is_left_out():
    taken = []
    for step in K:
        for other in K:
            if other is not step:
                with pytest.raises(Conflict):
                    require_next(taken, other)
        require_next(taken, step)
        taken.append(step)
    with pytest.raises(Conflict):
        require_next(taken, K.CLOSED)


def test_not_met_needs_what_is_wrong_and_where_it_is_seen():
    for words, evidence in (("", ""), ("late", " "), ("", "step 3")):
        with pytest.raises(Invalid, match="where it is seen"):
            refuse_bare(Result.NOT_MET, words, evidence)
    refuse_bare(Result.NOT_MET, "late", "step 3")
    refuse_bare(Result.MET, "", "")


def test_rates_count_what_people_confirmed_of_those_asked():
    tags = {1: frozenset({"fed_back"}), 2: frozenset({"fed_back"}), 3: frozenset()}
    results = {1: Result.NOT_MET, 2: Result.MET}
    checks = {(piece, "four_parts"): Check(piece, "four_parts", result) for piece, result in results.items()}
    checks[1, "received"] = Check(1, "received", Result.NOT_APPLICABLE)
    found = {one.item.code: one for one in item_rates(PROCESS, tags, checks)}
    four, received = found["four_parts"], found["received"]
    assert (four.n, four.not_met, four.unchecked) == (2, 1, 0)
    # Wilson of 1 of 2 at 95 %: centre (0.5 + 0.9604) / 2.9207 = 0.5, half 0.4055
    assert (four.share.value, round(four.share.low, 3), round(four.share.high, 3)) == (0.5, 0.095, 0.905)
    assert (received.n, received.not_applicable, received.unchecked, received.share) == (0, 1, 2, None)
    left = unchecked(PROCESS, tags, checks)
    assert (3, "four_parts") not in left
    assert len(left) == 3 * 3 + 2  # classed, on_time and records of each; received of two
