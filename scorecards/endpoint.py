"""The language model's endpoint that the administrator sets: OpenAI's chat completions (vLLM, llama.cpp, Ollama).

Only that address is ever contacted: no redirect is followed and no proxy of the environment used. Whatever goes wrong
is Unanswered with its reason, so that a call is scored all the same.
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from qa_app.core.errors import Invalid
from qa_app.core.settings import Settings
from scorecards.checks.outside import Outside, Prompt, Reply, Stopped, Unanswered
from scorecards.model import Wording
from scorecards.shelf import FOLDER, Shelf

log = logging.getLogger(__name__)

SEED = 20261101  # any fixed number: the same question gets the same answer
MOST_TOKENS = 800  # of one answer: five quotes and a verdict
MOST_BYTES = 1_000_000  # of one reply
DAY_S = 24 * 3600.0
REST_S = 60.0  # a silent endpoint is not asked again for so long
PAUSE_S = 1.0  # before the second try, doubled each time
LOOK_TIMEOUT_S = 5.0
TOO_MANY_REQUESTS, SERVER_ERRORS, REDIRECTS = 429, 500, range(300, 400)


@dataclass(slots=True)
class Endpoint:
    """One endpoint in one process, with what it was asked in the last 24 hours and since when it has been silent."""

    url: str
    model: str = ""
    key: str = ""
    timeout_s: float = 60.0
    retries: int = 1
    budget: int = 2000
    most_characters: int = 8000
    stopping: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], float] = time.monotonic
    asked_at: deque[float] = field(default_factory=deque)
    silent_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, prompt: Prompt) -> Reply:
        """The model's reply; Unanswered when it is silent, refuses, is over budget or says something else.

        Stopped before a further question or try once `stopping` is set.
        """
        if self.stopping.is_set():
            raise Stopped
        self._spend()
        body = request_body(self.model, prompt)
        for attempt in range(self.retries + 1):
            try:
                return _reply_in(self._post(body))
            except _Passing as passing:
                if attempt == self.retries:
                    self.silent_until = self.clock() + REST_S
                    raise Unanswered(passing.reason) from passing
                if self.stopping.wait(PAUSE_S * 2**attempt):
                    raise Stopped from passing
        raise AssertionError  # the last try returns or raises

    def models(self) -> list[str]:
        """The models that the endpoint says it has; Unanswered where it does not say."""
        try:
            with self._client(min(self.timeout_s, LOOK_TIMEOUT_S)) as client:
                document = self._read(client, "GET", "models", None)
            return [str(item["id"]) for item in document["data"]]
        except _Passing as passing:
            raise Unanswered(passing.reason) from passing
        except (KeyError, TypeError) as error:
            raise Unanswered(_STRANGE) from error

    def _spend(self) -> None:
        """Count one question; Unanswered when the day's are spent, or while the endpoint rests."""
        with self.lock:
            now = self.clock()
            while self.asked_at and self.asked_at[0] <= now - DAY_S:
                self.asked_at.popleft()
            if now < self.silent_until:
                raise Unanswered(_SILENT)
            if self.budget and len(self.asked_at) >= self.budget:
                raise Unanswered(Wording(
                    f"24 小时内向判定模型的提问已达上限（{self.budget} 次，HUITING_JUDGE_BUDGET）",
                    f"the judge's budget of {self.budget} questions in 24 hours is spent (HUITING_JUDGE_BUDGET)",
                ))  # fmt: skip
            self.asked_at.append(now)

    def _post(self, body: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
        with self._client(self.timeout_s) as client:
            return self._read(client, "POST", "chat/completions", body)

    def _client(self, timeout_s: float) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return httpx.Client(
            timeout=timeout_s, headers=headers, trust_env=False, follow_redirects=False, verify=_trusted()
        )

    def _read(self, client: httpx.Client, method: str, path: str, body: dict[str, Any] | None) -> Any:  # noqa: ANN401
        """The JSON that comes back, within the time-out as a whole and not longer than a reply may be."""
        end = self.clock() + self.timeout_s
        try:
            with client.stream(method, f"{self.url}/{path}", json=body) as response:
                got = bytearray()
                for piece in response.iter_bytes():
                    got += piece
                    if len(got) > MOST_BYTES:
                        raise Unanswered(_TOO_LONG)
                    if self.clock() > end:
                        raise _Passing(_SLOW)
                self._refuse_status(response.status_code, bytes(got))
                return httpx.Response(200, content=bytes(got)).json()
        except httpx.TimeoutException as error:
            raise _Passing(_SLOW) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("the judge's endpoint did not answer: %s", type(error).__name__)
            raise _Passing(_UNREACHABLE) from error
        except ValueError as error:
            raise Unanswered(_STRANGE) from error

    def _refuse_status(self, status: int, got: bytes) -> None:
        if status == httpx.codes.OK:
            return
        said = got[:300].decode(errors="replace").replace(self.key or "\0", "***")
        log.warning("the judge's endpoint answered %d: %s", status, said)
        if status in REDIRECTS:
            raise Unanswered(Wording(
                f"判定模型的地址要求转到别处（{status}），未跟随",
                f"the judge's endpoint redirects ({status}), which is not followed",
            ))  # fmt: skip
        refusal = Wording(f"判定模型返回错误 {status}", f"the judge's endpoint answered with error {status}")
        if status == TOO_MANY_REQUESTS or status >= SERVER_ERRORS:
            raise _Passing(refusal)
        raise Unanswered(refusal)


@cache
def _trusted() -> ssl.SSLContext:
    """The machine's own store of certificates, where a centre keeps its own authority; read once."""
    return ssl.create_default_context()


class _Unusable:
    """Stands where the address in the settings cannot be used."""

    most_characters = 1

    def ask(self, _prompt: Prompt) -> Reply:
        raise Unanswered(_NO_ADDRESS)


class _Passing(Exception):
    """A fault that another try may not meet."""

    def __init__(self, reason: Wording) -> None:
        super().__init__(reason.en)
        self.reason = reason


_UNREACHABLE = Wording("判定模型无法连接", "the judge's endpoint cannot be reached")
_NO_ADDRESS = Wording("HUITING_JUDGE_URL 不是可用的地址", "HUITING_JUDGE_URL is no address that can be used")
_SLOW = Wording("判定模型超时未答", "the judge did not answer in time")
_SILENT = Wording("判定模型刚才无应答，稍后再问", "the judge's endpoint was silent a moment ago and is left alone")
_STRANGE = Wording("判定模型的地址返回的不是约定的格式", "the judge's endpoint answered in another form than agreed")
_TOO_LONG = Wording("判定模型的回答过长", "the judge's reply is too long")


def open_endpoint(settings: Settings) -> Endpoint | None:
    """The endpoint in the settings, or None where none is set; Invalid when its address cannot be used."""
    if not settings.judge_url:
        return None
    return Endpoint(
        url=checked_url(settings.judge_url), model=settings.judge_model, key=settings.judge_key.get_secret_value(),
        timeout_s=settings.judge_timeout_s, retries=settings.judge_retries, budget=settings.judge_budget,
        most_characters=settings.judge_characters,
    )  # fmt: skip


def open_outside(settings: Settings, stopping: threading.Event | None = None, paths: tuple[Path, ...] = ()) -> Outside:
    """What the checks of this process may ask beyond the transcript; an unusable address makes them abstain.

    `paths` are where a card's path to a learned model may start from: none but on the command line.
    """
    criteria = Shelf(settings.folder / FOLDER, paths)
    try:
        endpoint = open_endpoint(settings)
    except Invalid as unusable:
        log.error("%s", unusable)  # noqa: TRY400 - the sentence says it all
        return Outside(judge=_Unusable(), criteria=criteria)
    if endpoint is not None and stopping is not None:
        endpoint.stopping = stopping
    return Outside(judge=endpoint, criteria=criteria)


def checked_url(text: str) -> str:
    """The address without its last slash; Invalid unless it is plain http or https to a host."""
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL:
        url = httpx.URL()
    more = url.userinfo or url.query or url.fragment or len(text.split()) > 1
    if url.scheme not in ("http", "https") or not url.host or more:
        raise Invalid(
            "HUITING_JUDGE_URL cannot be used. Give http or https, a host and a path, e.g. http://127.0.0.1:8000/v1, "
            "without name, password or question mark; a key goes into HUITING_JUDGE_KEY."
        )
    return str(url).rstrip("/")


def request_body(model: str, prompt: Prompt) -> dict[str, Any]:
    """The request: two messages, an answer bound to the schema, nothing left to chance."""
    schema = {"name": "judge_answer", "strict": True, "schema": prompt.schema}
    return {
        **({"model": model} if model else {}),
        "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
        "temperature": 0,
        "seed": SEED,
        "max_tokens": MOST_TOKENS,
        "stream": False,
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


def _reply_in(document: Any) -> Reply:  # noqa: ANN401 - any JSON
    """What the model said in a chat completion, and what the endpoint says of itself."""
    try:
        text = document["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise Unanswered(_STRANGE) from error
    if not isinstance(text, str):
        raise Unanswered(_STRANGE)
    return Reply(text, _stated(document, "model"), _stated(document, "system_fingerprint"))


def _stated(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    return value[:200] if isinstance(value, str) else ""
