// Puts the parts together. The default export runs on every rerun: the first time it builds, later it only patches.
const LIVE = new Map();
const PARKED_MS = 1500;
const UNSAVED = new Map();
const GROUP_HEAD_PX = 34;

function callOf(data) {
  return data.call ?? data.header;
}

function contentMark({ status, draft, audio, ...content }) {
  return JSON.stringify([content, Boolean(status.readonly || status.submitted)]);
}

function createDesk(component) {
  const desk = { root: component.parentElement, component, call: callOf(component.data), selected: null, dialog: null, draftTimer: null };
  readData(desk, component.data);
  addActions(desk);
  desk.state = initialState(desk);
  desk.player = createPlayer(desk);
  // The audio stands outside: taken out of the page with the desk it would fall silent.
  desk.host = el("div", { class: "desk-host" });
  document.body.append(desk.player.audio);
  desk.root.append(desk.host);
  rememberPlaces(desk);
  const start = desk.state.positionS ?? desk.data.start_s ?? desk.data.draft?.position_s ?? 0;
  build(desk);
  offerAudio(desk, desk.player, desk.data.audio);
  if (start > 0) desk.player.seek(start);
  listenToPage(desk);
  if (desk.state.edit > desk.state.saved) sendDraft(desk);
  return desk;
}

function readData(desk, data) {
  desk.data = data;
  desk.labels = data.labels;
  desk.mark = contentMark(data);
  desk.locked = Boolean(data.status.readonly || data.status.submitted);
  desk.durationS = Math.max(data.duration_s || 0, 0.1);
  desk.criteria = orderedCriteria(data.sections);
}

function build(desk) {
  desk.selected = desk.criteria.find((criterion) => criterion.id === desk.state.selected) ?? desk.criteria[0] ?? null;
  desk.controls = createControls(desk);
  desk.timeline = createTimeline(desk);
  desk.transcript = createTranscript(desk);
  desk.form = createForm(desk);
  desk.notice = el("div", { class: "notice", role: "alert" });
  desk.statusBar = createStatusBar(desk);
  const top = el("header", { class: "top" }, createHead(desk), desk.timeline.node, desk.controls.node);
  const panels = el("div", { class: "panels" }, desk.transcript.node, desk.form.node);
  desk.node = el("div", { class: "desk", lang: desk.data.language === "zh" ? "zh-Hans" : desk.data.language, "data-tab": "transcript" }, top, createTabs(desk), panels, el("footer", {}, desk.notice, desk.statusBar.node));
  if (isNumber(desk.data.offset_px)) desk.node.style.setProperty("--desk-offset", `${desk.data.offset_px}px`);
  desk.host.append(desk.node);
  desk.form.showAll();
  desk.transcript.showQuotes();
  desk.showTab("transcript");
  desk.showPlayer();
  desk.refresh();
}

function addActions(desk) {
  desk.showTime = () => {
    const second = desk.player.time();
    desk.state.positionS = second;
    desk.controls.showTime(second);
    desk.timeline.showTime(second);
    desk.transcript.showTime(second);
  };
  desk.showPlayer = () => {
    desk.controls.show();
    desk.showTime();
  };
  desk.say = (text) => desk.statusBar.say(text);
  desk.refresh = () => refresh(desk);
  desk.select = (criterion, options = {}) => select(desk, criterion, options);
  desk.focusRow = (criterion) => desk.form.row(criterion).node.focus({ preventScroll: true });
  desk.showTab = (tab) => {
    desk.node.setAttribute("data-tab", tab);
    for (const node of desk.node.querySelectorAll("[role=tab]")) node.setAttribute("aria-selected", String(node.dataset.for === tab));
  };
  desk.startSearch = () => {
    desk.showTab("transcript");
    desk.transcript.searchField.focus();
    desk.transcript.searchField.select();
  };
  desk.closeDialog = () => {
    desk.dialog?.node.remove();
    desk.dialog?.back?.focus?.({ preventScroll: true });
    desk.dialog = null;
  };
}

