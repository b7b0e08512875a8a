"""The report of one audit in one click: as a document (DOCX) and as a workbook (XLSX), in the reader's language.

Both print the same tables: the plan with its filter, the lot with seed and hashes, the rates with their intervals, the
findings with cause, action, owner and day, and every piece. Times stand in the centre's time zone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from qa_app.core import people
from qa_app.core.access import Actor
from qa_app.i18n import translate
from scorecards import audit_queries, auditing, audits, finding_rules, words
from scorecards.agreement import Estimate
from scorecards.audit_queries import Audit, DrawnPiece, Finding
from scorecards.auditing import AuditKind, ItemRate
from scorecards.audits import Alike
from scorecards.finding_rules import FindingStep, Taken
from scorecards.sampling import Outcome
from surveys import corrective
from surveys.export import workbook_bytes
from surveys.office import Office

if TYPE_CHECKING:
    from docx.document import Document as Document_

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FONT, FONT_ZH, SIZE_PT = "Calibri", "Microsoft YaHei", 10
ALGORITHM = "HMAC-SHA256(seed, audit|period|part|pool|piece), the n lowest; scorecards/sampling.py"
Row = Sequence[object]
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Table:
    """A part of the report: its name, what stands above the columns, and the rows."""

    title: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All of one audit that the report prints; names of people and units, numbers of corrective actions by id."""

    audit: Audit
    power: float | None
    agrees: bool | None
    rates: tuple[ItemRate, ...]
    pieces: tuple[DrawnPiece, ...]
    findings: tuple[Finding, ...]
    alike: tuple[Alike, ...]
    names: Mapping[int, str]
    units: Mapping[int, str]
    actions: Mapping[int, str]


def gather(session: Session, actor: Actor, office: Office, audit_id: int) -> Report:
    """Read all that the report of an audit needs, cut to the actor's reach."""
    audit = audit_queries.audit(session, actor, audit_id)
    pieces = tuple(audit_queries.pieces(session, actor, audit_id))
    found = tuple(audit_queries.findings(session, actor, audit_id))
    lot = audit.drawing
    tags, checks = audit_queries.tags_and_checks(pieces)
    is_scored = audit.kind is AuditKind.INSPECTORS
    return Report(
        audit, auditing.power_at(audit.aim, lot.n, lot.frame_size) if lot else None,
        audit_queries.verified(session, actor, office.vault, audit_id).outcome is Outcome.AGREES if lot else None,
        auditing.item_rates(audit.checklist, tags, checks), pieces, found,
        tuple(audits.agreements(session, actor, audit_id)) if is_scored else (),
        people.names_of(session, _people(audit, pieces, found)),
        {one.id: one.name for one in people.units(session)},
        {one.id: one.number for one in corrective.actions(session, actor)},
    )  # fmt: skip


def _people(audit: Audit, pieces: Sequence[DrawnPiece], found: Sequence[Finding]) -> set[int]:
    ids = {one.by for one in audit.steps} | {one.person_id for one in pieces}
    ids |= {who for one in found for step in one.steps for who in (step.by, step.person)}
    return {one for one in ids if one is not None}


def tables(report: Report, language: str, office: Office, today: datetime) -> list[Table]:
    """The report as tables in the reader's language."""
    _ = partial(_say, language)
    made = [_plan(report, _, language, office), _lot(report, _, office), _rates(report, _, language)]
    if report.alike:
        made.append(_alike(report, _))
    made += [_findings(report, _, language, office, today), _steps(report, _, office), _pieces(report, _, language)]
    return made


def _say(language: str, message: str, **values: object) -> str:
    text = translate(language, message)
    return text.format(**values) if values else text


def _plan(report: Report, _: Say, language: str, office: Office) -> Table:
    audit = report.audit
    rows: list[Row] = [
        (_("Audit number"), audit.number),
        (_("Checklist"), f"{audit.checklist.title.in_language(language)} ({audit.checklist.version})"),
        (_("Purpose"), audit.purpose),
        (_("Unit"), report.units.get(audit.unit_id, "–")),
        (_("Period"), f"{audit.first} – {audit.last}"),
        (_("Class"), audit.class_code or _("all")),
        (_("Fault rate to be seen"), f"{audit.aim.rate:.1%}"),
        (_("Chance of seeing it"), f"{audit.aim.chance:.0%}"),
        (_("State"), _(words.AUDIT_STEPS[audit.state])),
        *((_(words.AUDIT_STEPS[one.kind]), f"{_moment(one.at, office)} {_name(report, one.by)}")
          for one in audit.steps),
        (_("Conclusion"), audit.conclusion or "–"),
    ]  # fmt: skip
    return Table(_("Plan"), (_("Heading"), _("Content")), tuple(rows))


def _lot(report: Report, _: Say, office: Office) -> Table:
    lot = report.audit.drawing
    rows: list[Row] = [(_("hash of the seed"), report.audit.commitment)]
    if lot is None:
        rows.append((_("Sample"), _("not drawn yet")))
    else:
        rows += [
            (_("Drawn at"), _moment(lot.at, office)), (_("Seed"), lot.seed), (_("hash of the frame"), lot.frame_sha256),
            (_("Pieces in the frame"), lot.frame_size), (_("Pieces drawn (n)"), lot.n),
            (_("Chance of seeing a fault at that rate"), "–" if report.power is None else f"{report.power:.1%}"),
            (_("Algorithm"), ALGORITHM),
            (_("Drawn again"), _("all agrees") if report.agrees else _("it does not agree")),
        ]  # fmt: skip
    return Table(_("Sample"), (_("Heading"), _("Content")), tuple(rows))


