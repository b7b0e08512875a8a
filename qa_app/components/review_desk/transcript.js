// The transcript: follows the audio, finds words, and gives quotes that stand literally in one line.
const LOW_PROBABILITY = 0.5;
const HANDS_OFF_MS = 4000;

function createTranscript(desk) {
  const pane = el("div", { class: "lines", tabindex: "0", role: "region", "aria-label": desk.labels.transcript });
  const view = { desk, pane, current: -1, handAt: -HANDS_OFF_MS, hits: [], hit: -1 };
  view.timed = desk.data.utterances.some((utterance) => isNumber(utterance.start_s));
  view.lines = desk.data.utterances.map((utterance) => createLine(view, utterance));
  pane.append(...view.lines.map((line) => line.node));
  if (!view.lines.length) pane.append(el("p", { class: "empty", text: desk.labels.transcript_empty }));
  const byHand = () => (view.handAt = performance.now());
  for (const name of ["wheel", "touchmove", "pointerdown"]) pane.addEventListener(name, byHand, { passive: true });
  const search = createSearch(view);
  return {
    ...search,
    pane,
    node: el("section", { class: "transcript panel" }, search.bar, pane),
    showTime: (second) => followTime(view, second),
    showQuotes: () => showQuotes(view),
    quote: () => markedQuote(view) ?? lineQuote(view),
  };
}

function createLine(view, utterance) {
  const { desk } = view;
  const text = el("span", { class: "text", lang: utterance.language ?? desk.data.language });
  const timed = isNumber(utterance.start_s);
  // A transcript without times has no place to play: the clicked line is the current one.
  const seek = () => (timed ? desk.player.seek(utterance.start_s) : view.timed || makeCurrent(view, view.lines.findIndex((other) => other.utterance === utterance)));
  const time = timed ? button("at", clock(utterance.start_s), fill(desk.labels.seek_line, { time: clock(utterance.start_s) }), seek) : null;
  const signals = (utterance.signals ?? []).map((signal) => el("span", { class: "signal", text: `◆ ${signal}` }));
  const weak = isNumber(utterance.confidence) && utterance.confidence < LOW_PROBABILITY;
  const unsure = weak ? el("span", { class: "unsure", text: `≈ ${utterance.confidence.toFixed(2)}`, title: desk.labels.low_confidence }) : null;
  const node = el("div", { class: `line ${utterance.speaker}` }, el("span", { class: "who", text: utterance.label }), time ?? el("span"), el("div", { class: "said-by" }, text, ...signals, unsure));
  node.addEventListener("click", (event) => {
    if (!markedRange(desk.root) && !event.target.closest("button")) seek();
  });
  const line = { utterance, node, text, words: wordPlaces(utterance), pieces: [], hits: [], quotes: [], lit: -2 };
  drawLine(line, -1);
  return line;
}

// Where each recognised word stands in the line's text; a word that is not found near its place is left out.
function wordPlaces(utterance) {
  let from = 0;
  return (utterance.words ?? []).flatMap((word) => {
    const text = word.text.trim();
    const start = text ? utterance.text.indexOf(text, from) : -1;
    if (start < 0 || start - from > 12) return [];
    from = start + text.length;
    return [{ word, start, end: from }];
  });
}

function drawLine(line, currentHit) {
  const { text } = line.utterance;
  const cuts = new Set([0, text.length]);
  for (const range of [...line.words, ...line.hits, ...line.quotes]) cuts.add(range.start).add(range.end);
  const places = [...cuts].sort((one, other) => one - other);
  const covers = (range, start) => range.start <= start && start < range.end;
  line.pieces = places.slice(0, -1).map((start, place) => {
    const word = line.words.find((range) => covers(range, start))?.word;
    const hit = line.hits.find((range) => covers(range, start));
    const names = [word && word.probability < LOW_PROBABILITY && "low", hit && "hit", hit && hit.number === currentHit && "hit-now", line.quotes.some((range) => covers(range, start)) && "quoted"];
    return { word, node: el("span", { class: names.filter(Boolean).join(" "), text: text.slice(start, places[place + 1]) }) };
  });
  line.lit = -2;
  line.text.replaceChildren(...line.pieces.map((piece) => piece.node));
}

function lineAt(view, second) {
  let found = -1;
  view.lines.forEach((line, place) => {
    if (isNumber(line.utterance.start_s) && line.utterance.start_s <= second + 0.01) found = place;
  });
  return found;
}

function followTime(view, second) {
  if (!view.timed) return;
  const place = lineAt(view, second);
  if (place !== view.current) {
    makeCurrent(view, place);
    const following = performance.now() - view.handAt > HANDS_OFF_MS;
    if (place >= 0 && following) bringIntoView(view.pane, view.lines[place].node, view.pane.clientHeight / 5);
  }
  if (place >= 0) lightWords(view.lines[place], second);
}

