// The scoring form: what the machine says stays in sight, the person's verdict stands beside it.
function createForm(desk) {
  const pane = el("div", { class: "criteria", role: "grid", "aria-label": desk.labels.form });
  const rows = new Map();
  const plain = desk.criteria.filter((criterion) => !criterion.fatal);
  const scores = new Map();
  for (const section of new Set(plain.map((criterion) => criterion.section))) {
    const score = el("span", { class: "section-score" });
    scores.set(section.id, score);
    pane.append(groupNode(desk, section.title, score, plain.filter((criterion) => criterion.section === section), rows));
  }
  const fatal = desk.criteria.filter((criterion) => criterion.fatal);
  if (fatal.length) pane.append(groupNode(desk, `⚠ ${desk.labels.fatal_group}`, null, fatal, rows, "fatal-group"));
  const hint = el("span", { class: "hint", text: desk.locked ? desk.labels.readonly : desk.labels.form_hint });
  const rest = desk.locked ? null : button("plain", desk.labels.confirm_all, desk.labels.help_confirm_all, () => confirmRemaining(desk), "A");
  return {
    pane,
    node: el("section", { class: "form panel" }, el("div", { class: "panel-head" }, el("h3", { text: desk.labels.form }), hint, rest), pane),
    show: (criterion) => rows.get(criterion.id).show(),
    showAll: () => {
      for (const row of rows.values()) row.show();
      for (const [id, node] of scores) setText(node, desk.data.status.section_scores?.[id] ?? "");
    },
    row: (criterion) => rows.get(criterion.id),
  };
}

function groupNode(desk, title, score, criteria, rows, className = "") {
  const made = criteria.map((criterion) => createRow(desk, criterion));
  criteria.forEach((criterion, place) => rows.set(criterion.id, made[place]));
  const head = el("div", { class: "group-head", role: "presentation" }, el("h4", { text: title }), score);
  return el("div", { class: `group ${className}`, role: "rowgroup", "aria-label": title }, head, ...made.map((row) => row.node));
}

function createRow(desk, criterion) {
  const result = el("span", { class: "result" });
  const head = el("div", { class: "row-head" }, el("span", { class: "number", text: criterion.number }), el("span", { class: "title", text: criterion.title }), ...badges(desk, criterion), result);
  const verdicts = verdictButtons(desk, criterion);
  const comment = commentField(desk, criterion);
  const cause = causeField(desk, criterion);
  const own = el("ul", { class: "own-evidence" });
  const written = el("p", { class: "written" });
  const parts = [...guidance(desk, criterion), verdicts.node, own, quoteButton(desk), cause?.node, comment.node].filter(Boolean);
  const details = el("div", { class: "details" }, ...parts);
  const cell = el("div", { role: "gridcell" }, head, machineNode(desk, criterion), written, details);
  const node = el("div", { class: `criterion ${criterion.fatal ? "fatal" : ""}`, role: "row", tabindex: "-1", "data-criterion": criterion.id }, cell);
  node.addEventListener("click", (event) => {
    if (!event.target.closest("button,textarea,select") && !markedRange(desk.root)) desk.select(criterion);
  });
  const show = () => {
    const answer = answerOf(desk, criterion);
    const selected = desk.selected === criterion;
    node.setAttribute("aria-selected", String(selected));
    details.hidden = !selected;
    showResult(desk, criterion, result);
    verdicts.show(answer);
    comment.show(answer);
    cause?.show(answer);
    node.classList.toggle("ruled-out", isRuledOut(desk, criterion));
    showOwnEvidence(desk, criterion, own);
    setText(written, selected && !desk.locked ? "" : writtenText(criterion, answer));
  };
  return { node, show, field: comment.field, cause: cause?.field };
}

function writtenText(criterion, answer) {
  const cause = (criterion.root_causes ?? []).find((each) => each.id === answer.root_cause);
  return [cause && `⚑ ${cause.title}`, answer.comment && `✎ ${answer.comment}`].filter(Boolean).join(" · ");
}

