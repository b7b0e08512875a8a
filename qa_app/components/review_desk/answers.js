// What a person has answered, what is still open, and the draft that goes to the server.
const VERDICT_OF_KEY = { 1: "met", 2: "partly_met", 3: "not_met", 0: "not_applicable" };
const KEY_OF_VERDICT = { met: "1", partly_met: "2", not_met: "3", not_applicable: "0" };
const SYMBOL = { met: "✓", partly_met: "◐", not_met: "✕", not_applicable: "–", abstained: "?", open: "○" };
const COMMENT_PAUSE_MS = 600;
const POSITION_EVERY_MS = 10000;

// Fatal errors stand together after the sections; the numbers run through.
function orderedCriteria(sections) {
  const all = sections.flatMap((section) => section.criteria.map((criterion) => ({ ...criterion, section })));
  const ordered = [...all.filter((criterion) => !criterion.fatal), ...all.filter((criterion) => criterion.fatal)];
  return ordered.map((criterion, place) => ({ ...criterion, number: place + 1 }));
}

function offeredVerdicts(criterion) {
  const verdicts = criterion.fatal ? ["met", "not_met"] : ["met", "partly_met", "not_met"];
  return criterion.allow_not_applicable ? [...verdicts, "not_applicable"] : verdicts;
}

function verdictLabel(desk, criterion, verdict) {
  const own = criterion.fatal ? desk.labels[`fatal_${verdict}`] : null;
  return own ?? desk.labels[`verdict_${verdict}`] ?? verdict;
}

// What Enter confirms: a fatal error is taken as not found, else the machine's verdict unless it abstained.
function proposedVerdict(criterion) {
  if (criterion.fatal) return "met";
  if (criterion.people_only || !criterion.machine || criterion.machine.verdict === "abstained") return null;
  return criterion.machine.verdict;
}

function answerOf(desk, criterion) {
  return desk.state.answers[criterion.id] ?? { verdict: null, comment: "", root_cause: "", evidence: [], by: "you" };
}

// What a criterion hangs on decides whether it "applies", "waits" for that answer, or is "ruled_out" by it.
function conditionOf(desk, criterion) {
  const condition = criterion.applies_if;
  const other = condition && desk.criteria.find((each) => each.id === condition.criterion);
  if (!other) return "applies";
  const above = conditionOf(desk, other);
  const verdict = above === "ruled_out" ? "not_applicable" : above === "waits" ? null : answerOf(desk, other).verdict;
  if (!verdict) return "waits";
  return condition.verdict.includes(verdict) ? "applies" : "ruled_out";
}

function isRuledOut(desk, criterion) {
  return conditionOf(desk, criterion) === "ruled_out";
}

function lacksComment(desk, criterion) {
  const answer = answerOf(desk, criterion);
  return !isRuledOut(desk, criterion) && (criterion.comment_required_on ?? []).includes(answer.verdict) && !answer.comment.trim();
}

function lacksCause(desk, criterion) {
  const answer = answerOf(desk, criterion);
  return !isRuledOut(desk, criterion) && (criterion.root_cause_required_on ?? []).includes(answer.verdict) && !answer.root_cause;
}

// What is still missing of a criterion: its verdict, the root cause, the comment, or nothing.
function lackOf(desk, criterion) {
  if (isRuledOut(desk, criterion)) return null;
  if (!answerOf(desk, criterion).verdict) return "verdict";
  if (lacksCause(desk, criterion)) return "cause";
  return lacksComment(desk, criterion) ? "comment" : null;
}

function openCriteria(desk) {
  return desk.criteria
    .map((criterion) => ({ criterion, lacks: lackOf(desk, criterion) }))
    .filter((entry) => entry.lacks);
}

function evidenceSecond(desk, item) {
  if (isNumber(item.start_s)) return item.start_s;
  const line = isNumber(item.utterance) ? desk.data.utterances.find((utterance) => utterance.index === item.utterance) : null;
  return line && isNumber(line.start_s) ? line.start_s : null;
}

// A person's own evidence comes before the machine's.
function timedEvidence(desk, criterion) {
  const own = answerOf(desk, criterion).evidence;
  const items = own.length ? own : (criterion.machine?.evidence ?? []);
  return items.map((item) => ({ item, second: evidenceSecond(desk, item) })).filter((entry) => entry.second !== null);
}

// Local answers win over the server's until it has acknowledged them, also when the component was mounted anew.
function initialState(desk) {
  const kept = UNSAVED.get(desk.call);
  if (kept && kept.edit > kept.saved) return kept;
  const draft = desk.data.draft ?? {};
  const edit = Math.max(draft.edit ?? 0, desk.data.status.saved_edit ?? 0);
  const answers = {};
  for (const [id, answer] of Object.entries(draft.answers ?? {})) {
    answers[id] = { verdict: answer.verdict ?? null, comment: answer.comment ?? "", root_cause: answer.root_cause ?? "", evidence: [...(answer.evidence ?? [])], by: "you" };
  }
  return { answers, edit, sent: edit, saved: edit, positionSentAt: 0, activeS: draft.active_s ?? 0, keystrokes: draft.keystrokes ?? 0, selected: null };
}

function payload(desk) {
  const { answers, edit, activeS, keystrokes } = desk.state;
  const positionS = Math.round(desk.player.time() * 100) / 100;
  return { call: desk.call, edit, answers: structuredClone(answers), position_s: positionS, active_s: activeS, keystrokes };
}

function sendDraft(desk) {
  clearTimeout(desk.draftTimer);
  desk.draftTimer = null;
  desk.state.sent = desk.state.edit;
  desk.state.positionSentAt = Date.now();
  desk.component.setStateValue("draft", payload(desk));
}

function noteChange(desk, soon = false) {
  desk.state.edit += 1;
  UNSAVED.set(desk.call, desk.state);
  clearTimeout(desk.draftTimer);
  if (soon) desk.draftTimer = setTimeout(() => sendDraft(desk), COMMENT_PAUSE_MS);
  else sendDraft(desk);
  desk.refresh();
}

function flushDraft(desk) {
  if (desk.draftTimer !== null) sendDraft(desk);
}

// The place in the call rides along on pause, at most every ten seconds.
function notePosition(desk) {
  if (desk.locked || desk.gone || Date.now() - desk.state.positionSentAt < POSITION_EVERY_MS) return;
  noteChange(desk);
}

function changeAnswer(desk, criterion, change, soon = false) {
  if (desk.locked) return;
  desk.state.answers[criterion.id] = { ...answerOf(desk, criterion), ...change, by: "you" };
  noteChange(desk, soon);
}

// Without an edit number from the caller, the first saved status after sending counts as the acknowledgement.
function acknowledge(desk) {
  const { saved_edit: edit, saved_at: at, error } = desk.data.status;
  if (isNumber(edit)) desk.state.saved = Math.max(desk.state.saved, edit);
  else if (at && !error) desk.state.saved = desk.state.sent;
  if (desk.state.saved >= desk.state.edit) UNSAVED.delete(desk.call);
}
