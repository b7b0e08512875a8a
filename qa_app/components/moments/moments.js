// One audio element and a button a moment: pressing one plays from that second. Texts go in by textContent.
export default function (component) {
  const { parentElement, data } = component;
  let root = parentElement.querySelector(".moments");
  if (!root) {
    root = document.createElement("div");
    root.className = "moments";
    root.append(document.createElement("audio"), document.createElement("div"));
    parentElement.appendChild(root);
  }
  const [audio, list] = root.children;
  audio.controls = true;
  audio.preload = "none";
  audio.setAttribute("controlslist", "nodownload");
  audio.setAttribute("aria-label", data.label);
  if (audio.dataset.address !== data.address) {
    audio.dataset.address = data.address;
    audio.src = data.address;
  }
  list.replaceChildren(...data.moments.map((moment) => momentButton(audio, moment)));
}

function momentButton(audio, moment) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `▶ ${moment.clock} ${moment.title}`;
  button.title = moment.words;
  button.addEventListener("click", () => {
    const start = () => {
      audio.currentTime = moment.at_s;
      audio.play();
    };
    if (audio.readyState > 0) return start();
    audio.addEventListener("loadedmetadata", start, { once: true });
    audio.load();
  });
  return button;
}