function makeCurrent(view, place) {
  const before = view.lines[view.current];
  before?.node.classList.remove("current");
  if (before) lightWords(before, -1);
  view.current = place;
  view.lines[place]?.node.classList.add("current");
}

function lightWords(line, second) {
  const reached = line.pieces.filter((piece) => piece.word && piece.word.start_s <= second).length;
  if (reached === line.lit) return;
  line.lit = reached;
  for (const piece of line.pieces) piece.node.classList.toggle("spoken", Boolean(piece.word) && piece.word.start_s <= second);
}

function showQuotes(view) {
  const { desk } = view;
  const items = desk.selected ? [...answerOf(desk, desk.selected).evidence, ...(desk.selected.machine?.evidence ?? [])] : [];
  for (const line of view.lines) {
    const quotes = items.filter((item) => item.quote && item.utterance === line.utterance.index).flatMap((item) => {
      const start = line.utterance.text.indexOf(item.quote);
      return start < 0 ? [] : [{ start, end: start + item.quote.length }];
    });
    // An unchanged line is left alone: drawing it again would drop what the mouse has marked in it.
    if (JSON.stringify(quotes) === JSON.stringify(line.quotes)) continue;
    line.quotes = quotes;
    drawLine(line, view.hit);
  }
  desk.showTime();
}

function createSearch(view) {
  const { labels } = view.desk;
  const field = el("input", { type: "search", placeholder: labels.search, "aria-label": labels.search, autocomplete: "off" });
  const count = el("span", { class: "count", role: "status" });
  const show = () => setText(count, field.value ? `${view.hit + 1}/${view.hits.length}` : "");
  const jump = (places) => {
    if (view.hits.length) showHit(view, (view.hit + places + view.hits.length) % view.hits.length);
    show();
  };
  field.addEventListener("input", () => {
    findHits(view, field.value);
    jump(1);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter") jump(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") field.blur();
  });
  return { bar: el("div", { class: "panel-head" }, el("h3", { text: labels.transcript }), field, el("kbd", { text: "/" }), count), searchField: field };
}

function findHits(view, wanted) {
  const needle = wanted.trim().toLowerCase();
  const before = view.lines.filter((line) => line.hits.length);
  view.hits = [];
  view.hit = -1;
  for (const line of view.lines) {
    line.hits = [];
    const text = line.utterance.text.toLowerCase();
    for (let start = needle ? text.indexOf(needle) : -1; start >= 0; start = text.indexOf(needle, start + needle.length)) {
      line.hits.push({ start, end: start + needle.length, number: view.hits.length });
      view.hits.push(line);
    }
  }
  for (const line of new Set([...before, ...view.hits])) drawLine(line, view.hit);
  view.desk.showTime();
}

function showHit(view, number) {
  const before = view.hits[view.hit];
  view.hit = number;
  for (const line of new Set([before, view.hits[number]])) if (line) drawLine(line, number);
  view.desk.showTime();
  view.handAt = performance.now();
  bringIntoView(view.pane, view.hits[number].node, view.pane.clientHeight / 4);
}

// The marked text inside the shadow root; browsers differ in where they keep it.
function markedRange(root) {
  const whole = document.getSelection();
  const own = root.getSelection?.();
  if (own && own.rangeCount && !own.isCollapsed) return own.getRangeAt(0);
  const composed = whole?.getComposedRanges?.({ shadowRoots: [root] })[0];
  if (composed && root.contains(composed.startContainer) && !composed.collapsed) return composed;
  const plain = whole?.rangeCount && !whole.isCollapsed ? whole.getRangeAt(0) : null;
  return plain && root.contains(plain.startContainer) ? plain : null;
}

function markedQuote(view) {
  const range = markedRange(view.desk.root);
  const line = range && view.lines.find(({ text }) => text.contains(range.startContainer));
  if (!line) return null;
  const start = offsetIn(line.text, range.startContainer, range.startOffset);
  const end = line.text.contains(range.endContainer) ? offsetIn(line.text, range.endContainer, range.endOffset) : line.utterance.text.length;
  return quoteOf(line, start, end);
}

function offsetIn(text, container, offset) {
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(container, offset);
  return range.toString().length;
}

function quoteOf(line, from, to) {
  const raw = line.utterance.text.slice(from, to);
  const quote = raw.trim();
  if (!quote) return null;
  const start = from + raw.indexOf(quote);
  const words = line.words.filter((place) => place.end > start && place.start < start + quote.length);
  const startS = words[0]?.word.start_s ?? line.utterance.start_s;
  const endS = words.at(-1)?.word.end_s ?? line.utterance.end_s;
  return { kind: "quote", utterance: line.utterance.index, quote, start_s: startS ?? null, end_s: endS ?? null };
}

function lineQuote(view) {
  const line = view.lines[view.current];
  return line ? quoteOf(line, 0, line.utterance.text.length) : null;
}
