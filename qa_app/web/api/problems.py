"""Refusals as RFC 9457 problem documents: one form for what services, keys, bodies and routes refuse."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from qa_app.core.errors import Conflict, Forbidden, HuitingError, Invalid, NotFound

log = logging.getLogger(__name__)
MIME = "application/problem+json"
STATUS: dict[type[HuitingError], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422}
TITLES = {
    400: "Bad request", 401: "No valid key", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    409: "Conflict", 413: "Too large", 422: "Invalid", 500: "A bug",
}  # fmt: skip


class Problem(BaseModel):
    """What went wrong, in words that are safe to show."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class Unauthorised(HuitingError):
    """No key, or none that is valid."""


STATUS[Unauthorised] = 401


def possible(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route as its description names them."""
    return {
        status: {"description": TITLES[status], "content": {MIME: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        for status in statuses
    }


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """One refusal."""
    body = Problem(title=TITLES.get(status, "Refused"), status=status, detail=detail).model_dump()
    asked = {"WWW-Authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004 - unauthorised
    return JSONResponse(body, status, headers=asked | dict(headers or {}), media_type=MIME)


def install(app: FastAPI) -> None:
    """Have every refusal of the application take this form."""
    app.add_exception_handler(HuitingError, _refused)
    app.add_exception_handler(RequestValidationError, _misfit)
    app.add_exception_handler(HTTPException, _of_the_route)
    app.add_exception_handler(Exception, _bug)


async def _refused(_request: Request, error: Exception) -> Response:
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)
    return problem(status, str(error))


async def _misfit(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - installed for nothing else
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return problem(400, "The body is no JSON.")
    place = ".".join(str(part) for part in first["loc"])
    return problem(422, f"{place}: {first['msg']}.")


async def _of_the_route(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - installed for nothing else
    return problem(error.status_code, str(error.detail), error.headers)


async def _bug(_request: Request, error: Exception) -> Response:
    log.error("the interface failed", exc_info=error)
    return problem(500, "This failed because of a bug; what was kept before stays. Tell the administrator when it was.")
