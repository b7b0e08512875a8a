"""The import of another system's export on the screen: mapping with preview, progress, each bad row named."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path, PurePath

import pandas as pd
import streamlit as st

from qa_app import case_intake, session
from qa_app.case_intake import Preview, Taken
from qa_app.components import case_words
from qa_app.core import people
from qa_app.runtime import runtime
from qa_app.session import _
from surveys import rules
from surveys.case_file import COLUMNS, NEEDED, Refused

LARGEST_MB = 50


def form() -> None:
    """Choose a file, see what it would become, register it."""
    given = st.file_uploader(
        _("Export of another system (CSV or XLSX)"), type=["csv", "xlsx"], max_upload_size=LARGEST_MB
    )
    if given is None:
        _last()
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"export{PurePath(given.name).suffix.lower()}"
        file.write_bytes(given.getvalue())
        _mapped(file, given.name)


def _mapped(file: Path, name: str) -> None:
    found = _preview(file, {})
    if found is None:
        return
    chosen = _mapping(found)
    found = _preview(file, chosen) or found
    _shown(found)
    place = _place()
    if st.button(_("Import"), type="primary", icon=":material/upload:"):
        bar = st.progress(0.0, text=_("Importing …"))
        done = [0]

        def step(rows: int) -> None:
            done[0] += rows
            bar.progress(1 - 1 / (1 + done[0] / 5000), text=_("{rows} rows read", rows=done[0]))

        taken, refusal = session.call(case_intake.take_in, runtime(), session.current(), file, chosen, place, step)
        bar.empty()
        if taken is None:
            st.error(refusal or "")
        else:
            st.session_state["import.taken"] = (name, taken)
    _last()


def _preview(file: Path, given: dict[str, str]) -> Preview | None:
    found, refusal = session.call(case_intake.preview, runtime(), session.current(), file, given)
    if found is None:
        st.error(refusal or "")
    return found


def _mapping(found: Preview) -> dict[str, str]:
    """Which heading is which field: what was recognised, to be changed by hand."""
    headings = list(found.header)
    given: dict[str, str] = {}
    st.caption(_("Check which column is which; the first rows are shown below as they would be registered."))
    with st.container(horizontal=True):
        for field in COLUMNS:
            known = found.header[found.columns[field]] if field in found.columns else None
            label = case_words.field(field) + (" *" if field in NEEDED else "")
            heading = st.selectbox(label, headings, index=headings.index(known) if known else None, placeholder="–",
                                   key=f"map.{field}", width=170)  # fmt: skip
            if heading:
                given[heading] = field
    return given


def _shown(found: Preview) -> None:
    good = [row for row in found.rows if not isinstance(row, Refused)]
    bad = [row for row in found.rows if isinstance(row, Refused)]
    table = pd.DataFrame(
        {
            _("Line"): [row.line for row in good],
            _("Received"): [session.moment(row.new.received_at) if row.new.received_at else "" for row in good],
            _("Class"): [case_words.class_title(row.new.class_code) for row in good],
            _("Channel"): [_(case_words.CHANNELS[row.new.channel]) for row in good],
            _("What the customer says"): [row.new.words for row in good],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("The first rows"))
    for row in bad:
        st.caption(_("line {line}: {reason}", line=row.line, reason=session.in_words(row.reason)))


def _place() -> tuple[int, str]:
    tree = session.read(lambda database, _actor: people.units(database))
    own = session.read(people.own_unit)
    ids = [unit.id for unit in tree]
    with st.container(horizontal=True):
        unit = st.selectbox(
            _("Registered in"), ids, index=ids.index(own), width=320,
            format_func=lambda one: next(" / ".join(node.path) for node in tree if node.id == one),
        )  # fmt: skip
        names = session.read(lambda database, _actor: rules.profile_names(database, session.now()))
        profile = st.selectbox(_("Time profile"), names, index=names.index("provincial"), width=260)
    return unit, profile


def _last() -> None:
    """What became of the last import, each bad row with its reason."""
    name, taken = st.session_state.get("import.taken", ("", None))
    if not isinstance(taken, Taken):
        return
    told = _("{file}: {registered} registered, {refused} left out", file=name, registered=taken.registered,
             refused=len(taken.refused))  # fmt: skip
    (st.warning if taken.refused else st.success)(told)
    if not taken.refused:
        return
    rows = [(row.line, session.in_words(row.reason)) for row in taken.refused]
    st.dataframe(pd.DataFrame(rows, columns=[_("Line"), _("Reason")]), hide_index=True, alt=_("Rows left out"))
    st.download_button(_("Save the list of rows left out"), _csv(rows), "left-out.csv", "text/csv")


def _csv(rows: list[tuple[int, str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([(_("Line"), _("Reason")), *rows])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
