"""A visit's form as it is kept: plain JSON in which the number that was called from is encrypted."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from scorecards.shopping import LONGEST_WORDS, Form, Mark, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qa_app.core.contacts import Vault

LONGEST_SHORT = 120


def form_to_dict(form: Form, vault: Vault) -> dict[str, Any]:
    """The form as JSON; texts are cut to what a form may hold."""
    return {
        "at": form.at.isoformat() if form.at else None,
        "number": vault.seal(form.number.strip()[:LONGEST_SHORT]),
        "heard": form.heard.strip()[:LONGEST_SHORT],
        "words": form.words[:LONGEST_WORDS],
        "replies": {name: _reply_to_dict(one) for name, one in form.replies.items()},
    }


def form_from_dict(body: Mapping[str, Any], vault: Vault | None) -> Form:
    """The form that was kept; without the vault its number stays empty."""
    at = body.get("at")
    return Form(
        datetime.fromisoformat(at) if at else None,
        vault.unseal(body.get("number", "")) if vault else "",
        body.get("heard", ""),
        {name: _reply_from_dict(one) for name, one in body.get("replies", {}).items()},
        body.get("words", ""),
    )


def _reply_to_dict(one: Reply) -> dict[str, Any]:
    return {
        "value": one.value, "words": one.words[:LONGEST_WORDS], "mark": one.mark.value if one.mark else None,
        "evidence": one.evidence[:LONGEST_WORDS],
    }  # fmt: skip


def _reply_from_dict(given: Mapping[str, Any]) -> Reply:
    mark = given.get("mark")
    return Reply(given.get("value"), given.get("words", ""), Mark(mark) if mark else None, given.get("evidence", ""))
