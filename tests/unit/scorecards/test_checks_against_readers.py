"""The bench that holds the shipped Mandarin card against judged calls; those calls are read from HUITING_DATA only."""

from __future__ import annotations

import hashlib

import pytest

from bench import agreement
from bench.agreement import MET, NOT_MET, Judged, evidence_share, half_of
from scorecards.card_file import load_card


def judged(people, machine, lines=(), quoted=(), criterion="apology"):
    return Judged("1", criterion, people, frozenset(lines), machine, frozenset(quoted))


def test_the_half_is_the_parity_of_the_hash():
    assert hashlib.sha256(b"abc").hexdigest().endswith("ad")  # odd
    assert half_of("abc") == 2
    ids = [str(number) for number in range(1000)]
    assert 450 < sum(half_of(one) == 1 for one in ids) < 550
    assert [half_of(one) for one in ids] == [half_of(one) for one in ids]


def test_evidence_counts_where_both_call_it_met_and_the_readers_gave_lines():
    assert evidence_share([judged(MET, MET, [3, 4], [4, 9])]) == (1, 1)
    assert evidence_share([judged(MET, MET, [3], [4])]) == (0, 1)
    untold = [judged(MET, MET), judged(MET, NOT_MET, [3], [3]), judged(None, MET, [3], [3])]
    assert evidence_share([*untold, judged(MET, MET, [3], [3], criterion="courtesy")]) == (0, 0)


def test_split_calls_are_left_out_of_the_agreement_and_counted():
    rows = [judged(MET, MET), judged(None, MET), judged(NOT_MET, NOT_MET)]
    found = agreement.agreement_on(rows, "apology")
    assert (found.n, found.answered) == (2, 2)
    assert "| apology | 2 | 1 | 1/1/0 | 1/1/0 |" in agreement.table(rows, "x")


def test_the_shipped_card_agrees_with_the_readers_of_the_second_half():
    folder = agreement.data_folder()
    if not (folder / "labels").is_dir():
        pytest.skip(f"no judged calls in {folder}: set HUITING_DATA")
    rows = [one for one in agreement.judge(load_card(agreement.CARD), folder) if half_of(one.call) == 2]
    kappas = {name: agreement.agreement_on(rows, name).kappa for name in agreement.TARGETED}
    assert sum(kappa is not None and kappa.value >= 0.60 for kappa in kappas.values()) >= 7, kappas
    shared, n = evidence_share(rows)
    assert shared / n >= 0.80