function badges(desk, criterion) {
  const { labels } = desk;
  const fatal = criterion.fatal === "call" ? labels.fatal_call : fill(labels.fatal_section, { section: criterion.section.title });
  const texts = [criterion.fatal ? fatal : `${criterion.points} ${labels.points}`];
  if (criterion.people_only && !criterion.fatal) texts.push(labels.people_only);
  return texts.map((text) => el("span", { class: "badge", text }));
}

function guidance(desk, criterion) {
  const examples = criterion.examples ?? [];
  const list = examples.length ? el("ul", { class: "examples" }, ...examples.map((text) => el("li", { text }))) : null;
  return [criterion.guidance ? el("p", { class: "guidance", text: criterion.guidance }) : null, list].filter(Boolean);
}

function showResult(desk, criterion, node) {
  if (isRuledOut(desk, criterion)) {
    setText(node, `${SYMBOL.not_applicable} ${desk.labels.ruled_out}`);
    node.className = "result not_applicable";
    return;
  }
  const { verdict } = answerOf(desk, criterion);
  const waits = !verdict && proposedVerdict(criterion);
  const open = waits ? desk.labels.to_confirm : desk.labels.to_answer;
  const words = verdict ? `${SYMBOL[verdict]} ${verdictLabel(desk, criterion, verdict)} · ${desk.labels.you}` : `${SYMBOL.open} ${open}`;
  const lacks = { cause: desk.labels.cause_missing, comment: desk.labels.comment_missing }[lackOf(desk, criterion)];
  setText(node, lacks ? `${words} · ✎ ${lacks}` : words);
  node.className = `result ${verdict ?? (waits ? "waits" : "open")}`;
}

function machineNode(desk, criterion) {
  const { machine } = criterion;
  if (!machine) return null;
  const certainty = isNumber(machine.confidence) && machine.verdict !== "abstained" ? machine.confidence.toFixed(2) : "";
  const head = el("span", { class: `verdict ${machine.verdict}`, text: `${SYMBOL[machine.verdict]} ${desk.labels[`verdict_${machine.verdict}`]}` });
  const evidence = (machine.evidence ?? []).map((item) => evidenceNode(desk, criterion, item));
  return el("div", { class: "machine" }, el("span", { class: "by", text: desk.labels.machine }), head,
    el("span", { class: "certainty", text: certainty, title: desk.labels.confidence }), el("span", { class: "reason", text: machine.reason ?? "" }), ...evidence);
}

function evidenceNode(desk, criterion, item) {
  const second = evidenceSecond(desk, item) ?? nearestSecond(desk, item);
  const text = evidenceText(desk, item);
  if (second === null) return el("span", { class: `evidence ${item.kind}`, text });
  const go = () => desk.select(criterion, { second });
  return button(`evidence ${item.kind}`, `${clock(second)} ${text}`, `${fill(desk.labels.seek_evidence, { time: clock(second) })}: ${text}`, go);
}

function nearestSecond(desk, item) {
  return item.kind === "absence" && item.nearest_miss ? evidenceSecond(desk, { utterance: item.nearest_miss.utterance }) : null;
}

function evidenceText(desk, item) {
  const { labels } = desk;
  if (item.kind === "quote") return fill(labels.quote, { text: item.quote });
  if (item.kind === "span") return fill(labels.span, { measure: item.measure, value: item.value, limit: item.limit });
  const { window: searched = {}, nearest_miss: nearest } = item;
  const unit = searched.unit === "turns" ? labels.unit_turns : labels.unit_s;
  const where = isNumber(searched.from) && isNumber(searched.to) ? fill(labels.absence, { from: searched.from, to: searched.to, unit }) : labels.absence_call;
  return nearest ? `${where}; ${fill(labels.nearest, { text: nearest.text, similarity: Number(nearest.similarity).toFixed(2) })}` : where;
}

