"""A double of an SMS gateway, the one thing that cannot be here: a real HTTP server that answers as it is told."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Gateway:
    """What was posted, and what to answer next."""

    def __init__(self):
        self.requests, self.delivered, self.answers = [], {}, []

    def take(self, headers, body):
        self.requests.append((headers, body))
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.delivered.setdefault(headers["idempotency-key"], json.loads(body))
        return status


@contextmanager
def http_server(take):
    """A server on this machine that hands every POST to `take` and answers with the status it returns."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = take(headers, body)
            if status is None:
                self.close_connection = True
                return
            told = json.dumps({"reference": f"gw-{len(body)}"}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
