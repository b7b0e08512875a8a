"""A double for a language model only: a real HTTP server on 127.0.0.1 that speaks OpenAI's chat completions."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OPENING = re.compile(r"^BEGIN ([0-9a-f]{8})$", re.MULTILINE)


class LanguageModelDouble:
    """Answers with what `script` says of each request; keeps the requests."""

    def __init__(self):
        self.requests = []
        self.headers = []
        self.pause = threading.Event()
        self.script = lambda body: said(body, "cannot_tell")

    @property
    def paths(self):
        return [path for path, _ in self.requests]

    @property
    def bodies(self):
        return [body for _, body in self.requests if body is not None]


def said(body, answer, *quotes, confidence=0.9, **changed):
    """A chat completion whose answer gives back the mark and quotes (utterance, text); lines are counted from 1."""
    document = {
        "mark": OPENING.search(body["messages"][1]["content"])[1],
        "quotes": [{"line": utterance + 1, "text": text} for utterance, text in quotes],
        "answer": answer,
        "confidence": confidence,
        **changed,
    }
    return completion(json.dumps(document, ensure_ascii=False))


def completion(text):
    return {
        "model": "double-7b",
        "system_fingerprint": "fp_1",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
    }


@contextmanager
def serving():
    """The double and its address; a script returns a document, or (status, headers, bytes)."""
    model = LanguageModelDouble()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.answer(body)

        def do_GET(self):
            self.answer(None)

        def answer(self, body):
            model.requests.append((self.path, body))
            model.headers.append(dict(self.headers))
            told = model.script(body)
            status, headers, content = told if isinstance(told, tuple) else (200, {}, json.dumps(told).encode())
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield model, f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
