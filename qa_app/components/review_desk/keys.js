// One listener for all keys, in front of the page's own shortcuts. Digits and letters work under a Chinese input method.
const NORMAL_KEYS = {
  " ": (desk) => desk.player.toggle(), k: (desk) => desk.player.toggle(),
  ArrowLeft: (desk) => desk.player.step(-STEP_S), ArrowRight: (desk) => desk.player.step(STEP_S),
  "[": (desk) => desk.player.faster(-1), "]": (desk) => desk.player.faster(1), "<": (desk) => desk.player.faster(-1), ">": (desk) => desk.player.faster(1),
  ArrowUp: (desk) => moveSelection(desk, -1), i: (desk) => moveSelection(desk, -1),
  ArrowDown: (desk) => moveSelection(desk, 1), j: (desk) => moveSelection(desk, 1),
  Enter: (desk) => confirmAndGoOn(desk), a: (desk) => confirmRemaining(desk),
  c: (desk) => desk.selected && !desk.locked && openComment(desk, desk.selected),
  e: (desk) => addEvidence(desk), x: (desk) => desk.selected && dropEvidence(desk, desk.selected, answerOf(desk, desk.selected).evidence.length - 1),
  "/": (desk) => desk.startSearch(), s: (desk) => askToSubmit(desk), f: (desk) => openFlag(desk),
  n: (desk) => leave(desk, "next"), p: (desk) => leave(desk, "previous"),
  "?": (desk) => openHelp(desk), Escape: (desk) => closeNotice(desk),
};
const ASKING_KEYS = { Enter: submit, Escape: closeNotice };
const HELP_KEYS = { "?": (desk) => desk.closeDialog(), Escape: (desk) => desk.closeDialog() };
const FLAG_KEYS = { Escape: (desk) => desk.closeDialog(), Enter: (desk) => desk.dialog.node.querySelector("form").requestSubmit() };
const SIGNS = { "？": "?", "《": "<", "》": ">", "【": "[", "】": "]", "、": "/" };

function keyName(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit && !event.shiftKey) return digit[1];
  if (event.code === "Space" || event.code.endsWith("Enter")) return event.code === "Space" ? " " : "Enter";
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter) return letter[1].toLowerCase();
  if (event.code === "Slash" && !/^[/?]$/.test(event.key)) return event.shiftKey ? "?" : "/";
  if (/^Bracket/.test(event.code) && !event.shiftKey) return event.code === "BracketLeft" ? "[" : "]";
  return SIGNS[event.key] ?? event.key;
}

function isTyping(target) {
  if (!(target instanceof Element)) return false;
  if (target.matches("textarea,select,[contenteditable=''],[contenteditable=true]")) return true;
  return target.matches("input") && !["radio", "checkbox", "button", "submit", "range"].includes(target.type);
}

// Enter and Space on a focused button or link are that button's own; other dialogs keep all keys.
function belongsElsewhere(desk, event, name) {
  const path = event.composedPath();
  const target = path[0];
  if (isTyping(target)) return true;
  const own = path.includes(desk.node);
  if (!own && path.some((node) => node instanceof Element && node.matches("[role=dialog],[role=listbox],[role=menu],[role=slider],[role=grid]"))) return true;
  const pressable = target instanceof Element && target.closest("button,a,summary,[role=tab]");
  return Boolean(pressable) && (name === "Enter" || name === " ");
}

function actionFor(desk, name) {
  const verdict = VERDICT_OF_KEY[name];
  if (desk.dialog?.mode === "flag") return /^[1-9]$/.test(name) ? () => chooseReason(desk, Number(name)) : FLAG_KEYS[name];
  if (desk.dialog) return HELP_KEYS[name];
  if (desk.asking && ASKING_KEYS[name]) return ASKING_KEYS[name];
  if (verdict) return () => desk.selected && giveVerdict(desk, desk.selected, verdict);
  return Object.hasOwn(NORMAL_KEYS, name) ? NORMAL_KEYS[name] : undefined;
}

function onKey(desk, event) {
  if (event.isComposing || !desk.node.offsetHeight) return;
  if (!event.repeat && event.composedPath().includes(desk.node)) desk.state.keystrokes += 1;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const name = keyName(event);
  if (belongsElsewhere(desk, event, name)) return;
  const action = actionFor(desk, name);
  if (!action) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.repeat && !name.startsWith("Arrow")) return;
  if (!event.composedPath().includes(desk.node)) desk.state.keystrokes += 1;
  action(desk);
}

function leave(desk, trigger) {
  flushDraft(desk);
  desk.component.setTriggerValue(trigger, true);
}