function verdictButtons(desk, criterion) {
  const buttons = offeredVerdicts(criterion).map((verdict) => {
    const node = button(`answer ${verdict}`, `${SYMBOL[verdict]} ${verdictLabel(desk, criterion, verdict)}`, verdictLabel(desk, criterion, verdict), () => giveVerdict(desk, criterion, verdict), KEY_OF_VERDICT[verdict]);
    node.setAttribute("role", "radio");
    return { verdict, node };
  });
  const proposed = proposedVerdict(criterion);
  const node = el("div", { class: "answers", role: "radiogroup", "aria-label": `${criterion.number} ${criterion.title}`, hidden: desk.locked }, ...buttons.map((entry) => entry.node));
  const show = (answer) => {
    for (const entry of buttons) {
      entry.node.setAttribute("aria-checked", String(answer.verdict === entry.verdict));
      entry.node.classList.toggle("proposed", !answer.verdict && proposed === entry.verdict);
    }
  };
  return { node, show };
}

function quoteButton(desk) {
  if (desk.locked) return null;
  const node = button("add-quote", `+ ${desk.labels.add_quote}`, desk.labels.help_evidence, () => addEvidence(desk), "E");
  // Pressing the button must not take away what the mouse has marked.
  node.addEventListener("mousedown", (event) => event.preventDefault());
  return node;
}

function commentField(desk, criterion) {
  const { labels } = desk;
  const needed = el("span", { class: "needed" });
  const field = el("textarea", { rows: "2", "aria-label": `${labels.comment} ${criterion.number}`, placeholder: labels.comment_hint, maxlength: "2000", readonly: desk.locked });
  field.addEventListener("input", () => changeAnswer(desk, criterion, { comment: field.value }, true));
  field.addEventListener("blur", () => flushDraft(desk));
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" || (event.key === "Enter" && event.ctrlKey)) {
      event.preventDefault();
      desk.focusRow(criterion);
    }
  });
  const show = (answer) => {
    if (field.value !== answer.comment) field.value = answer.comment;
    setText(needed, lacksComment(desk, criterion) ? labels.comment_required : "");
  };
  const node = el("label", { class: "comment", hidden: desk.locked }, el("span", {}, el("span", { text: labels.comment }), el("kbd", { text: "C" }), needed), field);
  return { node, field, show };
}

// A reason to choose under a low answer, where the form offers any.
function causeField(desk, criterion) {
  const causes = criterion.root_causes ?? [];
  if (!causes.length || desk.locked) return null;
  const { labels } = desk;
  const needed = el("span", { class: "needed" });
  const options = causes.map((cause) => el("option", { value: cause.id, text: cause.title }));
  const field = el("select", { "aria-label": `${labels.root_cause} ${criterion.number}` }, el("option", { value: "", text: labels.root_cause_none }), ...options);
  field.addEventListener("change", () => changeAnswer(desk, criterion, { root_cause: field.value }));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    if (lacksComment(desk, criterion)) openComment(desk, criterion);
    else desk.focusRow(criterion);
  });
  const show = (answer) => {
    field.value = answer.root_cause ?? "";
    setText(needed, lacksCause(desk, criterion) ? labels.comment_required : "");
  };
  return { node: el("label", { class: "cause" }, el("span", {}, el("span", { text: labels.root_cause }), needed), field), field, show };
}

function openCause(desk, criterion) {
  if (desk.selected !== criterion) desk.select(criterion, { jump: false });
  desk.showTab("form");
  const { cause, node } = desk.form.row(criterion);
  cause?.focus({ preventScroll: true });
  bringIntoView(desk.form.pane, node, GROUP_HEAD_PX);
  return true;
}

function showOwnEvidence(desk, criterion, list) {
  const items = answerOf(desk, criterion).evidence;
  const mark = JSON.stringify(items);
  if (list.dataset.shown === mark) return;
  list.dataset.shown = mark;
  list.replaceChildren(...items.map((item, place) => {
    const drop = () => dropEvidence(desk, criterion, place);
    const remove = desk.locked ? null : button("drop", "×", desk.labels.remove_evidence, drop);
    return el("li", {}, el("span", { class: "by", text: desk.labels.you }), evidenceNode(desk, criterion, item), remove);
  }));
}