// Choosing a criterion goes to its evidence without starting or stopping the audio.
function select(desk, criterion, { second = null, jump = true } = {}) {
  const before = desk.selected;
  desk.selected = criterion;
  desk.state.selected = criterion.id;
  if (before) desk.form.show(before);
  desk.form.show(criterion);
  desk.focusRow(criterion);
  bringIntoView(desk.form.pane, desk.form.row(criterion).node, GROUP_HEAD_PX);
  desk.transcript.showQuotes();
  desk.timeline.showFlags();
  const seconds = jump ? timedEvidence(desk, criterion).map((entry) => entry.second) : [];
  const target = second ?? Math.min(...seconds);
  if (isNumber(target)) desk.player.seek(target);
}

function refresh(desk) {
  desk.form.showAll();
  desk.timeline.showFlags();
  desk.transcript.showQuotes();
  desk.statusBar.show();
  if (!desk.listing) return;
  const open = openCriteria(desk);
  if (open.length) showOpenList(desk, open);
  else closeNotice(desk);
}

function createHead(desk) {
  const { labels } = desk;
  return el("div", { class: "head" }, el("h2", { text: desk.data.header }), button("plain", labels.previous, labels.previous, () => leave(desk, "previous"), "P"),
    button("plain", labels.next, labels.next, () => leave(desk, "next"), "N"), button("plain", labels.keys, labels.keys, () => openHelp(desk), "?"));
}

function createTabs(desk) {
  const tab = (name) => el("button", { type: "button", role: "tab", "data-for": name, text: desk.labels[name], onclick: () => desk.showTab(name) });
  return el("div", { class: "tabs", role: "tablist" }, tab("transcript"), tab("form"));
}

function createStatusBar(desk) {
  const { labels } = desk;
  const parts = Object.fromEntries(["saved", "score", "open", "critical", "timer"].map((name) => [name, el("span", { class: `status ${name}` })]));
  parts.timer.hidden = desk.locked;
  const live = el("span", { class: "said", role: "status", "aria-live": "polite" });
  parts.saved.setAttribute("role", "status");
  const acts = desk.locked ? [] : [button("primary", labels.submit, labels.submit, () => askToSubmit(desk), "S"), button("plain", labels.flag, labels.flag, () => openFlag(desk), "F")];
  const node = el("div", { class: "status-bar" }, ...Object.values(parts), live, ...acts);
  let timer = null;
  const say = (text) => {
    live.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => (live.textContent = ""), 6000);
  };
  return { node, say, show: () => showStatus(desk, parts), showTimer: () => setText(parts.timer, `${labels.time_on_call} ${clock(desk.state.activeS)}`) };
}

function showStatus(desk, parts) {
  const { labels } = desk;
  const { status } = desk.data;
  const open = openCriteria(desk).length;
  setText(parts.saved, savedText(desk));
  parts.saved.classList.toggle("error", Boolean(status.error));
  const passed = status.passed === null || status.passed === undefined ? "" : status.passed ? ` ✓ ${labels.passed}` : ` ✕ ${labels.not_passed}`;
  setText(parts.score, `${labels.total} ${isNumber(status.score_pct) ? status.score_pct.toFixed(1) : "–"}${passed}`);
  setText(parts.open, open ? `○ ${fill(labels.open, { n: open })}` : `✓ ${labels.open_none}`);
  setText(parts.critical, status.critical?.length ? `⚠ ${labels.critical}: ${status.critical.join(", ")}` : `${labels.critical}: ${labels.critical_none}`);
  parts.critical.classList.toggle("error", Boolean(status.critical?.length));
  desk.statusBar?.showTimer();
}

function savedText(desk) {
  const { labels } = desk;
  const { status } = desk.data;
  if (status.error) return `⚠ ${status.error}`;
  if (status.submitted) return `✓ ${labels.submitted}`;
  if (status.readonly) return labels.readonly;
  if (desk.submitting) return labels.submitting;
  if (desk.state.edit > desk.state.saved) return labels.saving;
  return status.saved_at ? `✓ ${fill(labels.saved, { time: status.saved_at })}` : labels.not_saved_yet;
}

