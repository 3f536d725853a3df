// "Pin" opens over the page, so that a conversation stays in its place; without this script it opens
// a page of its own.
"use strict";

let pinOpener = null;
const showPin = async (address, options) => {
  const sheet = document.getElementById("pinning");
  const place = sheet.querySelector(".place");
  let shown = Object.assign(document.createElement("p"), {
    textContent: gettext("It could not be fetched: see that Dateline is still running."),
  });
  try {
    const answer = await (await fetch(address, options)).text();
    const page = new DOMParser().parseFromString(answer, "text/html");
    shown = page.getElementById("pin") ?? page.querySelector("#hall > *");
  } catch {}
  if (shown.matches("[data-pinned]")) return pinned(sheet, shown.firstChild);
  place.replaceChildren(shown);
  if (!sheet.open) sheet.showModal();
  place.querySelector("[role=alert], select, input:not([type=hidden])")?.focus();
};
// The message appears beside the pinned quote or answer, where the focus returns on closing.
const pinned = (sheet, words) => {
  sheet.close();
  let line = pinOpener.parentElement.querySelector(".pinned-to");
  if (!line) {
    line = Object.assign(document.createElement("span"), { className: "pinned-to", role: "status" });
    pinOpener.after(" ", line);
  }
  line.replaceChildren(...words.childNodes);
};
const openPin = (address, opener) => {
  pinOpener = opener;
  showPin(address);
};
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-pin]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openPin(link.href, link);
});
document.addEventListener("submit", (event) => {
  if (!event.target.closest?.("#pinning")) return;
  event.preventDefault();
  if (event.submitter) event.submitter.disabled = true;
  const body = new URLSearchParams(new FormData(event.target));
  body.set("stays", "on");
  showPin("pin", { method: "POST", body });
});
