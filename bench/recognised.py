"""`python -m bench.recognised FOLDER`: what the recogniser costs the checks, on the demo's own spoken calls.

Each Mandarin demo call is scored twice with the shipped card: its exact text, and what `huiting transcribe` made of its
recording (FOLDER/<call id>.json). A call agrees on a criterion where both give the same class, partly met taken as met.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.accuracy import edit_distance, tokens
from bench.agreement import CARD, JUDGED, by_machine
from bench.scoring import REFERENCES
from scorecards.agreement import proportion, verdict_agreement
from scorecards.card_file import load_card
from scorecards.score_file import score_transcript
from transcription.files import read_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transcription.model import Transcript


def pairs(folder: Path) -> Iterator[tuple[Transcript, Transcript]]:
    """The exact text and the transcript of each Mandarin demo call that was transcribed."""
    for path in sorted(REFERENCES.glob("*.json")):
        heard = folder / path.name
        exact = read_transcript(path.read_text(encoding="utf-8"))
        if heard.is_file() and any("\u4e00" <= sign <= "\u9fff" for sign in exact.utterances[0].text):
            yield exact, read_transcript(heard.read_text(encoding="utf-8"))


def error_rate(calls: Sequence[tuple[Transcript, Transcript]]) -> float:
    """Signs wrong over signs said, each side's words in order; calls on one channel have no sides and are left out."""
    wrong = said = 0
    for exact, heard in calls:
        for side in ("agent", "customer") if any(u.speaker == "agent" for u in heard.utterances) else ():
            one, other = (
                tokens("".join(u.text for u in call.utterances if u.speaker == side), "zh") for call in (exact, heard)
            )
            wrong, said = wrong + edit_distance(one, other), said + len(one)
    return wrong / said if said else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what `huiting transcribe --out` wrote")
    calls = list(pairs(parser.parse_args(arguments).folder))
    card, same, answered = load_card(CARD), 0, 0
    scored = [tuple(by_machine(score_transcript(card, call)) for call in pair) for pair in calls]
    sys.stdout.write(f"{len(calls)} Mandarin demo calls, {error_rate(calls):.3f} of the signs recognised wrongly.\n\n")
    sys.stdout.write(
        "| criterion | n | same class | answered from the recording | text | recording |\n|---|---|---|---|---|---|\n"
    )
    for criterion in JUDGED:
        text, recording = ([one[at][criterion][0] for one in scored] for at in (0, 1))
        kept = [(one, other) for one, other in zip(text, recording, strict=True) if one is not None]
        found = verdict_agreement([one for one, _ in kept], [other for _, other in kept])
        same += sum(one == other for one, other in kept)
        answered += found.answered
        classes = (" ".join((one or "open")[:7].replace(" ", "") for one in side) for side in (text, recording))
        cells = (criterion, found.n, found.raw, found.coverage, *classes)
        sys.stdout.write("| " + " | ".join(map(str, cells)) + " |\n")
    sys.stdout.write(
        f"\nAll together: {proportion(same, answered)} of {answered} answers from recordings are the text's.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
