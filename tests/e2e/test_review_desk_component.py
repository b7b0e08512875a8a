"""The review desk in a real browser: playing, seeking, answering by keyboard, drafts and submitting."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.xdist_group("browser"),
]
pytest_plugins = ["harness.browser"]
LINE_S = 5.9  # line n of the made-up call starts at 0.5 + 5.9 n


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what, timeout_s=60):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    pytest.fail(f"waited {timeout_s} s in vain: {what}")


def answers(url):
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310
        return reply.status == 200
    return False


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    port = free_port()
    log = folder / "events.jsonl"
    log.touch()
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "REVIEW_DESK_PORT": str(port),
        "REVIEW_DESK_SOUND": str(folder / "call.wav"),
        "REVIEW_DESK_LOG": str(log),
    }
    # Streamlit started as an ASGI application reads only its file, not the environment.
    settings = folder / ".streamlit" / "config.toml"
    settings.parent.mkdir()
    settings.write_text("[browser]\ngatherUsageStats = false\n")
    command = [sys.executable, "-m", "tests.e2e.harness.review_desk_app"]
    with (folder / "server.txt").open("w") as output:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(address), "the harness to answer")
            yield address, log
        finally:
            server.terminate()
            server.wait(timeout=20)


class Desk:
    """One opened page and the events its server has seen."""

    def __init__(self, page, log):
        self.page = page
        self.log = log
        self.before = len(log.read_text().splitlines())

    def events(self):
        """What the server has written since; a line that it is just writing is not yet one."""
        whole = self.log.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()[self.before :]]

    def last(self, name):
        found = [event[name] for event in self.events() if event[name]]
        return found[-1] if found else None

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def audio(self, expression):
        return self.page.locator("audio").evaluate(f"(audio) => audio.{expression}")

    def switch(self, label):
        """Flips a checkbox of the page round the desk, without moving the focus."""
        self.page.get_by_label(label, exact=True).evaluate("(node) => node.click()")

    def answer(self, name):
        """One answer of the newest draft; empty before a draft with it was sent."""
        return (self.last("draft") or {"answers": {}})["answers"].get(name, {})

    def answers(self):
        draft = self.last("draft")
        return {name: answer["verdict"] for name, answer in draft["answers"].items()} if draft else {}

    def wait_for_words(self, name, comment):
        wait_until(lambda: self.answer(name).get("comment") == comment, f"the comment {comment!r} to be saved")

    def wait_for_evidence(self, name, count):
        """The answer's evidence, once there are so many pieces of it."""
        wait_until(lambda: len(self.answer(name).get("evidence", [])) == count, f"{count} pieces of evidence")
        return self.answer(name)["evidence"]

    def wait_for_answer(self, name, verdict):
        wait_until(lambda: self.answers().get(name) == verdict, f"{name} to be {verdict}, got {self.answers()}")

    def selected(self):
        return self.page.locator(".criterion[aria-selected=true]").get_attribute("data-criterion")

    def status(self):
        return self.page.locator(".status.saved").inner_text()


@pytest.fixture
def open_desk(chromium, served):
    address, log = served
    contexts = []

    def opened(query="", *, ready=True, **options):
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        contexts.append(context)
        page = context.new_page()
        faults = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        desk = Desk(page, log)
        desk.faults = faults
        page.goto(f"{address}/?{query}")
        page.wait_for_selector(".desk")
        if ready:
            wait_until(lambda: desk.audio("readyState") >= 1, "the sound to load")
        return desk

    yield opened
    for context in contexts:
        context.close()


def test_clicking_a_line_seeks_to_its_start_and_highlights_it(open_desk):
    desk = open_desk()
    desk.page.locator(".line").nth(7).click()
    wait_until(lambda: abs(desk.audio("currentTime") - (0.5 + 7 * LINE_S)) < 0.2, "the seek")
    assert "current" in desk.page.locator(".line").nth(7).get_attribute("class")
    assert desk.page.locator(".time").inner_text() == "00:41 / 01:36"  # 0.5 + 41.3 = 41.8 s
    assert desk.faults == []


