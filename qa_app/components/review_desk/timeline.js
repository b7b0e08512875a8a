// One waveform row a channel, what was measured over it, and the evidence of the criteria as numbered flags.
const FLAG_PX = 21;

function createTimeline(desk) {
  const flags = el("div", { class: "flags" });
  const playhead = el("div", { class: "playhead" });
  const waves = el("div", { class: "waves" }, ...desk.data.channels.map(waveRow), ...markNodes(desk), playhead);
  const slider = { class: "track", role: "slider", tabindex: "0", "aria-label": desk.labels.timeline, "aria-valuemin": 0, "aria-valuemax": Math.round(desk.durationS) };
  const track = el("div", slider, flags, waves);
  const names = el("div", { class: "names" }, ...desk.data.channels.map((channel) => el("span", { text: channel.label })));
  dragToSeek(desk, track);
  const watcher = new ResizeObserver(() => placeFlags(desk, flags));
  watcher.observe(track);
  return {
    node: el("div", { class: "timeline" }, names, track),
    showTime: (second) => moveHead(desk, track, playhead, second),
    showFlags: () => placeFlags(desk, flags),
    destroy: () => watcher.disconnect(),
  };
}

function waveRow(channel) {
  const heights = channel.waveform?.length ? channel.waveform : [0];
  const top = heights.map((height, x) => `${x} ${(50 - 47 * height).toFixed(1)}`);
  const bottom = heights.map((height, x) => `${x} ${(50 + 47 * height).toFixed(1)}`).reverse();
  const path = svg("path", { d: `M${[...top, ...bottom].join("L")}Z` });
  const picture = svg("svg", { viewBox: `0 0 ${Math.max(1, heights.length - 1)} 100`, preserveAspectRatio: "none", "aria-hidden": "true" }, path);
  return el("div", { class: `wave ${channel.speaker}` }, picture);
}

function markNodes(desk) {
  const { silences = [], holds = [], overlaps = [] } = desk.data.marks ?? {};
  const node = (kind) => ([start, end]) => {
    const share = (second) => `${(100 * second) / desk.durationS}%`;
    const title = `${desk.labels[kind]} ${clock(start)}–${clock(end)}`;
    return el("div", { class: `mark ${kind}`, title, style: `left:${share(start)};width:${share(end - start)}` });
  };
  return [...silences.map(node("silence")), ...holds.map(node("hold")), ...overlaps.map(node("overlap"))];
}

function moveHead(desk, track, playhead, second) {
  playhead.style.left = `${(100 * Math.min(second, desk.durationS)) / desk.durationS}%`;
  track.setAttribute("aria-valuenow", String(Math.round(second)));
  track.setAttribute("aria-valuetext", `${clock(second)} / ${clock(desk.durationS)}`);
}

function dragToSeek(desk, track) {
  const seek = (event) => {
    const box = track.getBoundingClientRect();
    desk.player.seek(((event.clientX - box.left) / box.width) * desk.durationS);
  };
  track.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest(".flag")) return;
    track.setPointerCapture(event.pointerId);
    seek(event);
  });
  track.addEventListener("pointermove", (event) => {
    if (track.hasPointerCapture(event.pointerId)) seek(event);
  });
}

// Flags that would cover each other go to the second lane, then to the right.
function placeFlags(desk, box) {
  const width = box.clientWidth;
  if (!width) return;
  const found = desk.criteria.flatMap((criterion) => timedEvidence(desk, criterion).map(({ second }) => ({ criterion, second })));
  found.sort((one, other) => one.second - other.second);
  const free = [0, 0];
  const nodes = found.map(({ criterion, second }) => {
    const wanted = Math.min((second / desk.durationS) * width, width - FLAG_PX);
    const lane = free[0] <= wanted || free[0] <= free[1] ? 0 : 1;
    const left = Math.max(wanted, free[lane]);
    free[lane] = left + FLAG_PX;
    return flagNode(desk, criterion, second, left, lane);
  });
  box.replaceChildren(...nodes);
}

function flagNode(desk, criterion, second, left, lane) {
  const verdict = answerOf(desk, criterion).verdict ?? criterion.machine?.verdict ?? "open";
  const title = `${criterion.number} ${criterion.title} · ${verdictLabel(desk, criterion, verdict)} · ${clock(second)}`;
  const node = button(`flag ${verdict}`, String(criterion.number), title, () => desk.select(criterion, { second }));
  node.tabIndex = -1;
  node.style.left = `${left}px`;
  node.style.top = `${lane * 18}px`;
  node.setAttribute("aria-current", String(desk.selected === criterion));
  return node;
}
