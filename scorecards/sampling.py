"""Which calls people score: a random pool that gives the rates, and pools beside it that look for faults.

The random draw can be run again by anybody. A period's seed is made and its commitment journalled before the first
call; each run then ranks its frame (the calls out of which is drawn) by an HMAC of the call with that seed. Random
comes first, then the calls always checked, then risk out of the rest. A random frame leaves out the calls that were
drawn at random before and no others: a call that another pool took stays in it and, once drawn, becomes a random one,
or the calls left over would be too good.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import secrets
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from qa_app.core.errors import Invalid
from scorecards.agreement import Estimate
from scorecards.sample_size import ROUNDING, wilson

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


class Pool(StrEnum):
    """Why a call is scored: by lot, for a risk rule, always (必检), because a person asked, or again (复检)."""

    RANDOM = "random"
    RISK = "risk"
    ALWAYS = "always"
    MANUAL = "manual"
    RECHECK = "recheck"


class Outcome(StrEnum):
    """What running a draw again shows: all agrees, or the first thing that does not."""

    AGREES = "agrees"
    WRONG_SEED = "wrong_seed"
    WRONG_FRAME = "wrong_frame"
    WRONG_PICKS = "wrong_picks"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that may be scored; `reasons` are the risk rules and always-kinds that hold for it."""

    call: int
    agent: int
    team: int | None
    stratum: str
    day: date
    reasons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RandomQuota:
    """How many calls of an agent in each stratum are due by now: `due_by` of the period's targets."""

    per_agent: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RiskQuota:
    """The most calls that one risk rule brings in one part of a period: in all, and of one agent."""

    in_all: int
    per_agent: int


@dataclass(frozen=True, slots=True)
class Pick:
    """A call to be scored: for which rules or from which stratum, and its rank in its draw (the agent's, if random).

    `inclusion` is a random pick's chance of being drawn (0..1), None in every other pool.
    """

    call: int
    agent: int
    pool: Pool
    why: tuple[str, ...]
    rank: int
    inclusion: float | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """One random draw as it is journalled: all that is needed, with seed and frame, to run it again."""

    plan: int
    period: str
    part: int
    commitment: str
    frame: str
    wanted: Mapping[int, int]
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome, and for wrong picks the lowest call that should or should not be there, or not so."""

    outcome: Outcome
    call: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of all calls in the frames from `n` scored ones of those `drawn`, with Kish's effective n."""

    share: Estimate
    n: int
    drawn: int
    effective_n: float


@dataclass(frozen=True, slots=True)
class Inspector:
    """Who scores: capacity in calls (0 = away, gets none) and the calls open with them already."""

    id: int
    capacity: int
    open: int = 0


def new_seed() -> str:
    """A period's seed: 32 bytes that nobody can foresee, as 64 hexadecimal digits; secret until the period is over."""
    return secrets.token_hex(32)


def commitment(seed: str) -> str:
    """SHA-256 of the seed's digits, as `printf %s SEED | sha256sum` prints it; public from before the period on."""
    return hashlib.sha256(seed.encode()).hexdigest()


def lot(seed: str, plan: int, period: str, part: int, pool: Pool, call: int) -> str:
    """A call's lot in one draw, the lowest drawn first: HMAC-SHA256 of plan|period|part|pool|call, key: seed's digits.

    Every part and pool has lots of its own: those left over from one draw are no worse off in the next.
    """
    message = f"{plan}|{period}|{part}|{pool}|{call}"
    return hmac.digest(seed.encode(), message.encode(), "sha256").hex()


def frame_hash(candidates: Iterable[Candidate]) -> str:
    """SHA-256 of the frame: a JSON list a call (call, agent, team, stratum, day, sorted reasons), the lines sorted."""
    return hashlib.sha256("\n".join(sorted(map(_line, candidates))).encode()).hexdigest()


def _line(one: Candidate) -> str:
    fields = [one.call, one.agent, one.team, one.stratum, one.day.isoformat(), sorted(one.reasons)]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def due_by(target: int, day: date, first: date, last: date, off: Collection[date] = ()) -> int:
    """How many of a period's `target` are due at the end of `day`: its share of the working days, rounded down.

    All on the last day, which counts even if it is off, so that no call of the period is left without a chance.
    Raises Invalid for a period that ends before it starts.
    """
    if last < first:
        raise Invalid("The period ends on {last}, before it starts on {first}.", first=first, last=last)
    days = [first + timedelta(at) for at in range((last - first).days + 1)]
    working = [one for one in days if one == last or one not in off]
    return target * sum(one <= day for one in working) // len(working)


def still_wanted(quota: RandomQuota, candidates: Iterable[Candidate], drawn: Mapping[int, int]) -> dict[int, int]:
    """Calls to be drawn of each agent in the frame: those due less those that were `drawn` at random before.

    An agent has the stratum of their latest call. Raises Invalid where the quota does not name it.
    """
    strata = {one.agent: one.stratum for one in sorted(candidates, key=lambda one: (one.day, one.call))}
    if unknown := set(strata.values()) - set(quota.per_agent):
        raise Invalid("The plan has no quota for “{stratum}”; give one, 0 if none is meant.", stratum=min(unknown))
    return {agent: max(0, quota.per_agent[strata[agent]] - drawn.get(agent, 0)) for agent in sorted(strata)}