def test_clicking_the_timeline_and_its_flags_seeks_and_selects(open_desk):
    desk = open_desk()
    box = desk.page.locator(".track").bounding_box()
    desk.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 10)
    wait_until(lambda: abs(desk.audio("currentTime") - 48) < 0.5, "half of 96 s")
    desk.page.locator(".flag.met", has_text="5").click()
    assert desk.selected() == "closing"
    wait_until(lambda: abs(desk.audio("currentTime") - (0.5 + 15 * LINE_S)) < 0.2, "the evidence of the closing")


def test_a_whole_form_is_scored_overruled_and_submitted_by_keyboard(open_desk):
    desk = open_desk()
    desk.press("Space")
    wait_until(lambda: not desk.audio("paused"), "playing")
    desk.press("Enter")
    desk.wait_for_answer("greeting", "met")
    assert desk.selected() == "verify"
    desk.press("3")
    desk.page.keyboard.type("Asked only for the name, 1 of 2")
    desk.press("Control+Enter", "Enter")
    assert desk.selected() == "restate"
    desk.press("Enter")
    assert desk.selected() == "restate"  # the machine abstained: Enter has nothing to confirm
    desk.press("Numpad1", "ArrowDown", "0", "a", "s")
    assert "2 to go" in desk.page.locator(".notice").inner_text()  # 7 lacks a comment, 11 is for people only
    assert desk.selected() == "empathy"
    desk.page.keyboard.type("No word of understanding")
    desk.press("Escape", "s")
    assert desk.selected() == "accuracy"
    desk.press("2")
    desk.press("s", "Enter")
    wait_until(lambda: desk.last("submit"), "the submission")
    sent = desk.last("submit")
    verdicts = {name: answer["verdict"] for name, answer in sent["answers"].items()}
    assert len(verdicts) == 13
    assert (verdicts["verify"], verdicts["restate"], verdicts["hold_manners"]) == ("not_met", "met", "not_applicable")
    assert (verdicts["insult"], verdicts["accuracy"]) == ("met", "partly_met")
    assert sent["answers"]["verify"]["comment"] == "Asked only for the name, 1 of 2"
    assert sent["keystrokes"] > 30
    assert sent["active_s"] >= 0
    desk.page.get_by_text("submitted", exact=False).first.wait_for()
    assert desk.page.locator(".answer:visible").count() == 0
    assert not desk.audio("paused")
    assert desk.faults == []


def test_the_machines_verdict_stays_in_sight_after_a_person_overrules_it(open_desk):
    desk = open_desk()
    desk.press("ArrowDown", "2")
    desk.wait_for_answer("verify", "partly_met")
    row = desk.page.locator("[data-criterion=verify]")
    assert "met 0.91" in re.sub(r"\s+", " ", row.locator(".machine").inner_text())
    assert "partly met · you" in row.locator(".result").inner_text()


def test_a_rerun_leaves_audio_scroll_focus_and_typed_words_alone(open_desk):
    desk = open_desk()
    desk.press("Space", "c")
    desk.page.keyboard.type("half a")
    wait_until(lambda: desk.audio("currentTime") > 0.3, "playing")
    desk.page.locator("audio").evaluate("(audio) => { audio.mark = audio.src }")
    desk.page.locator(".criteria").evaluate("(pane) => { pane.scrollTop = 90 }")
    runs = desk.events()[-1]["run"]
    desk.page.locator("[data-testid=stButton] button").evaluate("(node) => node.click()")
    wait_until(lambda: desk.events()[-1]["run"] > runs, "the rerun")
    desk.page.wait_for_timeout(300)
    desk.page.keyboard.type(" sentence")
    assert desk.audio("mark") == desk.audio("src")
    assert not desk.audio("paused")
    assert desk.page.locator(".criteria").evaluate("(pane) => pane.scrollTop") == 90
    assert desk.page.locator("textarea:visible").input_value() == "half a sentence"
    desk.wait_for_words("greeting", "half a sentence")
    wait_until(lambda: desk.status().startswith("✓ saved"), "the saving shown")
    assert desk.faults == []


