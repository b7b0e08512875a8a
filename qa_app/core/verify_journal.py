"""Checks an exported journal: python verify_journal.py [journal.jsonl [heads.txt]]. Needs nothing but Python 3.

The journal is a chain. An entry's seal is the SHA-256 of this JSON list, written without spaces, keys sorted, in UTF-8:
[seal of the entry before, number, moment, who, what, on what, detail]; before the first entry stand 64 zeros. Whoever
changes, removes or adds an entry breaks every seal after it. That the end was not cut off is shown by heads.txt, whose
lines (moment, number, seal) were kept outside of the database hour by hour: ask for the copy that you hold yourself.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

GENESIS = "0" * 64


def seal(previous: str, entry: dict) -> str:  # type: ignore[type-arg]  # as json reads it
    """The seal of one entry (a dict as a line of journal.jsonl holds it) after the one with seal `previous`."""
    fields = [previous, *(entry[name] for name in ("seq", "at", "actor", "action", "subject", "detail"))]
    body = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def check(entries: Iterable[dict], heads: Iterable[str] = ()) -> tuple[int, str, str | None]:  # type: ignore[type-arg]
    """(number of entries, seal of the last, what is wrong or None); `heads` are lines of heads.txt."""
    known = {int(line.split()[1]): line.split()[2] for line in heads if line.strip()}
    previous, last = GENESIS, 0
    for entry in entries:
        number = entry["seq"]
        if number != last + 1:
            return last, previous, f"entry {last + 1} is missing (the next one found is {number})"
        if entry["hash"] != seal(previous, entry):
            return last, previous, f"entry {number} of {entry['at']} was changed"
        if known.get(number, entry["hash"]) != entry["hash"]:
            return last, previous, f"entry {number} is not the one that was anchored"
        previous, last = entry["hash"], number
    if known and max(known) > last:
        return last, previous, f"the tail was cut: entry {max(known)} was anchored, the last one here is {last}"
    return last, previous, None


def main(files: list[str]) -> int:
    """Print what was found; 0 where all is whole, 1 where it is not."""
    journal, heads = [*files, *["journal.jsonl", "heads.txt"][len(files) :]]
    with Path(journal).open(encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines if line.strip()]
    with Path(heads).open(encoding="utf-8") as lines:
        number, head, fault = check(entries, lines)
    print(f"BROKEN: {fault}" if fault else f"{number} entries, unbroken, head {head}")  # noqa: T201 - a program
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
