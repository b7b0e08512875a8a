"""One page with the review desk, behaving as the Review page will: it saves what was sent, then draws."""

import datetime as dt
import json
import os
from pathlib import Path

import streamlit as st

from qa_app.components.review_desk import review_desk, sent_events
from tests.e2e.harness.review_desk_made import conditional, desk_data
from tests.e2e.harness.review_desk_zh import LABELS_ZH

st.set_page_config(layout="wide")
st.html("<style>.stMainBlockContainer{padding:3.8rem 1.2rem 0.5rem}</style>")
wanted = st.query_params
now = dt.datetime.now(dt.UTC)
store = st.session_state.setdefault("store", {"runs": 0, "calls": {}})
store["runs"] += 1
language = "zh" if st.session_state.get("chinese") else wanted.get("lang", "en")
sound = wanted.get("audio", "call")
if sound == "once":
    sound = "gone" if store["runs"] == 1 else "call"
data = desk_data(language, None if sound == "none" else f"/made/{sound}.wav?run={now.timestamp()}")
if wanted.get("shape") == "bare":
    bare = [{**line, "start_s": None, "end_s": None, "confidence": None, "words": []} for line in data["utterances"]]
    data |= {"utterances": bare, "channels": [], "marks": {}, "audio": None}
if wanted.get("shape") == "conditional":
    data |= {"sections": conditional(data["sections"]), "start_s": 30.0}
data["labels"] = LABELS_ZH if language == "zh" else {}
data["offset_px"] = 120
if st.session_state.get("other"):
    data |= {"call": "other", "header": "1008-20261102-0043"}
kept = store["calls"].setdefault(data["call"], {})
early = sent_events(data, "desk")
if early.draft:
    kept |= {"draft": early.draft, "saved_at": now.strftime("%H:%M:%S")}
if early.submit:
    kept["submitted"] = True
data["draft"] = {"answers": {}, "position_s": 0} | kept.get("draft", {})
answered = [answer for answer in data["draft"]["answers"].values() if answer.get("verdict")]
data["status"] = {
    "saved_at": kept.get("saved_at"),
    "saved_edit": data["draft"].get("edit"),
    "score_pct": 78.5 if answered else None,
    "passed": None,
    "open": 13 - len(answered),
    "critical": [],
    "section_scores": {"script": "24/30", "empathy": "10/25", "resolution": "25/45"},
    "error": wanted.get("error"),
    "readonly": wanted.get("readonly") == "1",
    "submitted": kept.get("submitted", False),
}
if not st.session_state.get("hidden"):
    events = review_desk(data, "desk")
    seen = {name: getattr(events, name) for name in ("draft", "submit", "flag", "next", "previous")}
    with Path(os.environ["REVIEW_DESK_LOG"]).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"run": store["runs"], "call": data["call"], **seen}) + "\n")
with st.container(horizontal=True):
    st.button("again")
    st.checkbox("hidden", key="hidden")
    st.checkbox("chinese", key="chinese")
    st.checkbox("other", key="other")