def test_typing_in_the_search_box_answers_nothing_and_finds_words(open_desk):
    desk = open_desk()
    desk.press("/")
    desk.page.keyboard.type("1230 thank you")
    assert desk.page.locator(".count").inner_text() == "0/0"
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.type("thank you")
    assert desk.page.locator(".count").inner_text() == "1/3"
    desk.press("Enter")
    assert desk.page.locator(".count").inner_text() == "2/3"
    desk.press("Escape", "2")
    desk.wait_for_answer("greeting", "partly_met")
    assert desk.answers() == {"greeting": "partly_met"}


def test_marked_words_and_the_current_line_become_evidence(open_desk):
    desk = open_desk()
    words = desk.page.locator(".line").nth(2).locator(".text span")
    first, last = words.nth(0).bounding_box(), words.nth(6).bounding_box()
    desk.page.mouse.move(first["x"] + 1, first["y"] + 8)
    desk.page.mouse.down()
    desk.page.mouse.move(last["x"] + last["width"], last["y"] + 8, steps=6)
    desk.page.mouse.up()
    desk.press("e")
    quote = desk.wait_for_evidence("greeting", 1)[0]
    assert quote["utterance"] == 2
    assert quote["quote"].startswith("I am sorry")
    assert quote["start_s"] == 12.3  # 0.5 + 2 x 5.9
    assert desk.audio("currentTime") < 1  # marking does not seek
    desk.page.evaluate("document.getSelection().removeAllRanges()")
    desk.page.locator(".line").nth(5).click()
    desk.press("e")
    assert desk.wait_for_evidence("greeting", 2)[1]["quote"] == "John Smith, one two three four."
    desk.press("x")
    desk.wait_for_evidence("greeting", 1)


def test_a_lost_recording_is_said_plainly_and_the_form_still_works(open_desk):
    desk = open_desk("audio=gone", ready=False)
    desk.page.get_by_text("The recording cannot be played").wait_for()
    desk.press("Enter")
    desk.wait_for_answer("greeting", "met")
    desk.page.locator(".line").nth(4).click()
    assert desk.page.locator(".time").inner_text().startswith("00:24")  # 0.5 + 4 x 5.9 = 24.1


def test_reading_only_plays_and_offers_no_answers(open_desk):
    desk = open_desk("readonly=1")
    desk.press("ArrowDown", "3", "a", "s", "ArrowRight")
    wait_until(lambda: desk.audio("currentTime") > 5, "the step ahead")
    assert desk.page.locator(".answer:visible").count() == 0
    assert desk.last("draft") is None


def test_an_expired_address_is_replaced_by_the_next_one(open_desk):
    desk = open_desk("audio=once", ready=False)
    desk.page.get_by_text("The recording cannot be played").wait_for()
    desk.page.locator(".line").nth(4).click()
    desk.press("Enter")
    wait_until(lambda: desk.audio("readyState") >= 1, "the new address to load")
    wait_until(lambda: abs(desk.audio("currentTime") - (0.5 + 4 * LINE_S)) < 0.2, "the place in the call")
    assert not desk.page.get_by_text("The recording cannot be played").is_visible()


def test_words_typed_just_before_the_desk_is_taken_away_come_back_and_are_saved(open_desk):
    desk = open_desk()
    desk.press("2", "ArrowRight", "ArrowRight", "c")
    desk.page.keyboard.type("not yet sent")
    desk.switch("hidden")
    desk.page.locator(".desk").wait_for(state="detached")
    desk.switch("hidden")
    desk.page.locator(".desk").wait_for()
    assert desk.page.locator("textarea:visible").input_value() == "not yet sent"
    desk.wait_for_words("greeting", "not yet sent")
    wait_until(lambda: abs(desk.audio("currentTime") - 10) < 0.5, "the place in the call")
    assert desk.answers() == {"greeting": "partly_met"}
    assert desk.faults == []


