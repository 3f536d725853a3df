// The behaviour that the pages share, which needs no new page from the server.
"use strict";

// A message in the reader's language, with values for its placeholders. The server makes WORDS
// (assistant/page/language.py); until that is loaded, and if it lacks the message, the English
// message is shown.
const translated = (text) => (typeof WORDS === "undefined" ? undefined : WORDS[text]);
const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
const gettext = (text, values = {}) => filled(translated(text) ?? text, values);
// The same for a number of things, in the plural form of the reader's language.
const ngettext = (one, many, num) => {
  const forms = translated(one);
  const form = forms && (forms[new Intl.PluralRules(LANGUAGE).select(num)] ?? forms.other);
  return filled(form ?? (num === 1 ? one : many), { num });
};

// A marker leads to its quote, and a quote's number to its sentence. The script follows these links
// itself, because the page has a base address, with which "#…" may be another page.
const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
const marker = (event) => event.target.closest?.("a.marker");
const aim = (link) => document.getElementById(link.getAttribute("href").slice(1));
const showProof = (proof) => {
  for (const other of document.querySelectorAll(".proof")) other.hidden = other !== proof;
};
// The sources beside a conversation are those of the answer at its upper edge, or right below it.
document.addEventListener("scroll", ({ target }) => {
  if (target.id !== "conversation") return;
  const edge = target.getBoundingClientRect().top + 80;
  const turns = [...target.querySelectorAll(".turn")];
  const isAbove = (turn) => turn.getBoundingClientRect().top < edge;
  const { turn } = (turns.findLast(isAbove) ?? turns[0])?.dataset ?? {};
  const proof = document.querySelector(`.proof[data-turn="${turn}"]`);
  if (proof?.hidden) showProof(proof);
}, true);
const light = (target) => {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  target.classList.add("lit");
  target.closest(".card")?.classList.add("lit");
};
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#clear")) writeQuestion();
  const link = marker(event);
  if (!link) return;
  event.preventDefault();
  const target = aim(link);
  if (!target) return;
  const proof = target.closest(".proof");
  if (proof) showProof(proof);
  light(target);
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "center", behavior });
});
document.addEventListener("pointerover", (event) => {
  const link = marker(event);
  const target = link && aim(link);
  if (target) light(target);
});
// If the row of pages is wider than a phone, it is scrolled to the page that is shown.
for (const here of document.querySelectorAll(".masthead nav [aria-current]")) {
  here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.clientWidth / 2;
}
const read = async (query) => {
  const reader = document.getElementById("reader");
  const place = document.getElementById("read");
  const asked = (reader.dataset.asked = query);
  const problem = gettext("The article could not be fetched.");
  const note = gettext("See that Dateline is still running where you started it, and try again.");
  let shown = `<h2 class="headline" id="reader-title">${problem}</h2><p class="note">${note}</p>`;
  try {
    shown = await (await fetch(`article?${query}`)).text();
  } catch {}
  if (reader.dataset.asked !== asked) return;
  place.innerHTML = shown;
  if (!reader.open) reader.showModal();
  reader.scrollTop = 0;
  place.querySelector("mark")?.scrollIntoView({ block: "center" });
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.whole");
  if (button) read(button.dataset.query);
  // The dialog itself is the target only beside its contents: on its backdrop or margin.
  else if (event.target.closest?.("#close-reader") || event.target.id === "reader") {
    document.getElementById("reader").close();
  }
});
// The buttons under an answer copy its link, or its text with all quotes, to the clipboard.
const copied = async (text) => {
  try {
    // Passed at once as a promise, because some browsers allow copying only during the click.
    const item = { "text/plain": text.then((told) => new Blob([told], { type: "text/plain" })) };
    await navigator.clipboard.write([new ClipboardItem(item)]);
    return;
  } catch {}
  // Without https, browsers offer a clipboard only to this computer's own addresses.
  const area = document.createElement("textarea");
  area.value = await text;
  area.readOnly = true;
  area.className = "copied";
  document.body.append(area);
  area.select();
  const taken = document.execCommand("copy");
  area.remove();
  if (!taken) throw new Error("no clipboard");
};
const fetched = async (address) => {
  const response = await fetch(address);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(".actions :is([data-copy], [data-fetch])");
  if (!button) return;
  const { copy, fetch: address } = button.dataset;
  const done = button.closest(".actions").querySelector(".done");
  done.textContent = "";
  try {
    const page = location.origin + location.pathname;
    await copied(copy ? Promise.resolve(page + copy) : fetched(address));
    done.textContent = copy ? gettext("Link copied") : gettext("Copied with citations");
  } catch {
    done.textContent = gettext("Could not be copied");
  }
  button.focus();
});
// Elements inside an HTML component are not Gradio components. So a choice in them is reported to
// the component, whose handlers of "select" or "submit" get it (assistant/page/parts.py).
const tell = (place, detail) =>
  place?.dispatchEvent(new CustomEvent("told", { bubbles: true, detail }));
const writeQuestion = () => document.querySelector("#question textarea")?.focus();
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-ask], [data-today], [data-limit], [data-edit]");
  if (!button) return;
  const { ask, edit, limit } = button.dataset;
  if (ask !== undefined) tell(button, { ask: questionAsked(ask) });
  else if (edit !== undefined) {
    tell(document.querySelector("#conversation [role=log]"), { what: "edit", number: edit });
    writeQuestion();
  }
  else if (limit === undefined) tell(button, { what: "today" });
  // Only the last question can be asked without one of its limits.
  else if (button.closest(".turn:last-child")) tell(button, { what: "limit", limit });
});
document.addEventListener("keydown", (event) => {
  const leave = document.querySelector("#notice [data-edit]");
  if (event.key !== "Escape" || event.isComposing || !event.target.closest?.("#question") || !leave) return;
  event.preventDefault();
  leave.click();
});
// If a link is opened in a tab that already shows the page, only the hash changes. Whoever leaves
// the answer of a link does not find it again after a reload.
const isLink = () => location.hash.startsWith("#answer=");
const leaveLink = () =>
  history.replaceState(history.state, "", location.pathname + location.search);
addEventListener("hashchange", () => {
  if (isLink()) location.reload();
});
document.addEventListener("click", (event) => {
  if (isLink() && event.target.closest?.("#clear")) leaveLink();
});
let latest = "";
new MutationObserver(() => {
  const turn = [...document.querySelectorAll("#conversation .turn")].pop();
  if (turn && turn.id !== latest) {
    turn.scrollIntoView({ block: "start", behavior });
    document.getElementById("sources").scrollTop = 0;
  }
  latest = turn?.id ?? "";
}).observe(document.body, { childList: true, subtree: true });
