"""The demo: a small call centre whose calls are really transcribed and really scored, on the spot."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from qa_app import sampling_frame
from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.tables import UnitKind
from qa_app.demo import cases as spoken
from qa_app.demo import history, shopping
from qa_app.runtime import Runtime
from scorecards import audits, drawing, library_entries
from scorecards.auditing import Aim, AuditKind
from scorecards.audits import NewAudit
from scorecards.case_library import Lesson, LibraryStep, Told
from surveys.office import Office

CALLS = Path(__file__).with_name("calls")
STAFF = (
    ("admin", "管理员 Admin", Role.ADMIN, False),
    ("inspector", "王敏 Wang Min", Role.INSPECTOR, False),
    ("lead", "赵倩 Zhao Qian", Role.QA_LEAD, False),
    ("supervisor", "刘洋 Liu Yang", Role.SUPERVISOR, True),
    ("manager", "孙莉 Sun Li", Role.MANAGER, False),
    ("monitor", "吴刚 Wu Gang", Role.MONITOR, False),
    ("desk", "周静 Zhou Jing", Role.CASE_DESK, False),
    ("shopper", "许诺 Xu Nuo", Role.SHOPPER, False),
    ("surveyor", "林悦 Lin Yue", Role.SURVEYOR, False),
    ("caller1", "陈静 Chen Jing", Role.SURVEYOR, False),
    ("caller2", "刘洋 Liu Yang", Role.SURVEYOR, False),
    ("caller3", "孙悦 Sun Yue", Role.SURVEYOR, False),
    ("caller4", "周敏 Zhou Min", Role.SURVEYOR, False),
)
HANDLERS = (
    ("billing", "郑凯 Zheng Kai", "计费中心 Billing"), ("field", "马超 Ma Chao", "装维中心 Field service"),
    ("network", "何宁 He Ning", "网络部 Network"), ("marketing", "高远 Gao Yuan", "市场部 Marketing"),
    ("channels", "罗兰 Luo Lan", "渠道部 Channels"),
)  # fmt: skip
"""Who answers dispatched cases, each in a responsible unit of their own."""
AGENT_LOGIN = "A012"
QUARTER = timedelta(days=91)
CALLERS = ("caller1", "caller2", "caller3", "caller4")
"""Survey staff of the made-up years, who never sign in."""


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A login that the demo prints."""

    login: str
    password: str
    role: Role


def build(runtime: Runtime) -> list[DemoLogin]:
    """Make the demo's people once and give each a fresh password; returns the logins."""
    with transaction(runtime.engine) as session:
        known = {person.login: person.id for person in people.people(session, SYSTEM)}
        known_before = bool(known)
        if not known:
            known = _people(session)
        if not known_before:
            _open_sampling(session, Office.of(runtime.settings))
            _first_case(session, runtime, known)
        wanted = [(login, role) for login, _, role, _ in STAFF if login not in CALLERS]
        wanted += [(login, Role.HANDLER) for login, _, _ in HANDLERS] + [(AGENT_LOGIN, Role.AGENT)]
        logins = [DemoLogin(login, secrets.token_urlsafe(9), role) for login, role in wanted if login in known]
        for made in logins:
            people.set_password(session, SYSTEM, utc_now(), known[made.login], made.password)
    shopping.build(runtime)
    return logins


def _open_sampling(session: Session, office: Office) -> None:
    """Next month's sampling of the centre and an audit of the last quarter, under seeds that are sealed from now on."""
    now = utc_now()
    centre = next(unit.id for unit in people.units(session) if unit.kind is UnitKind.CENTRE)
    drawing.open_period(session, SYSTEM, now, office.vault, sampling_frame.next_month(office, now, centre))
    today = now.astimezone(office.zone).date()
    purpose = "例行检查：近三个月投诉的受理、分类、时限与反馈"
    last_quarter = NewAudit(AuditKind.PROCESS, purpose, centre, today - QUARTER, today, Aim(0.05))
    audits.plan(session, SYSTEM, now, office.vault, last_quarter)


def _first_case(session: Session, runtime: Runtime, known: dict[str, int]) -> None:
    """A written case in the library, confirmed by a second person."""
    now = utc_now()
    told = Told(
        "先核实账单，再承诺时限", Lesson.GOOD,
        "先复述诉求并认可感受，当场查清两笔扣费的时间和项目，再给出做得到的时限，客户当场放下了升级的念头。",
        "客户来电称套餐已取消仍被扣费，情绪激动，提出要向监管部门申诉。客服代表没有急着解释，先复述：您取消后又扣了一次，对吗；"
        "再说明两笔扣费分别是什么，多扣的一笔两个工作日内退回，并约定退回当天下午回电。",
        "timeframe", "fees/wrong_bill",
    )  # fmt: skip
    entry = library_entries.propose_story(session, people.actor_for(session, known["supervisor"]), now, told)
    second = people.actor_for(session, known["lead"])
    library_entries.take_step(session, second, now, runtime.store, entry, LibraryStep.CONFIRMED)


def made_up_years(live: Runtime, cases: int, on_step: Callable[[int], None]) -> int:
    """Three years of made-up cases and the cases of the spoken calls; returns how many were written."""
    with reading(live.engine) as session:
        everybody = {person.login: person for person in people.people(session, SYSTEM)}
    named = {of.partition(" ")[0]: everybody[login] for login, _, of in HANDLERS}
    who = history.People(
        everybody["desk"].id, everybody["surveyor"].id, everybody["desk"].unit_id,
        {name: person.unit_id for name, person in named.items()}, {name: person.id for name, person in named.items()},
        {person.name.partition(" ")[0]: person.id for login, person in everybody.items() if login in CALLERS},
    )  # fmt: skip
    spoken.build(live, who)
    return history.build(live, who, cases, on_step) if cases else 0


def _people(session: Session) -> dict[str, int]:
    now = utc_now()
    company = people.root_unit(session)
    region = people.add_unit(session, SYSTEM, now, UnitKind.REGION, "华东 East", company)
    centre = people.add_unit(session, SYSTEM, now, UnitKind.CENTRE, "客服中心 Care centre", region)
    teams: dict[str, int] = {}
    known: dict[str, int] = {}
    for agent in json.loads((CALLS / "people.json").read_text(encoding="utf-8")):
        team = agent["team"]
        teams[team] = teams.get(team) or people.add_unit(session, SYSTEM, now, UnitKind.TEAM, team, centre)
        code = agent["external_id"]
        new = people.NewUser(code, f"{agent['name_zh']} {code}", teams[team], None, (Role.AGENT,), (code,))
        known[code] = people.add_user(session, SYSTEM, now, new)
    for login, name, role, in_team in STAFF:
        unit = next(iter(teams.values())) if in_team else centre
        unit = company if role in (Role.ADMIN, Role.MONITOR) else unit
        known[login] = people.add_user(session, SYSTEM, now, people.NewUser(login, name, unit, None, (role,)))
    for login, name, of in HANDLERS:
        unit = people.add_unit(session, SYSTEM, now, UnitKind.RESPONSIBLE, of, centre)
        known[login] = people.add_user(session, SYSTEM, now, people.NewUser(login, name, unit, None, (Role.HANDLER,)))
    return known