function listenToPage(desk) {
  const pressed = (event) => onKey(desk, event);
  const hidden = () => document.visibilityState === "hidden" && flushDraft(desk);
  window.addEventListener("keydown", pressed, true);
  document.addEventListener("visibilitychange", hidden);
  const seconds = setInterval(() => {
    if (document.visibilityState !== "visible" || desk.locked) return;
    desk.state.activeS += 1;
    desk.statusBar.showTimer();
  }, 1000);
  desk.destroy = () => {
    window.removeEventListener("keydown", pressed, true);
    document.removeEventListener("visibilitychange", hidden);
    clearInterval(seconds);
    clearTimeout(desk.draftTimer);
    desk.draftTimer = null;
    desk.gone = true;
    cancelAnimationFrame(desk.player.frame);
    desk.timeline.destroy();
    desk.player.audio.pause();
    desk.player.address = null;
    desk.player.audio.removeAttribute("src");
    desk.player.audio.remove();
    desk.host.remove();
    if (LIVE.get(desk.call) === desk) LIVE.delete(desk.call);
  };
}

// A changed language, form or lock redraws the desk round the running audio; everything else is patched in place.
function update(desk, component) {
  desk.component = component;
  const { mark } = desk;
  const submitted = desk.data.status.submitted;
  readDataKeepingSelection(desk, component.data, mark);
  acknowledge(desk);
  if (component.data.status.error || component.data.status.submitted !== submitted) desk.submitting = false;
  offerAudio(desk, desk.player, component.data.audio);
  if (desk.mark !== mark) rebuild(desk);
  else desk.refresh();
}

function readDataKeepingSelection(desk, data, mark) {
  const { criteria } = desk;
  readData(desk, data);
  if (desk.mark === mark) desk.criteria = criteria;
}

function rebuild(desk) {
  const places = [desk.transcript.pane.scrollTop, desk.form.pane.scrollTop];
  const { tab } = desk.node.dataset;
  desk.timeline.destroy();
  desk.closeDialog();
  closeNotice(desk);
  desk.node.remove();
  build(desk);
  desk.showTab(tab);
  [desk.transcript.pane.scrollTop, desk.form.pane.scrollTop] = places;
}

// Fast reruns sometimes take the component out of the page and put it back at once: the same desk moves over.
function adopt(desk, root) {
  clearTimeout(desk.parked);
  if (desk.root === root) return false;
  desk.root = root;
  root.append(desk.host);
  for (const [pane, top] of desk.scrolled) pane.scrollTop = top;
  if (desk.focused?.isConnected) desk.focused.focus({ preventScroll: true });
  return true;
}

function park(desk) {
  desk.parked = setTimeout(() => desk.destroy(), PARKED_MS);
}

function rememberPlaces(desk) {
  desk.scrolled = new Map();
  desk.focused = null;
  desk.host.addEventListener("scroll", (event) => desk.host.isConnected && desk.scrolled.set(event.target, event.target.scrollTop), true);
  desk.host.addEventListener("focusin", (event) => (desk.focused = event.target));
  desk.host.addEventListener("focusout", () => setTimeout(() => forgetFocus(desk)));
}

function forgetFocus(desk) {
  if (desk.host.isConnected && !desk.root.activeElement) desk.focused = null;
}

export default function (component) {
  const { data, parentElement } = component;
  const call = callOf(data);
  for (const other of [...LIVE.values()]) if (other.root === parentElement && other.call !== call) other.destroy();
  const desk = LIVE.get(call) ?? createDesk(component);
  LIVE.set(call, desk);
  const moved = adopt(desk, parentElement);
  update(desk, component);
  // What was sent from the place it left may never have arrived.
  if (moved && desk.state.edit > desk.state.saved) sendDraft(desk);
  return () => {
    for (const left of [...LIVE.values()]) if (left.root === parentElement) park(left);
  };
}
