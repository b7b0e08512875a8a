"""Cases over the interface: register, list, read one, take a step."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from qa_app.core import people
from qa_app.core.clock import utc_now
from qa_app.core.db import reading
from qa_app.core.errors import NotFound
from qa_app.core.tokens import Answer, Bearer, Scope
from qa_app.web.api import schemas
from qa_app.web.api.keys import Key, allowed, live, once
from qa_app.web.api.problems import possible
from surveys import queries, rules, service
from surveys.model import CaseState, NewCase, StepKind
from surveys.office import Office
from surveys.queries import CaseFilter
from surveys.service import NewStep
from surveys.steps import state_of

routes = APIRouter(prefix="/api/v1", tags=["cases"])
Reader = Annotated[Bearer, Depends(allowed(Scope.CASES_READ))]
Writer = Annotated[Bearer, Depends(allowed(Scope.CASES_WRITE))]
Number = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
MOST = 100
REFUSED = possible(401, 403, 422)


@routes.post(
    "/cases", status_code=201, response_model=schemas.CaseCreated, responses={**REFUSED, **possible(400, 409, 413)}
)
def register(request: Request, who: Writer, key: Key, new: schemas.NewCaseIn) -> Response:
    """Register a complaint; the customer gets the number by SMS."""
    running, given = live(request), new.model_dump()

    def work(session: Session) -> Answer:
        unit = new.unit_id or people.own_unit(session, who.actor)
        case = NewCase(**{**given, "unit_id": unit})
        made = service.register(session, who.actor, utc_now(), Office.of(running.settings), case)
        return Answer(201, {"number": made.number, "earlier": list(made.earlier)})

    return once(running, who, key, {"route": "register", **new.model_dump(mode="json")}, work)


@routes.get("/cases", responses=REFUSED)
def cases(
    request: Request,
    who: Reader,
    state: CaseState | None = None,
    class_code: Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$")] = "",
    open_only: Annotated[bool, Query()] = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> schemas.CasePage:
    """The cases that the key's person may see, the soonest due first."""
    running = live(request)
    wanted = CaseFilter(state=state, class_code=class_code, open_only=open_only)
    with reading(running.engine) as session:
        office = Office.of(running.settings)
        lines, total = queries.cases(session, who.actor, office.vault, wanted, (page - 1) * limit, limit)
    named = schemas.CaseLineOut.model_fields
    return schemas.CasePage(
        total=total, cases=[schemas.CaseLineOut(**{name: getattr(line, name) for name in named}) for line in lines]
    )


@routes.get("/cases/{number}", responses={**REFUSED, **possible(404)})
def case(request: Request, who: Reader, number: Number) -> schemas.CaseOut:
    """One case with its steps and deadlines."""
    running = live(request)
    office = Office.of(running.settings)
    with reading(running.engine) as session:
        case_id = _id(session, who, number)
        story, found = queries.story_with_deadlines(session, who.actor, office.vault, office.zone, utc_now(), case_id)
        row = story.row
        return schemas.CaseOut(
            number=row.number, state=story.state, kind=row.kind, channel=row.channel, urgency=row.urgency,
            class_code=row.class_code, words=row.words, demand=row.demand, product=row.product, place=row.place,
            campaign=row.campaign, received_at=row.received_at, customer=story.customer, phone=story.phone,
            steps=[schemas.StepOut(number=s.number, kind=s.kind, at=s.at, facts=s.facts) for s in story.steps],
            deadlines=[
                schemas.DeadlineOut(**{name: getattr(one, name) for name in schemas.DeadlineOut.model_fields})
                for one in found
            ],
        )  # fmt: skip


@routes.post(
    "/cases/{number}/steps", status_code=201, response_model=schemas.StepKept,
    responses={**REFUSED, **possible(400, 404, 409, 413)},
)  # fmt: skip
def step(request: Request, who: Writer, key: Key, number: Number, new: schemas.NewStepIn) -> Response:
    """Take the next step in a case."""
    running = live(request)

    def work(session: Session) -> Answer:
        case_id = _id(session, who, number)
        taken = NewStep(StepKind(new.kind), dict(new.facts), new.at)
        made = service.take_step(session, who.actor, utc_now(), Office.of(running.settings), case_id, taken)
        state = state_of(queries.steps_of(session, case_id))
        return Answer(201, {"number": made, "state": str(state)})

    return once(running, who, key, {"route": "step", "case": number, **new.model_dump(mode="json")}, work)


@routes.get("/classes", responses=REFUSED)
def classes(request: Request, who: Reader) -> list[schemas.ClassOut]:  # noqa: ARG001 - the key is the point
    """The classes of complaints in force."""
    with reading(live(request).engine) as session:
        found = rules.taxonomy(session, utc_now())
    return [
        schemas.ClassOut(
            code=one.code, zh=f"{one.parent_title['zh']}/{one.title['zh']}",
            en=f"{one.parent_title['en']}/{one.title['en']}", regulator=one.regulator.value,
        )
        for one in found
    ]  # fmt: skip


@routes.get("/me", responses=REFUSED)
def me(who: Reader) -> schemas.Me:
    """Who the key acts as."""
    return schemas.Me(name=who.actor.name, roles=sorted(who.actor.roles), scopes=sorted(who.scopes))


def _id(session: Session, who: Bearer, number: str) -> int:
    found = queries.case_numbered(session, who.actor, number)
    if found is None:
        raise NotFound("There is no case {case} that you may see.", case=number)
    return found
