"""Alembic's entry: the engine comes from our own code, so that SQLite and PostgreSQL take the same way."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from qa_app.core.db import UtcDateTime
from qa_app.schema import metadata


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:  # noqa: ANN401 - any schema item
    """Write our moment type as what the database stores, so that old migrations never import today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
