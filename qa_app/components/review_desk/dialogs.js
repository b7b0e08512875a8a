// What asks back: the key overlay, the confirmation of submitting, the list of what is open, and the flag.
const KEY_HELP = [
  ["Space K", "help_play"], ["← →", "help_step"], ["[ ]  < >", "help_speed"], ["↑ ↓  I J", "help_move"],
  ["1 2 3 0", "help_verdicts"], ["Enter", "help_confirm"], ["A", "help_confirm_all"], ["C", "help_comment"],
  ["E", "help_evidence"], ["X", "help_drop"], ["/", "help_search"], ["S", "help_submit"],
  ["F", "help_flag"], ["N P", "help_calls"], ["Esc", "help_escape"], ["?", "help_help"],
];
const FLAG_REASONS = ["flag_silent", "flag_too_short", "flag_wrong_call", "flag_language", "flag_quality", "flag_other"];

const SUBMIT_PATIENCE_MS = 10000;

function openOverlay(desk, mode, title, ...content) {
  const back = desk.root.activeElement;
  const heading = el("h3", { text: title });
  const box = el("div", { class: "box", role: "dialog", "aria-modal": "true", "aria-label": title, tabindex: "-1" }, el("div", { class: "box-head" }, heading, button("close", "×", desk.labels.close, () => desk.closeDialog(), "Esc")), ...content);
  const overlay = el("div", { class: "overlay" }, box);
  overlay.addEventListener("click", (event) => event.target === overlay && desk.closeDialog());
  overlay.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) desk.closeDialog();
    if (event.key === "Tab") keepFocusInside(desk, event, box);
  });
  desk.node.append(overlay);
  desk.dialog = { mode, node: overlay, back };
  box.focus({ preventScroll: true });
}

function keepFocusInside(desk, event, box) {
  const stops = [...box.querySelectorAll("button,input")];
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (desk.root.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
}

function openHelp(desk) {
  const entry = ([keys, label]) => [el("dt", {}, ...keys.split(/ +/).map((key) => el("kbd", { text: key }))), el("dd", { text: desk.labels[label] })];
  openOverlay(desk, "help", desk.labels.keys, el("dl", { class: "keys" }, ...KEY_HELP.flatMap(entry)));
}

function openFlag(desk) {
  if (desk.locked) return;
  const { labels } = desk;
  const choice = (reason, place) => el("label", {}, el("input", { type: "radio", name: "reason", value: reason }), el("kbd", { text: place + 1 }), el("span", { text: labels[reason] }));
  const words = el("input", { type: "text", maxlength: "500", placeholder: labels.flag_words, "aria-label": labels.flag_words });
  const refused = el("p", { class: "needed", role: "alert" });
  const form = el("form", { class: "flag-form" }, ...FLAG_REASONS.map(choice), words, refused,
    el("div", { class: "box-foot" }, el("button", { type: "submit", class: "primary", text: labels.flag_send }), button("plain", labels.cancel, labels.cancel, () => desk.closeDialog(), "Esc")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendFlag(desk, form, words, refused);
  });
  openOverlay(desk, "flag", labels.flag_title, form);
}

function chooseReason(desk, number) {
  const radio = desk.dialog.node.querySelectorAll("input[type=radio]")[number - 1];
  if (!radio) return;
  radio.checked = true;
  if (radio.value === "flag_other") desk.dialog.node.querySelector("input[type=text]").focus();
}

function sendFlag(desk, form, words, refused) {
  const reason = form.querySelector("input[type=radio]:checked")?.value ?? (words.value.trim() ? "flag_other" : null);
  const note = words.value.trim();
  if (!reason || (reason === "flag_other" && !note)) {
    refused.textContent = desk.labels.flag_needs_reason;
    words.focus();
    return;
  }
  flushDraft(desk);
  const { active_s: activeS, keystrokes } = payload(desk);
  desk.component.setTriggerValue("flag", { call: desk.call, reason: reason.replace("flag_", ""), label: desk.labels[reason], note, active_s: activeS, keystrokes });
  desk.closeDialog();
  desk.say(desk.labels.flag_sent);
}

// Submitting asks once more; whatever is missing is listed instead and the first of it chosen.
function askToSubmit(desk) {
  if (desk.locked) return;
  const open = openCriteria(desk);
  const { labels } = desk;
  if (open.length) {
    showOpenList(desk, open);
    if (open[0].lacks === "cause") openCause(desk, open[0].criterion);
    else if (open[0].lacks === "comment") openComment(desk, open[0].criterion);
    else desk.select(open[0].criterion);
    return;
  }
  desk.asking = true;
  desk.notice.replaceChildren(el("strong", { text: labels.submit_ask }), button("primary", labels.submit_yes, labels.submit_yes, () => submit(desk), "Enter"), button("plain", labels.cancel, labels.cancel, () => closeNotice(desk), "Esc"));
}

function showOpenList(desk, open) {
  const entry = ({ criterion, lacks }) => {
    const text = lacks === "verdict" ? String(criterion.number) : `${criterion.number} ✎`;
    const go = () => ({ comment: openComment, cause: openCause })[lacks]?.(desk, criterion) ?? desk.select(criterion);
    const label = { comment: "comment_missing", cause: "cause_missing", verdict: "to_answer" }[lacks];
    return button("open-one", text, `${criterion.number} ${criterion.title}: ${desk.labels[label]}`, go);
  };
  desk.notice.replaceChildren(el("strong", { text: fill(desk.labels.submit_refused, { n: open.length }) }), ...open.map(entry), button("plain", "×", desk.labels.close, () => closeNotice(desk), "Esc"));
  desk.listing = true;
}

function closeNotice(desk) {
  desk.asking = false;
  desk.listing = false;
  desk.notice.replaceChildren();
}

function submit(desk) {
  closeNotice(desk);
  flushDraft(desk);
  desk.submitting = true;
  setTimeout(() => submittedOrNot(desk), SUBMIT_PATIENCE_MS);
  desk.component.setTriggerValue("submit", payload(desk));
  desk.refresh();
}

// A server that says nothing must not leave "submitting" standing for ever.
function submittedOrNot(desk) {
  if (desk.gone || !desk.submitting) return;
  desk.submitting = false;
  desk.refresh();
}
