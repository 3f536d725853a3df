// Sheets are dialogs that a button opens by the id in its data-opens. One of them lists the keyboard
// shortcuts, which are here, too.
"use strict";

const openSheet = (id) => {
  const sheet = document.getElementById(id);
  if (!sheet || sheet.open) return;
  sheet.dispatchEvent(new Event("opening"));
  sheet.showModal();
};
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) openSheet(opener.dataset.opens);
  // The dialog itself is the target only outside of its contents: on its backdrop.
  if (event.target.closest?.("[data-closes]") || event.target.matches?.("dialog.sheet")) {
    event.target.closest("dialog").close();
  }
});
// The pages; the first is the desk, where one asks questions.
const pages = () => [...document.querySelectorAll(".masthead nav a")];
const atDesk = (act) => {
  if (document.getElementById("desk")) act();
  else pages()[0]?.click();
};

{
  const press = (selector) => document.querySelector(selector)?.click();
  const shown = ".proof:not([hidden])";
  const step = (by) => {
    const places = [...document.querySelectorAll(`${shown} :is(mark[id], .card.near)`)];
    if (!places.length) return;
    const now = places.findIndex((quote) => quote.classList.contains("lit"));
    const next = now < 0 ? (by > 0 ? 0 : places.length - 1) : now + by;
    const place = places[Math.max(0, Math.min(places.length - 1, next))];
    place.tabIndex = -1;
    light(place);
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center", behavior });
  };
  const write = () => {
    const search = document.querySelector(".finder [name=q]");
    if (search) search.focus();
    else atDesk(writeQuestion);
  };
  const single = () => [
    ["/", gettext("Write a question, or what to search for"), () => write()],
    ["j", gettext("The next source"), () => step(1)],
    ["k", gettext("The source before"), () => step(-1)],
    ["o", gettext("Read the whole article of this source"), () => press(`${shown} .card.lit .whole`)],
    ["f", gettext("Limit to dates and sources"), () => atDesk(() => press("#limits .label-wrap"))],
    ["n", gettext("New conversation"), () => atDesk(() => press("#clear"))],
    ["c", gettext("Conversations that are kept"), () => openSheet("conversations")],
    ["?", gettext("This sheet"), () => openSheet("shortcuts")],
  ];
  const shortcuts = () => [
    ...single(),
    ...pages().map((link, at) => [`${at + 1}`, gettext("To “%(page)s”", { page: link.textContent }), () => link.click()]),
  ];
  const always = () => [
    ["Enter", gettext("On a source: read its whole article")],
    ["Escape", gettext("Close what lies over the page, or leave a question that is edited")],
  ];

  // The list of archives closes like a menu.
  for (const name of ["click", "keydown"]) {
    document.addEventListener(name, (event) => {
      const menu = document.querySelector("details.archives[open]");
      if (menu && (event.key ? event.key === "Escape" : !menu.contains(event.target))) menu.open = false;
    });
  }

  const setting = "dateline.shortcuts";
  let on = true;
  // A browser that may not store anything throws an error.
  try {
    on = localStorage.getItem(setting) !== "off";
  } catch {}

  document.addEventListener("opening", (event) => {
    if (event.target.id !== "shortcuts") return;
    event.target.querySelector("input").checked = on;
    event.target.querySelector("tbody").replaceChildren(
      ...[...shortcuts(), ...always()].map(([key, does]) => {
        const row = document.createElement("tr");
        const [named, told] = [row.insertCell(), row.insertCell()];
        named.append(Object.assign(document.createElement("kbd"), { textContent: key }));
        told.textContent = does;
        return row;
      }),
    );
  }, true);
  document.addEventListener("change", (event) => {
    if (!event.target.matches("#shortcuts input")) return;
    on = event.target.checked;
    try {
      localStorage.setItem(setting, on ? "on" : "off");
    } catch {}
  });

  const writing = "input, textarea, select, [contenteditable], [role=listbox]";
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(writing) || document.querySelector("dialog[open]")) return;
    let act = on && shortcuts().find(([key]) => key === event.key)?.[2];
    const place = event.target.closest?.(`${shown} :is(mark[id], .card.near)`);
    if (event.key === "Enter" && place === event.target) {
      act = () => place.closest(".card").querySelector(".whole")?.click();
    }
    if (!act) return;
    event.preventDefault();
    act();
  });
}
