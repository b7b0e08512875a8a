"""Who a request acts as: its key, its scope, and the transaction in which it does what it does once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from qa_app.core import tokens
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.tokens import Answer, Bearer, Scope
from qa_app.runtime import Runtime
from qa_app.web.api.problems import Unauthorised

SCHEME = HTTPBearer(auto_error=False, description="A key made by an administrator, such as huiting_…")
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=tokens.LONGEST_KEY, pattern=r"^[\x21-\x7e]+$",
        description="A fresh name for each request that changes something; the same again is answered the same.",
    ),
]  # fmt: skip
NO_KEY = "Send a valid key as Authorization: Bearer huiting_…."
REPLAYED = {"Idempotency-Replayed": "true"}


def live(request: Request) -> Runtime:
    """The process's open handles."""
    found: Runtime = request.app.state.live()
    return found


def allowed(scope: Scope) -> Callable[..., Bearer]:
    """What a route depends on: a valid key with the scope."""

    def bearer_of(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(SCHEME)] = None
    ) -> Bearer:  # fmt: skip
        with reading(live(request).engine) as session:
            found = tokens.bearer(session, utc_now(), given.credentials) if given else None
        if found is None:
            raise Unauthorised(NO_KEY)
        found.require(scope)
        return found

    return bearer_of


def is_known(request: Request) -> bool:
    """Whether a request carries a valid key; asked before a large body is read."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    with reading(live(request).engine) as session:
        return scheme.lower() == "bearer" and tokens.bearer(session, utc_now(), given.strip()) is not None


def once(
    running: Runtime, who: Bearer, key: str, request: dict[str, Any], work: Callable[[Session], Answer]
) -> Response:  # fmt: skip
    """Do a request's work and keep its answer in one transaction; sent again, it is answered the same."""
    with transaction(running.engine) as session:
        before = tokens.answered(session, utc_now(), who, key, request)
        answer = before or work(session)
        if before is None:
            tokens.keep_answer(session, who, key, answer)
    return JSONResponse(answer.body, answer.status, headers=REPLAYED if before else None)
