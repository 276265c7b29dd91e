// The board: keys, lists that hold still while they are in use, time left, focus. The page is drawn by the server; this only presses its
// buttons, so that whatever a key does can be seen and clicked.

const board = () => document.querySelector("[data-board]");
const visible = element => element && !element.disabled && element.offsetParent !== null;
const typing = element => element?.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

// --- Keys (WCAG 2.1.4: single keys can be turned off; kept in this browser).
const keysOn = () => localStorage.getItem("ops-keys") !== "off";
document.addEventListener("change", event => {
  if (event.target.matches?.("[data-keys-switch]")) localStorage.setItem("ops-keys", event.target.checked ? "on" : "off");
});

document.addEventListener("keydown", event => {
  const page = board();
  if (!page || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return leave(page, event);
  if (event.key === "Enter") return enter(page, event);
  if (typing(event.target) || !keysOn()) return;
  if (event.key === "j" || event.key === "ArrowDown") return step(page, event, 1);
  if (event.key === "k" || event.key === "ArrowUp") return step(page, event, -1);
  const key = event.key.toLowerCase();
  const field = [...page.querySelectorAll(`[data-key-focus="${CSS.escape(key)}"]`)].find(visible);
  if (field) {
    event.preventDefault();
    field.focus();
    field.select?.();
    return;
  }
  const button = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
  if (button && !event.repeat) {
    event.preventDefault();
    button.click();
  }
});

// Enter saves, except where the browser itself has a use for it: on links, other buttons, choices, and new lines with Shift.
function enter(page, event) {
  const target = event.target;
  const note = target.matches?.("[data-note]");
  if (event.shiftKey || event.repeat || (typing(target) && !note)) return;
  if (!note && target.closest?.("a:not([data-row]), summary, button:not([aria-pressed=true])")) return;
  if (!note && !keysOn()) return;
  if (target.matches?.("a[data-row]") && target.getAttribute("aria-current") !== "true") return;
  const save = [...page.querySelectorAll("[data-save]")].find(visible);
  if (!save) return;
  event.preventDefault();
  if (note) target.blur(); // the next letters are keys again
  save.click();
}

function leave(page, event) {
  if (typing(event.target)) {
    event.target.blur();
    return;
  }
  const close = [...page.querySelectorAll("[data-close]")].find(visible);
  if (close) close.click();
}

// --- From row to row: presses the next row's link, and takes the focus along.
function step(page, event, by) {
  if (event.target.closest?.("[data-board] .panel-body")) {
    if (event.key.startsWith("Arrow")) return; // there the arrows scroll
  }
  const rows = [...page.querySelectorAll("a[data-row]")];
  if (rows.length === 0) return;
  event.preventDefault();
  const focused = rows.indexOf(document.activeElement);
  const current = focused >= 0 ? focused : rows.findIndex(row => row.getAttribute("aria-current") === "true");
  const next = current + by;
  if (next >= rows.length) {
    page.querySelector("[data-more]")?.click();
    return;
  }
  go(rows[Math.max(0, next)]);
}
function go(row) {
  row.click();
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

// A row's link keeps what the board is narrowed to as the address says it, which may be a moment ahead of what the server drew.
document.addEventListener("click", event => {
  const row = event.target.closest?.("a[data-row]");
  if (!row) return;
  const address = new URL(location.href);
  address.searchParams.set("case", row.dataset.row);
  row.setAttribute("href", address.pathname + address.search);
}, { capture: true });

// After an answer was saved (or undone) the server selects another row: the focus follows, so that the next key is about it.
let follow = false;
document.addEventListener("click", event => {
  if (event.target.closest?.("[data-save], [data-undo]")) follow = true;
});
new MutationObserver(changes => {
  if (!follow) return;
  for (const change of changes) {
    const row = change.target;
    if (row.matches?.("a[data-row]") && row.getAttribute("aria-current") === "true") {
      follow = false;
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
      return;
    }
  }
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["aria-current"] });

// --- In use: while the pointer or the focus is in the list or the panel's form, and a little longer, the list holds still.
let until = 0, told = null;
const using = page => page.querySelector("[data-hold]:hover, [data-hold]:focus-within") !== null;
function watchUse() {
  const page = board();
  const box = page?.querySelector("[data-in-use]");
  if (!box) { told = null; return; }
  if (using(page)) until = performance.now() + 1500;
  const used = performance.now() < until;
  if (told?.box === box && told.used === used) return;
  told = { box, used };
  page.toggleAttribute("data-used", used);
  box.checked = used;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}
for (const name of ["pointerover", "pointerout", "focusin", "focusout", "keydown"]) document.addEventListener(name, watchUse, { passive: true });
setInterval(watchUse, 500);

// --- Sheets: [data-sheet=ID] opens the dialog of that id.
document.addEventListener("click", event => {
  const opener = event.target.closest?.("[data-sheet]");
  const sheet = opener && document.getElementById(opener.dataset.sheet);
  if (sheet) {
    for (const box of sheet.querySelectorAll("[data-keys-switch]")) box.checked = keysOn();
    sheet.showModal();
  } else if (event.target.matches?.("dialog.sheet")) {
    event.target.close(); // beside it
  }
});

// --- <ops-left until>: how long one can still act; the bar is the last four hours.
const lefts = new Set();
class OpsLeft extends HTMLElement {
  static observedAttributes = ["until"];
  #bar; #fill; #words;
  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    this.#bar = shadow.appendChild(document.createElement("span"));
    this.#bar.part = "bar";
    this.#fill = this.#bar.appendChild(document.createElement("span"));
    this.#fill.part = "fill";
    this.#words = shadow.appendChild(document.createElement("span"));
    this.#words.part = "words";
  }
  connectedCallback() { lefts.add(this); this.show(Date.now()); }
  disconnectedCallback() { lefts.delete(this); }
  attributeChangedCallback() { if (this.isConnected) this.show(Date.now()); }
  show(now) {
    const until = Date.parse(this.getAttribute("until"));
    if (isNaN(until)) return;
    const minutes = (until - now) / 60000;
    const state = minutes <= 0 ? "over" : minutes <= 30 ? "short" : minutes <= 90 ? "soon" : "long";
    if (this.dataset.state !== state) this.dataset.state = state;
    const words = minutes <= 0 ? "too late" : length(minutes);
    if (this.#words.textContent !== words) this.#words.textContent = words;
    this.#fill.style.inlineSize = `${Math.max(0, Math.min(100, minutes / 2.4)).toFixed(1)}%`;
  }
}
function length(minutes) {
  if (minutes < 1) return `${Math.ceil(minutes * 60)} s`;
  if (minutes < 60) return `${Math.floor(minutes)} min`;
  const hours = Math.floor(minutes / 60), rest = Math.floor(minutes % 60);
  if (hours < 10) return rest ? `${hours} h ${String(rest).padStart(2, "0")}` : `${hours} h`;
  return hours < 36 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
customElements.define("ops-left", OpsLeft);
setInterval(() => {
  if (document.hidden) return;
  const now = Date.now();
  for (const left of lefts) left.show(now);
}, 1000);
