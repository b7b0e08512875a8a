"""What a case lacks for the archive: hand-made ways, and that no way to a close is a dead end."""

from dataclasses import replace

import pytest
from case_steps import FILLED
from conftest import NOW

from surveys.completeness import lacking_for_archive
from surveys.model import CaseKind, Channel, Step, StepKind

CASE = {"kind": CaseKind.COMPLAINT, "channel": Channel.HOTLINE, "class_code": "fees/refund", "demand": "退费"}
WHOLE = ("received", "dispatched", "returned", "consented", "fed_back", "called_back", "closed")


def way(*kinds):
    return [Step(number, StepKind(kind), NOW, NOW, 1, FILLED.get(StepKind(kind), {})) for number, kind in
            enumerate(kinds, 1)]  # fmt: skip


def test_a_whole_way_lacks_nothing():
    assert lacking_for_archive(CASE, way(*WHOLE)) == ()


@pytest.mark.parametrize(
    ("changes", "kinds", "lacks"),
    [
        ({"class_code": ""}, WHOLE, ("class",)),
        ({"demand": ""}, WHOLE, ("demand",)),
        ({}, ("received", "closed"), ("assessment", "feedback", "callback")),
        ({}, (*WHOLE, "second_dispatched"), ("return_slip",)),
        ({}, ("received", "dispatched", "returned", "return_refused", *WHOLE[3:]), ("return_slip",)),
        ({}, (*WHOLE, "remedy_granted", "remedy_granted", "remedy_credited"), ("credit",)),
        ({}, (*WHOLE, "held_accountable"), ("right_of_reply",)),
        ({"channel": Channel.INTERNAL}, WHOLE, ("sender_reply",)),
        ({"channel": Channel.REGULATOR}, (*WHOLE, "sender_answered"), ("settlement",)),
        ({"kind": CaseKind.SUGGESTION, "demand": ""}, ("received", "assessed", "closed"), ()),
    ],
)
def test_what_is_missing_is_named(changes, kinds, lacks):
    assert lacking_for_archive(CASE | changes, way(*kinds)) == lacks


def test_a_close_with_proof_stands_for_a_callback_that_never_succeeded():
    steps = way(*WHOLE[:5], "closed")
    assert lacking_for_archive(CASE, steps) == ("callback",)
    steps[-1] = replace(steps[-1], facts={"proof": "三次未接"})
    assert lacking_for_archive(CASE, steps) == ()
