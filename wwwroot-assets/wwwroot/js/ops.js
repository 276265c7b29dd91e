// What the browser does by itself: theme, times, connection. No page needs more than this to be read.

const root = document.documentElement;

// --- Theme: an attribute of the document, kept in a cookie so that the server paints it right the first time.
document.addEventListener("click", event => {
  if (!event.target.closest?.("[data-theme-toggle]")) return;
  const dark = root.dataset.theme === "dark" || (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
  document.querySelector("meta[name=color-scheme]")?.setAttribute("content", root.dataset.theme);
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `ops-theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax${secure}`;
});

// --- Signing out ends this page's circuit first: it would hear that the session is over and go to the door instead of to where the form leads.
document.addEventListener("submit", event => {
  if (event.target.matches?.("form[action='/sign-out']")) window.Blazor?.disconnect?.();
});

// --- A menu closes when one clicks beside it or presses Escape.
document.addEventListener("click", event => {
  for (const menu of document.querySelectorAll("details.who[open]"))
    if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.who[open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

// --- <ops-time datetime mode>: a moment in the viewer's zone, kept current without the server.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
const exact = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZoneName: "short" });
const tell = {
  ago: (at, now) => {
    const seconds = (now - at) / 1000;
    const span = length(Math.abs(seconds));
    return Math.abs(seconds) < 1 ? "now" : seconds > 0 ? `${span} ago` : `in ${span}`;
  },
  left: (at, now) => at <= now ? "over" : length((at - now) / 1000),
  full: at => full.format(at),
  clock: (at, now) => {
    const days = Math.round((midnight(at) - midnight(now)) / 86400000);
    const time = clock.format(at);
    return days === 0 ? time : days === 1 ? `tomorrow ${time}` : days === -1 ? `yesterday ${time}` : `${day.format(at)} ${time}`;
  },
};
const midnight = time => new Date(time.getFullYear(), time.getMonth(), time.getDate());
function length(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${String(minutes % 60).padStart(2, "0")}` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return days < 14 && hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
}
const times = new Set();
class OpsTime extends HTMLElement {
  static observedAttributes = ["datetime", "mode"];
  // What the server wrote stays in the element for who has no script; what is shown stands in the shadow, where Blazor doesn't look.
  #text = this.attachShadow({ mode: "open" }).appendChild(document.createElement("time"));
  connectedCallback() { times.add(this); this.show(new Date()); }
  disconnectedCallback() { times.delete(this); }
  attributeChangedCallback() { if (this.isConnected) this.show(new Date()); }
  show(now) {
    const at = new Date(this.getAttribute("datetime"));
    if (isNaN(at)) return;
    const text = (tell[this.getAttribute("mode")] ?? tell.ago)(at, now);
    if (this.#text.textContent !== text) this.#text.textContent = text;
    const title = exact.format(at);
    if (this.title !== title) {
      this.title = title;
      this.#text.dateTime = this.getAttribute("datetime");
    }
  }
}
customElements.define("ops-time", OpsTime);

// --- <ops-zone for>: offers this browser's time zone to a field.
class OpsZone extends HTMLElement {
  connectedCallback() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone || this.firstChild) return;
    const button = this.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "link-button";
    button.textContent = `Use this browser's: ${zone}`;
    button.addEventListener("click", () => {
      const field = document.getElementById(this.getAttribute("for"));
      field.value = zone;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
customElements.define("ops-zone", OpsZone);
setInterval(() => {
  if (document.hidden) return;
  const now = new Date();
  for (const time of times) time.show(now);
}, 1000);

// --- The circuit: says what is happening, comes back by itself. Drafts are in the store and the page's state is in its URL, so that opening
// it anew loses nothing.
const banner = document.getElementById("components-reconnect-modal");
if (banner) {
  let waiting = null;
  const open = () => { root.dataset.connection = "gone"; location.reload(); };
  const openWhenReachable = () => {
    waiting ??= setInterval(async () => {
      try {
        const answer = await fetch("/health/live", { cache: "no-store" });
        if (answer.ok) open();
      } catch { /* still away */ }
    }, 3000);
  };
  banner.addEventListener("components-reconnect-state-changed", async event => {
    switch (event.detail.state) {
      case "show":
      case "retrying":
        root.dataset.connection = "trying";
        break;
      case "hide":
        delete root.dataset.connection;
        clearInterval(waiting);
        waiting = null;
        break;
      case "failed":
        root.dataset.connection = "failed";
        openWhenReachable();
        break;
      case "rejected":
      case "paused":
      case "resume-failed":
        open();
        break;
    }
  });
  banner.querySelector("[data-reload]").addEventListener("click", open);
  // A page that slept longer than its circuit is kept looks alive and is not.
  let hiddenSince = null;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenSince = Date.now();
    else if (hiddenSince && Date.now() - hiddenSince > 2 * 3600 * 1000) open();
  });
}

// --- What it is like from here: how long the way over the circuit and back takes, and until the page answered. Sent to where the page came from.
if (banner) {
  const measure = async load => {
    const began = performance.now();
    await DotNet.invokeMethodAsync("OpsConsole", "OpsEcho");
    const ended = performance.now();
    navigator.sendBeacon("/measured", new Blob([JSON.stringify({ roundTrip: ended - began, load: load ? ended : undefined })], { type: "application/json" }));
  };
  const first = setInterval(() => {
    // Not before the page shows something: until then nobody can use it.
    if (document.hidden || !window.DotNet || !document.querySelector("main h1")) return;
    clearInterval(first);
    measure(true).catch(() => { /* no circuit yet, or none any more */ });
  }, 100);
  setInterval(() => {
    if (!document.hidden && !root.dataset.connection) measure(false).catch(() => { /* the circuit has gone; its banner says so */ });
  }, 30000);
}

// --- [data-copy=ID]: puts the text of that element on the clipboard.
document.addEventListener("click", async event => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy)?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // No clipboard without HTTPS: select it, so that one key copies it.
    getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
  }
});

// --- A threshold's handle: arrow keys move by a hundredth, with Shift by five; dragging and clicking by a thousandth.
document.addEventListener("keydown", event => {
  const handle = event.target;
  if (!handle.matches?.("input[data-step-keys]") || event.ctrlKey || event.altKey || event.metaKey) return;
  const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
  if (!way) return;
  event.preventDefault();
  handle.value = Number(handle.value) + way * (event.shiftKey ? 50 : 10);
  handle.dispatchEvent(new Event("input", { bubbles: true }));
  clearTimeout(handle.rests);
  handle.rests = setTimeout(() => handle.dispatchEvent(new Event("change", { bubbles: true })), 400);
});

// --- A letter leads to the field that asks for it, unless somebody is writing.
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches?.("input:not([type=range]), textarea, select, [contenteditable]")) return;
  const field = /^[a-z]$/.test(event.key) && document.querySelector(`[data-hotkey="${event.key}"]`);
  if (!field) return;
  event.preventDefault();
  field.focus();
});