def draw_random(
    seed: str, plan: int, period: str, part: int, candidates: Collection[Candidate], wanted: Mapping[int, int]
) -> tuple[Pick, ...]:
    """The calls of each agent with the lowest lots, as many as wanted or all there are; by agent, then by rank.

    A simple random sample of each agent's calls: every one has the chance n / N, whatever is known about it. Raises
    Invalid where a call stands in the frame twice or less than nothing is wanted.
    """
    _check_frame(candidates)
    if min(wanted.values(), default=0) < 0:
        raise Invalid("Of an agent {wanted} calls are wanted; give 0 or more.", wanted=min(wanted.values()))
    by_agent = defaultdict(list)
    for one in candidates:
        by_agent[one.agent].append(one)
    picks: list[Pick] = []
    for agent, calls in sorted(by_agent.items()):
        ranked = sorted(calls, key=lambda one: lot(seed, plan, period, part, Pool.RANDOM, one.call))
        chosen = ranked[: wanted.get(agent, 0)]
        chance = len(chosen) / len(calls)
        picks += [Pick(one.call, agent, Pool.RANDOM, (one.stratum,), at, chance) for at, one in enumerate(chosen, 1)]
    return tuple(picks)


def picks_always(candidates: Iterable[Candidate], kinds: Collection[str], taken: Collection[int]) -> tuple[Pick, ...]:
    """All calls that one of the always-kinds holds for, those taken by another pool left out; by call."""
    due = sorted((one for one in candidates if one.call not in taken and one.reasons & set(kinds)), key=_call)
    return tuple(Pick(one.call, one.agent, Pool.ALWAYS, tuple(sorted(one.reasons & set(kinds))), at)
                 for at, one in enumerate(due, 1))  # fmt: skip


def draw_risk(
    seed: str, plan: int, period: str, part: int, candidates: Collection[Candidate],
    quotas: Mapping[str, RiskQuota], taken: Collection[int],
) -> tuple[Pick, ...]:  # fmt: skip
    """Calls for the risk rules (by name) out of those not taken: most rules that hold first, then the lowest lot.

    A call comes in for each of its rules that has room, counts for all of these, and says so in `why`; without any it
    stays out. Raises Invalid where a call stands in the frame twice.
    """
    _check_frame(candidates)
    held = {one: sorted(one.reasons & quotas.keys()) for one in candidates if one.call not in taken}
    ranked = sorted(held, key=lambda one: (-len(held[one]), lot(seed, plan, period, part, Pool.RISK, one.call)))
    picks: list[Pick] = []
    in_all: Counter[str] = Counter()
    of_agent: Counter[tuple[str, int]] = Counter()
    for one in ranked:
        room = {rule: quotas[rule].in_all > in_all[rule] and quotas[rule].per_agent > of_agent[rule, one.agent]
                for rule in held[one]}  # fmt: skip
        if why := tuple(rule for rule in held[one] if room[rule]):
            in_all.update(why)
            of_agent.update((rule, one.agent) for rule in why)
            picks.append(Pick(one.call, one.agent, Pool.RISK, why, len(picks) + 1))
    return tuple(picks)


def draw_recheck(
    seed: str, plan: int, period: str, part: int, submitted: Collection[Candidate],
    share: float, drawn: Collection[int] = (),
) -> tuple[Pick, ...]:  # fmt: skip
    """Scored calls to be scored again (复检): the lowest lots of those not `drawn` before.

    `submitted` are all of the period so far; with those drawn before, their share (0..1) is met, rounded up. Raises
    Invalid where the share is no share or a call is there twice.
    """
    _check_frame(submitted)
    if not 0 < share <= 1:
        raise Invalid("The share to re-check lies above 0 and is at most 1, not {share}.", share=share)
    wanted = max(0, math.ceil(share * len(submitted) - ROUNDING) - len(drawn))
    left = [one for one in submitted if one.call not in drawn]
    ranked = sorted(left, key=lambda one: lot(seed, plan, period, part, Pool.RECHECK, one.call))
    return tuple(Pick(one.call, one.agent, Pool.RECHECK, (), at) for at, one in enumerate(ranked[:wanted], 1))


def verify(drawn: Drawn, seed: str, candidates: Collection[Candidate]) -> Verification:
    """Whether a journalled random draw, the seed made known and the frame kept fit together, by drawing again."""
    if commitment(seed) != drawn.commitment:
        return Verification(Outcome.WRONG_SEED)
    if frame_hash(candidates) != drawn.frame:
        return Verification(Outcome.WRONG_FRAME)
    again = Counter(draw_random(seed, drawn.plan, drawn.period, drawn.part, candidates, drawn.wanted))
    picks = Counter(drawn.picks)
    if wrong := (again - picks) + (picks - again):
        return Verification(Outcome.WRONG_PICKS, min(map(_call, wrong)))
    return Verification(Outcome.AGREES)


