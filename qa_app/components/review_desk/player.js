// The audio and its controls. The element outlives every redraw; a renewed address is used only after a failure.
const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const STEP_S = 5;
let chosenSpeed = 1;

function createPlayer(desk) {
  const audio = el("audio", { preload: "metadata", hidden: true });
  const player = { audio, address: null, latest: null, lost: false, resume: false, pending: null, virtual: 0, frame: 0 };
  player.time = () => player.pending ?? (player.address && !player.lost ? audio.currentTime : player.virtual);
  player.playing = () => !audio.paused && !player.lost;
  player.seek = (second) => seekTo(desk, player, second);
  player.toggle = () => (player.playing() ? audio.pause() : startPlaying(desk, player));
  player.step = (seconds) => player.seek(player.time() + seconds);
  player.speed = (value) => setSpeed(desk, player, value);
  player.faster = (places) => setSpeed(desk, player, SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(chosenSpeed) + places))]);
  player.retry = () => loadAudio(desk, player, player.latest);
  listenToAudio(desk, player);
  return player;
}

function listenToAudio(desk, player) {
  const { audio } = player;
  audio.addEventListener("loadedmetadata", () => {
    if (player.pending !== null) audio.currentTime = player.pending;
    player.pending = null;
    audio.playbackRate = chosenSpeed;
    player.lost = false;
    if (player.resume) startPlaying(desk, player);
    player.resume = false;
    desk.showPlayer();
  });
  audio.addEventListener("play", () => runClock(desk, player));
  audio.addEventListener("pause", () => {
    desk.showPlayer();
    notePosition(desk);
  });
  for (const name of ["timeupdate", "seeked"]) audio.addEventListener(name, () => desk.showTime());
  audio.addEventListener("error", () => audioFailed(desk, player));
}

function runClock(desk, player) {
  desk.showPlayer();
  const tick = () => {
    desk.showTime();
    if (player.playing()) player.frame = requestAnimationFrame(tick);
  };
  cancelAnimationFrame(player.frame);
  tick();
}

function startPlaying(desk, player) {
  if (!player.address || player.lost) return desk.say(desk.labels[desk.data.audio ? "audio_lost" : "audio_none"]);
  return player.audio.play().catch((reason) => {
    if (reason.name !== "AbortError") audioFailed(desk, player);
  });
}

function loadAudio(desk, player, address) {
  player.resume = player.playing();
  player.pending = player.time();
  player.address = address;
  player.lost = false;
  player.audio.src = address;
  desk.showPlayer();
}

// An expired address is tried again once with the newest one the server has sent.
function audioFailed(desk, player) {
  if (!player.address) return;
  if (player.latest && player.latest !== player.address) {
    loadAudio(desk, player, player.latest);
    return;
  }
  player.virtual = player.time();
  player.pending = null;
  player.lost = true;
  desk.showPlayer();
}

function offerAudio(desk, player, source) {
  player.latest = source?.url ?? null;
  if (player.latest && (!player.address || player.lost) && player.latest !== player.address) loadAudio(desk, player, player.latest);
}

function seekTo(desk, player, second) {
  const target = Math.min(Math.max(0, second), Math.max(0, desk.durationS - 0.05));
  player.virtual = target;
  if (player.address && !player.lost) {
    if (player.audio.readyState >= 1) player.audio.currentTime = target;
    else player.pending = target;
  }
  desk.showTime();
}

function setSpeed(desk, player, value) {
  chosenSpeed = value;
  player.audio.playbackRate = value;
  desk.showPlayer();
}

function createControls(desk) {
  const { labels, player } = desk;
  const play = button("play", "▶", labels.play, () => player.toggle(), "Space");
  const time = el("span", { class: "time", role: "timer" });
  const speeds = SPEEDS.map((value) => button("speed", `${value}×`, fill(labels.speed, { x: value }), () => player.speed(value)));
  const retry = button("retry", labels.audio_retry, labels.audio_retry, () => player.retry());
  const lost = el("span", { class: "lost", role: "alert", hidden: true }, el("span"), retry);
  const back = button("step", "−5 s", labels.back_5, () => player.step(-STEP_S), "←");
  const ahead = button("step", "+5 s", labels.ahead_5, () => player.step(STEP_S), "→");
  const node = el("div", { class: "controls" }, play, back, ahead, time,
    el("span", { class: "speeds", role: "group", "aria-label": labels.speeds }, ...speeds), lost, legend(labels));
  const show = () => {
    setText(play.firstChild, player.playing() ? "❚❚" : "▶");
    play.setAttribute("aria-label", `${player.playing() ? labels.pause : labels.play} (Space)`);
    speeds.forEach((node_, place) => node_.setAttribute("aria-pressed", String(SPEEDS[place] === chosenSpeed)));
    const missing = !desk.data.audio;
    lost.hidden = !missing && !player.lost;
    retry.hidden = missing;
    setText(lost.firstChild, lost.hidden ? "" : `⚠ ${missing ? labels.audio_none : labels.audio_lost}`);
  };
  const showTime = (second) => setText(time, `${clock(second)} / ${clock(desk.durationS)}`);
  return { node, show, showTime };
}

function legend(labels) {
  const entry = (kind) => el("span", {}, el("i", { class: `swatch ${kind}` }), el("span", { text: labels[kind] }));
  return el("span", { class: "legend" }, entry("silence"), entry("hold"), entry("overlap"));
}
