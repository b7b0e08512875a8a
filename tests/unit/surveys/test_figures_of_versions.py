"""Answers of a questionnaire's earlier versions beside those of the one in force."""

import pandas as pd

from surveys.figures import Item, comparable
from surveys.questionnaires import Counted


def item(column, scale):
    return Item(column, Counted.CSAT, scale, {"zh": "满意吗？", "en": "Satisfied?"})


def test_answers_on_another_scale_are_left_out_and_counted():
    table = pd.DataFrame({"version": [1, 1, 2], "satisfied": [9.0, 2.0, 4.0], "solved": [1.0, 0.0, 1.0]})
    solved = Item("solved", Counted.SOLVED, None, {"zh": "解决了吗？", "en": "Solved?"})
    now = (item("satisfied", (1, 5)), solved)
    earlier = {1: {"satisfied": item("satisfied", (1, 10)), "solved": solved}, 2: {one.column: one for one in now}}
    kept, left_out = comparable(table, now, earlier)
    assert left_out == 2
    assert kept["satisfied"].tolist()[2] == 4.0
    assert kept["satisfied"].isna().tolist() == [True, True, False]
    assert kept["solved"].tolist() == [1.0, 0.0, 1.0]
    assert table["satisfied"].notna().all()


def test_a_question_that_a_version_did_not_count_leaves_its_answers_out():
    table = pd.DataFrame({"version": [1], "satisfied": [3.0]})
    kept, left_out = comparable(table, (item("satisfied", (1, 5)),), {1: {}})
    assert (left_out, kept["satisfied"].isna().all()) == (1, True)
