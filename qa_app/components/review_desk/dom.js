// Small words for building the page. Text enters by textContent only: transcripts come from outside.
function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "text") node.textContent = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// A real button; a mouse click gives the focus back, so that Space plays instead of clicking again.
function button(className, text, title, action, key = null) {
  const press = (event) => {
    if (event.detail) event.currentTarget.blur();
    action(event);
  };
  const label = key ? `${title} (${key})` : title;
  const content = [el("span", { text }), key && el("kbd", { text: key, "aria-hidden": "true" })];
  return el("button", { type: "button", class: className, "aria-label": label, title: label, onclick: press }, ...content.filter(Boolean));
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}

function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

// Scrolls one pane only; scrollIntoView would move the whole page with it.
function bringIntoView(pane, node, margin = 12) {
  const outer = pane.getBoundingClientRect();
  const inner = node.getBoundingClientRect();
  if (inner.top < outer.top + margin || inner.height > outer.height - 2 * margin) pane.scrollTop += inner.top - outer.top - margin;
  else if (inner.bottom > outer.bottom - margin) pane.scrollTop += inner.bottom - outer.bottom + margin;
}
