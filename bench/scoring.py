"""`python -m bench.scoring`: how many calls of 80 utterances the shipped scorecard checks in a second of one core.

No text is remembered from one call to the next, so that repeated lines do not flatter the figure.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from scorecards.card_file import load_card
from scorecards.score_file import score_transcript
from transcription import sound
from transcription.files import read_transcript, transcript_from_dict
from transcription.model import Transcript, Utterance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scorecards.model import Scorecard

PROJECT = Path(__file__).resolve().parents[1]
REFERENCES = PROJECT / "qa_app" / "demo" / "calls" / "references"
PHONE_CALLS = Path("musied_meituan_zh") / "dev" / "phone.json"
CARD = "telecom-complaint-zh"
UTTERANCES, CALLS, RUNS = 80, 200, 5
REMEMBERED = (sound.signs_of, sound.spans)


def demo_lines() -> list[Utterance]:
    """What is said in the Chinese demo calls, one call after the other."""
    spoken = [
        read_transcript(path.read_text(encoding="utf-8")).utterances for path in sorted(REFERENCES.glob("*.json"))
    ]
    return [line for call in spoken if any("\u4e00" <= sign <= "\u9fff" for sign in call[0].text) for line in call]


def phone_lines(file: Path) -> Iterator[Utterance]:
    """What is said in the recorded phone calls, lines such as 客服:您好."""
    for call in json.loads(file.read_text(encoding="utf-8")):
        lines = [line.strip().partition(":") for line in call["content"]]
        said = [{"speaker": "agent" if who.startswith("客") else "customer", "text": text} for who, _, text in lines]
        yield from transcript_from_dict({"utterances": said}).utterances


def calls_of(lines: Iterable[Utterance]) -> list[Transcript]:
    """Calls of 80 utterances, the lines taken in turn and from the start again when they run out."""
    endless = cycle(list(lines))
    return [Transcript(tuple(in_order(islice(endless, UTTERANCES)))) for _ in range(CALLS)]


def in_order(lines: Iterable[Utterance]) -> Iterator[Utterance]:
    """Lines of several calls as one call: counted from 0 and, where they have times, one after the other."""
    now = 0.0
    for index, line in enumerate(lines):
        if line.start_s is None or line.end_s is None:
            yield replace(line, index=index)
        else:
            start, now = now, now + line.end_s - line.start_s
            yield replace(line, index=index, start_s=start, end_s=now)


def calls_per_s(card: Scorecard, calls: Sequence[Transcript]) -> float:
    """Calls scored in a second of processor time, one process."""
    start = time.process_time()
    for call in calls:
        for remembered in REMEMBERED:
            remembered.cache_clear()
        score_transcript(card, call)
    return len(calls) / (time.process_time() - start)


def row(name: str, card: Scorecard, calls: Sequence[Transcript]) -> str:
    calls_per_s(card, calls[:20])  # phrases are prepared and signs looked up once in a process
    rates = [calls_per_s(card, calls) for _ in range(RUNS)]
    signs = sum(len(line.text) for call in calls for line in call.utterances) / len(calls)
    return f"| {name} | {signs:.0f} | {median(rates):.0f} ({min(rates):.0f}-{max(rates):.0f}) |\n"


def main() -> int:
    card = load_card(CARD)
    checked = sum(criterion.check is not None for _, criterion in card.criteria)
    sys.stdout.write(
        f"{CARD}: {len(card.criteria)} criteria ({checked} checked by machine) and {len(card.signals)} signals; "
        f"{CALLS} calls of {UTTERANCES} utterances, median (range) of {RUNS} runs, load {os.getloadavg()[0]:.1f}\n"
        "\n| calls | signs a call | calls/s a core |\n|---|---|---|\n"
    )
    sys.stdout.write(row("demo reference transcripts", card, calls_of(demo_lines())))
    phone = Path(os.environ.get("HUITING_DATA", PROJECT.parent / "shared" / "data")) / PHONE_CALLS
    if phone.is_file():
        sys.stdout.write(row("recorded phone calls", card, calls_of(phone_lines(phone))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