def test_another_language_redraws_round_the_running_audio(open_desk):
    desk = open_desk()
    desk.press("Space", "Enter")
    desk.wait_for_answer("greeting", "met")
    desk.page.locator("audio").evaluate("(audio) => { audio.mark = 'same' }")
    desk.switch("chinese")
    desk.page.locator(".form h3", has_text="质检评分表").wait_for()
    assert desk.audio("mark") == "same"
    assert not desk.audio("paused")
    assert desk.selected() == "verify"
    assert "符合 · 本人" in desk.page.locator("[data-criterion=greeting] .result").inner_text()
    desk.press("2")
    desk.wait_for_answer("verify", "partly_met")


def test_another_call_starts_afresh_and_the_first_one_is_found_again(open_desk):
    desk = open_desk()
    desk.press("Enter")
    desk.wait_for_answer("greeting", "met")
    desk.switch("other")
    desk.page.get_by_text("1008-20261102-0043").wait_for()
    wait_until(lambda: desk.events()[-1]["call"] == "other", "the other call")
    assert desk.events()[-1]["draft"] is None
    assert desk.page.locator(".result.met").count() == 0
    desk.press("2")
    wait_until(lambda: desk.events()[-1]["draft"], "its own draft")
    assert desk.answers() == {"greeting": "partly_met"}
    desk.switch("other")
    desk.page.get_by_text("1008-20261102-0042").wait_for()
    wait_until(lambda: desk.page.locator("[data-criterion=greeting] .result.met").count() == 1, "the first answers")


def test_the_transcript_follows_the_audio_unless_a_hand_moved_it(open_desk):
    desk = open_desk(viewport={"width": 1280, "height": 620})
    pane = desk.page.locator(".lines")
    place = lambda: pane.evaluate("(pane) => pane.scrollTop")  # noqa: E731
    desk.page.locator(".flag.met", has_text="5").click()
    wait_until(lambda: place() > 50, "the last line in view")
    pane.hover()
    desk.page.mouse.wheel(0, -2000)
    wait_until(lambda: place() == 0, "the scroll by hand")
    desk.press("ArrowLeft", "ArrowLeft", "ArrowLeft")
    assert place() == 0
    desk.page.wait_for_timeout(4100)
    desk.press("ArrowRight", "ArrowRight")
    wait_until(lambda: place() > 50, "the following again")


def test_a_transcript_without_times_and_sound_is_scored_all_the_same(open_desk):
    desk = open_desk("shape=bare", ready=False)
    desk.page.get_by_text("There is no recording to play").wait_for()
    desk.page.locator(".line").nth(3).click()
    desk.press("e", "Enter", "Space")
    wait_until(lambda: desk.answers().get("greeting") == "met", "the answer")
    quote = desk.wait_for_evidence("greeting", 1)[0]
    assert (quote["utterance"], quote["start_s"]) == (3, None)
    assert desk.faults == []


def test_flagging_asks_for_a_reason_and_calls_change_by_key(open_desk):
    desk = open_desk()
    desk.press("f", "Enter")
    assert "Choose a reason" in desk.page.locator(".box").inner_text()
    desk.press("Escape", "f", "2", "Enter")
    wait_until(lambda: desk.last("flag"), "the flag")
    assert desk.last("flag")["reason"] == "too_short"
    desk.press("n")
    wait_until(lambda: desk.last("next"), "the next call")
    desk.press("p")
    wait_until(lambda: desk.last("previous"), "the previous call")


def test_an_error_of_the_server_stands_in_the_status_bar(open_desk):
    assert "Not stored" in open_desk("error=Not%20stored:%20try%20again").status()


def test_a_chinese_input_method_in_the_middle_of_a_word_answers_nothing(open_desk):
    desk = open_desk()
    composing = "new KeyboardEvent('keydown', {code: 'Digit2', key: 'Process', isComposing: true, bubbles: true})"
    pressed = "new KeyboardEvent('keydown', {code: 'Digit3', key: 'Process', bubbles: true, cancelable: true})"
    desk.page.evaluate(f"document.body.dispatchEvent({composing})")
    desk.page.evaluate(f"document.body.dispatchEvent({pressed})")
    desk.wait_for_answer("greeting", "not_met")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_stand_out_from_their_background_by_four_and_a_half_to_one(open_desk, theme, language):
    desk = open_desk(f"lang={language}", color_scheme=theme)
    desk.press("Enter", "ArrowDown", "2", "Space")
    desk.page.wait_for_timeout(400)
    found = desk.page.evaluate(CONTRAST)
    assert found["weak"] == []
    assert found["seen"] > 100
    assert found["dark"] == (theme == "dark")


