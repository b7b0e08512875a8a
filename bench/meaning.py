"""`python -m bench.meaning`: whether sentence vectors find what the card's wordings miss, on the judged phone calls.

After wording: where the card answers not met, a line near enough in meaning to an exemplar makes it met. The
threshold is the one that agrees best on one half of the calls; the figure is told of the other half. Needs `vectors`.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from bench.agreement import CARD, MET, NOT_MET, Judged, calls_by_id, data_folder, judge
from bench.halves import HALVES, half_of
from scorecards.agreement import cohens_kappa, contingency
from scorecards.card_file import load_card
from transcription.model import Side, side_of
from transcription.vectors import encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorecards.agreement import Estimate
    from transcription.model import Transcript
    from transcription.vectors import Encoder

SHORTEST = 4  # signs of a line that can mean something alone
THRESHOLDS = np.arange(0.30, 0.96, 0.05)
EXEMPLARS = {
    "verify": (
        Side.AGENT,
        ("请问您的手机号码是多少", "您是机主本人吗", "是这个订单吗", "请问怎么称呼您", "请提供一下订单号"),
    ),
    "restate": (Side.AGENT, ("您反映的是话费多扣了对吗", "您是说宽带用不了是吗", "也就是说您想退款对吧")),
    "empathy": (
        Side.AGENT,
        ("您的心情我非常理解", "换做是我也会很着急", "遇到这种事确实让人生气", "您先消消气", "我明白您现在很难受"),
    ),
    "customer_upset": (
        Side.CUSTOMER,
        ("你们这样太过分了", "我非常生气", "你们怎么能这样处理", "我都打了好几次电话了还没解决", "这个服务态度太差了"),
    ),
}


def nearness(model: Encoder, call: Transcript, side: Side, exemplars: Sequence[str]) -> float:
    """The greatest cosine of one of a side's lines with one of the exemplars."""
    said = [u.text for u in call.utterances if side_of(u.speaker) is side and len(u.text) >= SHORTEST]
    return float((model.encode(said) @ model.encode(exemplars).T).max()) if said else -1.0


def kappa(judged: Sequence[Judged], near: dict[str, float], threshold: float | None) -> Estimate | None:
    """Cohen's kappa with the readers, with the fallback from that threshold up (None = wording alone)."""
    pairs = []
    for one in judged:
        if one.people is None or one.machine is None:
            continue
        is_near = threshold is not None and one.machine == NOT_MET and near[one.call] >= threshold
        pairs.append((one.people, MET if is_near else one.machine))
    return cohens_kappa(contingency(pairs))


def best_threshold(judged: Sequence[Judged], near: dict[str, float]) -> float:
    """The threshold with the greatest kappa, the strictest of equals."""
    found = [(estimate.value, float(at)) for at in THRESHOLDS if (estimate := kappa(judged, near, float(at)))]
    return max(found, default=(0.0, 1.0))[1]


def main() -> int:
    model, folder = encoder(), data_folder()
    if model is None or not (folder / "labels").is_dir():
        sys.stdout.write("Needs the extra “vectors” and the judged calls of HUITING_DATA.\n")
        return 0
    calls, judged = calls_by_id(folder / "dev" / "phone.json"), judge(load_card(CARD), folder)
    sys.stdout.write(
        "| criterion | reported on half | threshold (other half) | wording alone | wording, then meaning |\n"
    )
    sys.stdout.write("|---|---|---|---|---|\n")
    start, scored = time.process_time(), 0
    for criterion, (side, exemplars) in EXEMPLARS.items():
        own = [one for one in judged if one.criterion == criterion]
        near = {one.call: nearness(model, calls[one.call], side, exemplars) for one in own}
        scored += len(own)
        for half in HALVES:
            here = [one for one in own if half_of(one.call) == half]
            threshold = best_threshold([one for one in own if half_of(one.call) != half], near)
            cells = (criterion, half, f"{threshold:.2f}", kappa(here, near, None), kappa(here, near, threshold))
            sys.stdout.write("| " + " | ".join(map(str, cells)) + " |\n")
    spent = time.process_time() - start
    sys.stdout.write(f"\nProcessor time for one criterion of one call: {1000 * spent / scored:.0f} ms.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
