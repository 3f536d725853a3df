// What the page does by itself, without asking the server for another one.
"use strict";

// A marker leads to its quote and a quote's number to its sentence. The addresses are followed by
// hand because the page has a base address, under which "#…" may name another page.
const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
const marker = (event) => event.target.closest?.("a.marker");
const aim = (link) => document.getElementById(link.getAttribute("href").slice(1));
const light = (target) => {
  for (const each of document.querySelectorAll(".lit")) each.classList.remove("lit");
  target.classList.add("lit");
  target.closest(".card")?.classList.add("lit");
};
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#clear")) document.querySelector("#question textarea")?.focus();
  const link = marker(event);
  if (!link) return;
  event.preventDefault();
  const target = aim(link);
  if (!target) return;
  const proof = target.closest(".proof");
  if (proof) {
    for (const each of document.querySelectorAll(".proof")) each.hidden = each !== proof;
  }
  light(target);
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "center", behavior });
});
document.addEventListener("pointerover", (event) => {
  const link = marker(event);
  const target = link && aim(link);
  if (target) light(target);
});
const read = async (query) => {
  const reader = document.getElementById("reader");
  const place = document.getElementById("read");
  const asked = (reader.dataset.asked = query);
  let shown = '<h2 id="reader-title">The article could not be fetched.</h2>';
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
  // The dialog itself is only hit beside its contents: on its backdrop or its margin.
  else if (event.target.closest?.("#close-reader") || event.target.id === "reader") {
    document.getElementById("reader").close();
  }
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
