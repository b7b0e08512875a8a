"""Judged calls in two fixed halves, so that rules made while looking at one are reported on the other.

The half is the parity of the SHA-256 of the call's id: nobody chose it, and it stood before any rule was tuned.
"""

from __future__ import annotations

import hashlib

HALVES = (1, 2)


def half_of(call_id: str) -> int:
    """1 where the SHA-256 of the id is even, else 2."""
    return 1 + hashlib.sha256(call_id.encode()).digest()[-1] % 2
