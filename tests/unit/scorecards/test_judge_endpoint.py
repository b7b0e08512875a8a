"""The endpoint: only the address that was set, no redirects, no proxies, and every failure a reason."""

import logging
import socket
import threading

import pytest
from language_model_double import completion, said, serving

from qa_app.core.errors import Invalid
from qa_app.core.settings import Settings
from scorecards.checks.outside import Prompt, Stopped, Unanswered
from scorecards.endpoint import MOST_BYTES, Endpoint, checked_url, open_endpoint, open_outside

PROMPT = Prompt("system", "BEGIN 01234567\n{}\nEND 01234567", {"type": "object"}, "01234567")
KEY = "k3y-nobody-may-read"


@pytest.fixture
def model():
    with serving() as (double, url):
        double.url = url
        double.script = lambda body: said(body, "yes")
        yield double


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Hurried(threading.Event):
    """Waits for nothing, and keeps how long it was asked to wait."""

    def __init__(self):
        super().__init__()
        self.waits = []

    def wait(self, timeout=None):
        self.waits.append(timeout)
        return self.is_set()


def endpoint(model, **settings):
    return Endpoint(model.url, "m", stopping=Hurried(), **{"timeout_s": 5, "clock": Clock(), **settings})


def refusal(asked, prompt=PROMPT):
    with pytest.raises(Unanswered) as found:
        asked.ask(prompt)
    assert found.value.reason.zh
    return found.value.reason.en


def test_a_reply_names_the_model_and_the_fingerprint_that_the_endpoint_states(model):
    reply = endpoint(model).ask(PROMPT)
    assert (reply.model, reply.system_fingerprint) == ("double-7b", "fp_1")
    assert model.paths == ["/v1/chat/completions"]


def test_the_key_goes_into_the_header_and_nowhere_else(model, caplog):
    caplog.set_level(logging.DEBUG)
    model.script = lambda _body: (400, {}, f"no such model for {KEY}".encode())
    asked = open_endpoint(Settings(judge_url=model.url, judge_key=KEY))
    assert refusal(asked) == "the judge's endpoint answered with error 400"
    assert model.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert "no such model for ***" in caplog.text
    assert KEY not in caplog.text
    assert KEY not in repr(Settings(judge_url=model.url, judge_key=KEY))
    assert "Authorization" not in endpoint_headers(model)


def endpoint_headers(model):
    model.script = lambda body: said(body, "yes")
    endpoint(model).ask(PROMPT)
    return model.headers[-1]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(model, status):
    with serving() as (elsewhere, url):
        model.script = lambda _body: (status, {"Location": f"{url}/chat/completions"}, b"")
        assert f"redirects ({status})" in refusal(endpoint(model))
        assert elsewhere.requests == []


def test_proxies_of_the_environment_are_not_used(model, monkeypatch):
    with serving() as (proxy, url):
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, url)
        monkeypatch.setenv("no_proxy", "")
        endpoint(model).ask(PROMPT)
        assert (proxy.requests, len(model.requests)) == ([], 1)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_endpoint_is_asked_again_after_a_pause(model, status):
    answers = iter([(status, {}, b""), (status, {}, b"")])
    model.script = lambda body: next(answers, None) or said(body, "yes")
    asked = endpoint(model, retries=2)
    asked.ask(PROMPT)
    assert (len(model.requests), asked.stopping.waits) == (3, [1.0, 2.0])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_not_asked_again(model, status):
    model.script = lambda _body: (status, {}, b"no")
    assert refusal(endpoint(model, retries=3)) == f"the judge's endpoint answered with error {status}"
    assert len(model.requests) == 1


def test_a_dead_endpoint_is_left_alone_for_a_minute(model):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    asked = endpoint(model, retries=0)
    alive, asked.url = asked.url, address
    assert "cannot be reached" in refusal(asked)
    asked.url = alive
    assert "left alone" in refusal(asked)
    assert model.requests == []
    asked.clock.now += 61
    assert asked.ask(PROMPT).model == "double-7b"


def test_a_slow_answer_is_given_up(model):
    over = threading.Event()

    def slow(body):
        over.wait(5)
        return said(body, "yes")

    model.script = slow
    try:
        assert "in time" in refusal(endpoint(model, retries=0, timeout_s=0.2))
    finally:
        over.set()


def test_an_answer_that_drips_is_given_up_as_a_whole(model):
    clock = Clock()

    def drip(body):
        clock.now += 10
        return said(body, "yes")

    model.script = drip
    assert "in time" in refusal(endpoint(model, retries=0, timeout_s=5, clock=clock))


@pytest.mark.parametrize(
    "document",
    [{}, [], {"choices": []}, {"choices": [{}]}, {"choices": [{"message": {"content": None}}]}, {"choices": "x"}],
)
def test_another_form_than_agreed_is_no_answer(model, document):
    model.script = lambda _body: document
    assert "another form" in refusal(endpoint(model))


def test_no_json_and_too_much_of_it_are_no_answer(model):
    model.script = lambda _body: (200, {}, b"<html>")
    assert "another form" in refusal(endpoint(model))
    model.script = lambda _body: completion("x" * (MOST_BYTES + 1))
    assert "too long" in refusal(endpoint(model))


def test_the_budget_of_a_day_is_kept_and_comes_back(model):
    asked = endpoint(model, budget=2)
    asked.ask(PROMPT)
    asked.clock.now += 3600
    asked.ask(PROMPT)
    assert "budget of 2 questions" in refusal(asked)
    assert len(model.requests) == 2
    asked.clock.now += 23 * 3600  # a day after the first one, an hour before the second one's end
    asked.ask(PROMPT)
    assert "budget of 2 questions" in refusal(asked)


def test_no_budget_is_no_limit(model):
    asked = endpoint(model, budget=0)
    for _ in range(5):
        asked.ask(PROMPT)


def test_a_process_that_ends_asks_nothing_more(model):
    asked = endpoint(model, retries=3)

    def script(_body):
        asked.stopping.set()
        return 503, {}, b""

    model.script = script
    with pytest.raises(Stopped):
        asked.ask(PROMPT)
    with pytest.raises(Stopped):
        asked.ask(PROMPT)
    assert len(model.requests) == 1


def test_the_endpoint_says_which_models_it_serves(model):
    model.script = lambda _body: {"data": [{"id": "qwen"}, {"id": "llama"}]}
    assert endpoint(model).models() == ["qwen", "llama"]
    assert model.paths == ["/v1/models"]
    model.script = lambda _body: {"data": "x"}
    with pytest.raises(Unanswered, match="another form"):
        endpoint(model).models()


@pytest.mark.parametrize(
    "address",
    ["ftp://host/v1", "host:8000/v1", "http://", "file:///etc/passwd", "http://me:secret@host/v1", "http://host/v1?k=1",
     "http://host/v1#x", "http://ho st/v1", "http://[::1", "nonsense"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(address):
    with pytest.raises(Invalid, match="HUITING_JUDGE_URL cannot be used") as refused:
        checked_url(address)
    assert "secret" not in str(refused.value)


def test_an_unusable_address_makes_checks_abstain_and_fails_no_call():
    outside = open_outside(Settings(judge_url="nonsense"))
    assert "no address that can be used" in refusal(outside.judge)


def test_without_an_address_there_is_no_judge():
    assert open_endpoint(Settings()) is None
    assert open_outside(Settings()).judge is None


def test_a_last_slash_makes_no_difference():
    assert checked_url("http://127.0.0.1:8000/v1/") == "http://127.0.0.1:8000/v1"