def _rates(report: Report, _: Say, language: str) -> Table:
    rows = tuple(
        (one.item.question.in_language(language), one.n, one.not_met, share_text(one.share), interval_text(one.share),
         one.not_applicable, one.unchecked)
        for one in report.rates
    )  # fmt: skip
    header = (_("Item"), "n", _("not met"), _("Share not met"), _("95 % interval"), _("not applicable"),
              _("still open"))  # fmt: skip
    return Table(_("Results by item"), header, rows)


def _alike(report: Report, _: Say) -> Table:
    rows = tuple(
        (report.names.get(one.inspector_id, "–"), one.criterion or _("all criteria"), one.found.answered,
         share_text(one.found.raw), interval_text(one.found.raw), ac1_text(one.found.ac1))
        for one in report.alike
    )  # fmt: skip
    header = (_("Inspector"), _("Criterion"), "n", _("Same verdict"), _("95 % interval"), "AC1 (Gwet)")
    return Table(_("Agreement with the blind re-score"), header, rows)


def _findings(report: Report, _: Say, language: str, office: Office, today: datetime) -> Table:
    day, rows = today.astimezone(office.zone).date(), []
    for one in report.findings:
        action = one.action
        late = _("overdue") if finding_rules.is_overdue(one.steps, day) else ""
        rows.append((
            one.number, report.audit.checklist.item(one.item).question.in_language(language),
            report.units.get(one.unit_id, "–"), _(words.SEVERITIES[one.severity]), one.steps[0].words, one.cause or "–",
            report.actions.get(action.action_id or 0, "–") if action else "–",
            _name(report, action.person) if action else "–", str(action.due_on) if action else "–",
            f"{_(words.FINDING_STATES[one.state])} {late}".strip(),
        ))  # fmt: skip
    header = (_("Finding number"), _("Item"), _("Unit"), _("Severity"), _("What was found"), _("Cause"),
              _("Corrective action"), _("Owner"), _("Due"), _("State"))  # fmt: skip
    return Table(_("Audit findings"), header, tuple(rows))


def _steps(report: Report, _: Say, office: Office) -> Table:
    rows = tuple(
        (one.number, _moment(step.at, office), _(words.FINDING_STEPS[step.kind]), _who(report, step), step.words)
        for one in report.findings
        for step in one.steps
    )
    return Table(
        _("Steps of the findings"), (_("Finding number"), _("When"), _("Step"), _("Who"), _("Said or done")), rows
    )


def _who(report: Report, step: Taken) -> str:
    by = _name(report, step.by)
    named = step.kind in (FindingStep.HELD_ACCOUNTABLE, FindingStep.ACTION_OPENED)
    return f"{by} → {_name(report, step.person)}" if named else by


def _pieces(report: Report, _: Say, language: str) -> Table:
    rows = []
    for one in report.pieces:
        for item in report.audit.checklist.asked_of(one.tags):
            said = one.checks.get(item.code)
            rows.append((
                one.rank, one.label, one.day.isoformat(), _name(report, one.person_id) if one.person_id else "–",
                item.question.in_language(language), _(words.RESULTS[said.result]) if said else _("still open"),
                said.words if said else "", said.evidence if said else "",
            ))  # fmt: skip
    header = (_("Rank"), _("Piece"), _("Day"), _("Whose work"), _("Item"), _("Result"), _("What is wrong"),
              _("Where it is seen"))  # fmt: skip
    return Table(_("Pieces"), header, tuple(rows))


def share_text(found: Estimate | None) -> str:
    """A share as people read it."""
    return "–" if found is None else f"{found.value:.1%}"


def interval_text(found: Estimate | None) -> str:
    """A share's 95 % interval as people read it."""
    return "–" if found is None or found.low is None or found.high is None else f"{found.low:.1%} – {found.high:.1%}"


def ac1_text(found: Estimate | None) -> str:
    """Agreement beyond chance, from -1 to 1, with its interval."""
    return "–" if found is None else f"{found.value:.2f} ({found.low or 0:.2f} – {found.high or 0:.2f})"


def _name(report: Report, who: int | None) -> str:
    return report.names.get(who or 0, "–")


def _moment(at: datetime, office: Office) -> str:
    return at.astimezone(office.zone).strftime("%Y-%m-%d %H:%M")


def xlsx_bytes(found: Sequence[Table]) -> bytes:
    """The report as a workbook, a sheet each table; nothing in it is a formula."""
    return workbook_bytes(
        (one.title, one.header, [[_plain(cell) for cell in row] for row in one.rows]) for one in found
    )


def docx_bytes(found: Sequence[Table], title: str, now: datetime) -> bytes:
    """The report as a document: a heading and a table each."""
    from docx import Document

    document = Document()
    _set_up(document, title, now)
    document.add_heading(_plain_text(title), level=0)
    for one in found:
        document.add_heading(_plain_text(one.title), level=1)
        _add_table(document, one)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: Document_, title: str, now: datetime) -> None:
    """Landscape, a font that has Chinese, and who made it."""
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(SIZE_PT)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT_ZH)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(1.5)
    about = document.core_properties
    about.author, about.title, about.created, about.comments = "Huiting", _plain_text(title), now, ""


def _add_table(document: Document_, one: Table) -> None:
    if not one.rows:
        document.add_paragraph("–")
        return
    grid = document.add_table(rows=1, cols=len(one.header), style="Table Grid")
    for cell, text in zip(grid.rows[0].cells, one.header, strict=True):
        cell.paragraphs[0].add_run(_plain_text(text)).bold = True
    for row in one.rows:
        for cell, value in zip(grid.add_row().cells, row, strict=True):
            cell.text = _plain_text(value)


def _plain(value: object) -> object:
    return _plain_text(value) if isinstance(value, str) else value


def _plain_text(value: object) -> str:
    """Text without the signs that neither format can hold."""
    return NOT_IN_XML.sub("", str(value))