def rate_frame(picks: Iterable[Pick]) -> tuple[Pick, ...]:
    """The picks that may enter a rate: those drawn at random, and no others."""
    return tuple(one for one in picks if one.pool is Pool.RANDOM)


def over_period(parts: Sequence[tuple[Collection[Candidate], Collection[Pick]]]) -> tuple[Pick, ...]:
    """The random picks of all parts of a period, each with its chance of having been drawn in any of them.

    `parts` are the frames with what was drawn out of them, in their order. A call that is not drawn is in the next
    frame too, so that calls of the first days have more chances than those of the last: 1 - product of (1 - n / N) over
    the parts from its first frame on. Frames that hold the calls since the agent's last draw only need none of this:
    each pick's own chance is right, and as chances differ less the rate is sharper. Raises Invalid for a pick that is
    in no frame.
    """
    first: dict[int, int] = {}
    missed: list[dict[int, float]] = []
    for part, (candidates, picks) in enumerate(parts):
        for one in candidates:
            first.setdefault(one.call, part)
        n, there = Counter(one.agent for one in rate_frame(picks)), Counter(one.agent for one in candidates)
        missed.append({agent: 1 - n[agent] / calls for agent, calls in there.items()})
    found = [one for _, picks in parts for one in rate_frame(picks)]
    if strange := {one.call for one in found} - first.keys():
        raise Invalid("Call {call} was drawn, but is in no frame of the period.", call=min(strange))
    return tuple(
        replace(one, inclusion=1 - math.prod(gone.get(one.agent, 1.0) for gone in missed[first[one.call] :]))
        for one in found
    )


def estimate(picks: Collection[Pick], values: Mapping[int, float]) -> Rate | None:
    """The rate (0..1) of all calls in the frames, from random picks; None of nothing.

    `picks` are those of one part, of parts whose frames share no call, or else of `over_period`. `values` has a share
    by call: 1 or True for what is counted, 0 for what is not; picks without a value are not scored yet. Weights are
    1 / inclusion and the rate is their ratio (Horvitz and Thompson, JASA 47, 1952; Hajek 1971). The 95 % interval is
    Wilson's for Kish's effective n, (sum w)^2 / sum w^2 (Kish, Survey Sampling, 1965); it leaves out what drawing by
    agent and from a finite frame gains. Raises Invalid for what no lot brought in.
    """
    chances = {one.call: one.inclusion for one in picks}
    if strange := {one.call for one in picks if one.pool is not Pool.RANDOM or not one.inclusion}:
        raise Invalid("Call {call} was not drawn at random; leave it out of the rate.", call=min(strange))
    if strange := values.keys() - chances.keys():
        raise Invalid("Call {call} is not among those drawn; leave it out of the rate.", call=min(strange))
    if outside := [call for call, value in values.items() if not 0 <= value <= 1]:
        raise Invalid("Call {call} counts as {value}; give a share from 0 to 1.", call=min(outside),
                      value=values[min(outside)])  # fmt: skip
    weights = {call: 1 / chance for call, chance in chances.items() if chance and call in values}
    if not weights:
        return None
    total = math.fsum(weights.values())
    share = min(1.0, math.fsum(weight * values[call] for call, weight in weights.items()) / total)
    effective = total**2 / math.fsum(weight**2 for weight in weights.values())
    low, high = wilson(share, effective)
    return Rate(Estimate(share, min(low, share), max(high, share)), len(weights), len(chances), effective)


def balance(
    calls: Collection[int], inspectors: Collection[Inspector], forbidden: Collection[tuple[int, int]]
) -> tuple[dict[int, int], tuple[int, ...]]:
    """The inspector of each open call, and apart the calls that nobody may score.

    Each goes to the inspector who may score it and has the least load with it, (calls + 1) / capacity (d'Hondt's rule).
    `forbidden` are pairs (inspector, call). The calls that fewest may score go first, then the lowest; equal loads go
    to the lowest inspector: the same input, in any order, gives the same result. Capacity is no limit, as no call may
    wait unseen: beyond it all are overloaded alike.
    """
    there = {one.id: one for one in inspectors if one.capacity > 0}
    load = {one.id: one.open for one in there.values()}
    never = set(forbidden)
    allowed = {call: [name for name in sorted(there) if (name, call) not in never] for call in calls}
    given: dict[int, int] = {}
    for call in sorted((call for call in allowed if allowed[call]), key=lambda call: (len(allowed[call]), call)):
        given[call] = min(allowed[call], key=lambda name: (Fraction(load[name] + 1, there[name].capacity), name))
        load[given[call]] += 1
    return given, tuple(sorted(call for call in allowed if not allowed[call]))


def _call(one: Candidate | Pick) -> int:
    return one.call


def _check_frame(candidates: Iterable[Candidate]) -> None:
    if twice := [call for call, times in Counter(map(_call, candidates)).items() if times > 1]:
        raise Invalid("Call {call} stands in the frame more than once; list it once.", call=min(twice))
