"""The tables on English dialogues: what they count as yes, which words overlap, which steps labels ask for."""

import pytest

from bench import english, script_order
from bench.english import Beside, Item, as_transcript
from scorecards.checks import answer
from scorecards.model import Finding, Quote, Verdict, Wording

SAID = as_transcript([("customer", "my line is dead"), ("agent", "I am sorry, I can imagine how hard that is")])


def beside(verdict, confidence=0.9, quote="I can imagine", spans=()):
    return Beside(Item("1", SAID, 1.0, spans), Finding(verdict, confidence, Wording(), (Quote(1, quote),)))


@pytest.mark.parametrize(
    ("verdict", "machine"),
    [("met", "yes"), ("partly_met", "yes"), ("not_met", "no"), ("abstained", None), ("not_applicable", None)],
)
def test_met_and_partly_met_are_one_class_and_open_answers_none(verdict, machine):
    assert beside(Verdict(verdict)).machine == machine


def test_scores_rank_from_surely_not_met_to_surely_met():
    order = [("not_met", 0.9), ("not_met", 0.2), ("partly_met", 0.2), ("partly_met", 0.9), ("met", 0.2), ("met", 0.9)]
    scores = [beside(Verdict(verdict), sure).score for verdict, sure in order]
    assert scores == pytest.approx([0.1, 0.8, 1.2, 1.9, 2.2, 2.9])  # the verdict's place + how sure, or 1 - it
    assert beside(Verdict.ABSTAINED).score is None


@pytest.mark.parametrize(
    ("spans", "shared"),
    [(("imagine how hard",), True), (("I am sorry",), False), (("sorry, I can",), True), ((), None), (("no",), False)],
)
def test_a_quote_shares_words_with_what_people_marked(spans, shared):
    assert beside(Verdict.MET, spans=spans).shares_words is shared


ALL = ("hello", "ask_name", "bank_ask_account_number", "bank_ask_pin", "bank_ask_fraud_details")
DONE = "bank_inform_fraud_report_submitted"


@pytest.mark.parametrize(
    ("labels", "verdict"),
    [
        ((*ALL, DONE), Verdict.MET),
        ((*ALL[1:], DONE), Verdict.MET),  # the greeting may be left out
        (ALL, Verdict.NOT_MET),
        ((ALL[1], ALL[3], ALL[2], ALL[4], DONE), Verdict.PARTLY_MET),
        ((ALL[1], ALL[3], ALL[2], ALL[3], ALL[4], DONE), Verdict.MET),  # asked again in its place
        ((*ALL[1:], DONE, ALL[0]), Verdict.PARTLY_MET),
    ],
)
def test_labels_say_whether_the_steps_came_and_in_order(labels, verdict):
    assert script_order.by_labels("bank_fraud_report", labels) is verdict


def test_the_scripts_own_words_are_found_in_order_and_a_missing_step_is_named():
    lines = [
        ("agent", "Could I get your full name, please?"),
        ("agent", "Can you tell me your account number?"),
        ("agent", "Right, and your PIN as well please."),
        ("agent", "Could you provide a detailed fraud report now?"),
    ]
    check = script_order.check_of("bank_fraud_report")
    lacking = answer(check, as_transcript(lines), "en")
    assert script_order.named("bank_fraud_report", lacking) == {DONE}
    done = as_transcript([*lines, ("agent", "It has been successfully submitted")])
    assert answer(check, done, "en").verdict is Verdict.MET


def test_a_table_has_a_line_a_half_and_says_what_is_not_there(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HUITING_DATA", str(tmp_path))
    folder = tmp_path / english.PERSONAS / "dev"
    folder.mkdir(parents=True)
    head = "row,text_zh,text_en,annotator1,annotator2,annotator3,empathy_score\n"
    lines = [f"{n},我很理解您 {n},I understand how you feel {n},2,2,2,{n % 3}\n" for n in range(12)]
    (folder / "empathy.csv").write_text(head + "".join(lines), encoding="utf-8")
    english.main()
    written = capsys.readouterr().out
    counts = [
        int(line.split("|")[3]) for line in written.splitlines() if line.startswith("| Personas English, empathy |")
    ]
    assert (len(counts), sum(counts)) == (2, 12)
    assert f"| STAR, resolved | {english.STAR} is not there |" in written


def test_only_what_either_side_saw_is_read():
    events = [
        {"Agent": "User", "Action": "utter", "Text": "Hello"},
        {"Agent": "Wizard", "Action": "request_suggestions", "Text": "helo", "ActionLabel": None},
        {"Agent": "Wizard", "Action": "pick_suggestion", "Text": "How can I help?", "ActionLabel": "hello"},
        {"Agent": "KnowledgeBase", "Action": "return_item", "Text": "row"},
    ]
    assert list(english.spoken({"Events": events})) == [
        ("customer", "Hello"),
        ("agent", "How can I help?"),
    ]