def test_every_word_the_scripts_ask_for_has_its_english():
    from qa_app.components.review_desk import LABELS, _script

    script = _script()
    asked = set(re.findall(r"labels\.([a-z_0-9]+)", script)) | set(re.findall(r'"((?:help|flag)_[a-z_]+)"', script))
    assert asked - set(LABELS) == set()
    built = {"silence", "hold", "overlap", "fatal_met", "fatal_not_met"}  # put together from parts
    verdicts = {"met", "partly_met", "not_met", "not_applicable", "abstained"}
    assert set(LABELS) - asked == built | {f"verdict_{verdict}" for verdict in verdicts}


CONTRAST = """() => {
  const shadows = [...document.querySelectorAll("*")].map((node) => node.shadowRoot);
  const root = shadows.find((shadow) => shadow?.querySelector(".desk"));
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  const rgb = (layers) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const layer of layers) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const page = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  const weak = [];
  let seen = 0;
  for (const node of root.querySelectorAll(".desk *")) {
    const said = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!said || !node.offsetHeight) continue;
    seen += 1;
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
    const back = rgb([page, ...layers]);
    const front = rgb([page, ...layers, getComputedStyle(node).color]);
    const [low, high] = [light(back), light(front)].sort((one, other) => one - other);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) weak.push(`${node.className}: ${node.textContent} ${ratio.toFixed(2)}`);
  }
  return { seen, dark: light(rgb([page])) < 0.5, weak: [...new Set(weak)] };
}"""


# --- conditions, root causes, a start second ----------------------------------------------------------------------


def test_a_criterion_that_another_answer_rules_out_needs_none(open_desk):
    desk = open_desk("shape=conditional")
    row, hangs = (desk.page.locator(f"[data-criterion={name}]") for name in ("solution", "timeframe"))
    hangs.click()
    desk.press("1")
    desk.wait_for_answer("timeframe", "met")
    row.click()
    desk.press("3")
    desk.wait_for_answer("solution", "not_met")
    assert "not applicable by its condition" in hangs.locator(".result").inner_text()
    desk.press("Escape")
    hangs.click()
    desk.press("2")
    assert desk.answers()["timeframe"] == "met", "an answer that is ruled out is not changed"
    row.click()
    desk.press("1")
    desk.wait_for_answer("solution", "met")
    assert "✓" in hangs.locator(".result").inner_text()


def test_a_root_cause_is_asked_for_chosen_by_keyboard_and_sent(open_desk):
    desk = open_desk("shape=conditional")
    desk.page.locator("[data-criterion=solution]").click()
    desk.press("1")
    desk.page.locator("[data-criterion=timeframe]").click()
    desk.press("3")
    field = desk.page.locator("[data-criterion=timeframe] select")
    wait_until(lambda: field.evaluate("(node) => node.getRootNode().activeElement === node"), "the cause to have focus")
    assert "root cause missing" in desk.page.locator("[data-criterion=timeframe] .result").inner_text()
    field.select_option("haste")
    wait_until(lambda: desk.answer("timeframe").get("root_cause") == "haste", "the cause to be sent")
    assert "comment missing" in desk.page.locator("[data-criterion=timeframe] .result").inner_text()
    desk.press("Enter")
    desk.page.keyboard.type("said no time")
    desk.press("Control+Enter")
    assert "missing" not in desk.page.locator("[data-criterion=timeframe] .result").inner_text()
    assert desk.faults == []


def test_a_call_opens_at_the_second_that_its_address_names(open_desk):
    desk = open_desk("shape=conditional")
    wait_until(lambda: abs(desk.audio("currentTime") - 30) < 0.5, "the player to stand at 30 s")