function giveVerdict(desk, criterion, verdict) {
  if (desk.locked) return;
  if (isRuledOut(desk, criterion)) {
    desk.say(desk.labels.ruled_out);
    return;
  }
  if (!offeredVerdicts(criterion).includes(verdict)) {
    desk.say(fill(desk.labels.verdict_not_offered, { verdict: desk.labels[`verdict_${verdict}`] }));
    return;
  }
  if (desk.selected !== criterion) desk.select(criterion, { jump: false });
  changeAnswer(desk, criterion, { verdict });
  desk.form.show(criterion);
  if (lacksCause(desk, criterion)) openCause(desk, criterion);
  else if (lacksComment(desk, criterion)) openComment(desk, criterion);
  else desk.say(`${criterion.number} ${criterion.title}: ${verdictLabel(desk, criterion, verdict)}`);
}

function openComment(desk, criterion) {
  if (desk.selected !== criterion) desk.select(criterion, { jump: false });
  desk.showTab("form");
  const { field, node } = desk.form.row(criterion);
  field.focus({ preventScroll: true });
  bringIntoView(desk.form.pane, node, GROUP_HEAD_PX);
  return true;
}

// Enter: confirm the proposal, or go on if the person has answered already.
function confirmAndGoOn(desk) {
  const criterion = desk.selected;
  if (!criterion) return;
  if (!desk.locked && !answerOf(desk, criterion).verdict && !isRuledOut(desk, criterion)) {
    const proposed = proposedVerdict(criterion);
    if (!proposed) {
      desk.say(desk.labels.answer_yourself);
      return;
    }
    giveVerdict(desk, criterion, proposed);
  }
  if (!desk.locked && lacksCause(desk, criterion)) openCause(desk, criterion);
  else if (!desk.locked && lacksComment(desk, criterion)) openComment(desk, criterion);
  else moveSelection(desk, 1);
}

function confirmRemaining(desk) {
  if (desk.locked) return;
  const waiting = desk.criteria.filter((criterion) => !answerOf(desk, criterion).verdict && proposedVerdict(criterion) && !isRuledOut(desk, criterion));
  for (const criterion of waiting) desk.state.answers[criterion.id] = { ...answerOf(desk, criterion), verdict: proposedVerdict(criterion) };
  if (waiting.length) noteChange(desk);
  desk.say(fill(desk.labels.confirmed_many, { n: waiting.length, fatal: waiting.filter((criterion) => criterion.fatal).length }));
}

function moveSelection(desk, places) {
  const place = desk.criteria.indexOf(desk.selected) + places;
  const criterion = desk.criteria[Math.min(Math.max(0, place), desk.criteria.length - 1)];
  if (criterion && criterion !== desk.selected) desk.select(criterion);
  if (place >= desk.criteria.length && !desk.locked) sayWhatIsOpen(desk);
}

function sayWhatIsOpen(desk) {
  const open = openCriteria(desk);
  const numbers = open.map(({ criterion }) => criterion.number).join(", ");
  desk.say(open.length ? fill(desk.labels.still_open, { numbers }) : desk.labels.all_answered);
}

function addEvidence(desk) {
  const criterion = desk.selected;
  if (!criterion || desk.locked) return;
  const quote = desk.transcript.quote();
  if (!quote) {
    desk.say(desk.labels.no_quote);
    return;
  }
  const { evidence } = answerOf(desk, criterion);
  if (evidence.some((item) => item.utterance === quote.utterance && item.quote === quote.quote)) return;
  changeAnswer(desk, criterion, { evidence: [...evidence, quote] });
  desk.say(fill(desk.labels.evidence_added, { n: criterion.number, text: quote.quote }));
}

function dropEvidence(desk, criterion, place) {
  const { evidence } = answerOf(desk, criterion);
  if (!evidence.length || desk.locked) return;
  changeAnswer(desk, criterion, { evidence: evidence.filter((_, at) => at !== place) });
  desk.say(desk.labels.evidence_removed);
}
