"""How a machine answers a criterion: one module a kind of check."""

from scorecards.checks.registry import answer, answer_call, check_spec

__all__ = ["answer", "answer_call", "check_spec"]
