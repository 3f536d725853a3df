// A button beside each date field opens the browser's date picker. The picked day is written into
// the field, which also takes words ("May 2024"); only the field counts.
"use strict";

{
  const named = (field) => field.labels[0].textContent.trim();
  const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text);
  const begin = (field) => {
    const made = (tag, known) => Object.assign(document.createElement(tag), known);
    const name = named(field);
    const opener = made("button", { type: "button", className: "pick" });
    opener.setAttribute("aria-label", gettext("Choose a day for “%(name)s”", { name }));
    opener.setAttribute("aria-expanded", "false");
    const picker = made("input", { type: "date", className: "picker", hidden: true });
    picker.setAttribute("aria-label", gettext("Day for “%(name)s”", { name }));
    let before = "";
    const write = (text) => {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const close = (focused) => {
      picker.hidden = true;
      opener.setAttribute("aria-expanded", "false");
      focused?.focus();
    };
    opener.addEventListener("click", () => {
      before = field.value;
      picker.value = isDay(before.trim()) ? before.trim() : "";
      picker.hidden = false;
      opener.setAttribute("aria-expanded", "true");
      picker.focus();
      // If the browser has no date picker, the day is typed.
      try {
        picker.showPicker();
      } catch {}
    });
    picker.addEventListener("input", () => {
      // A day that is typed only in part has no value yet.
      if (!picker.validity.badInput) write(picker.value);
    });
    picker.addEventListener("keydown", (event) => {
      if (!["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") write(before);
      close(event.key === "Enter" ? field : opener);
    });
    picker.addEventListener("blur", () => close());
    field.dataset.picked = "";
    const label = field.closest("label");
    label.after(opener, picker);
    label.parentElement.classList.add("has-picker");
  };
  const look = () => {
    const fields = ".day label :is(input, textarea):not([data-picked])";
    for (const field of document.querySelectorAll(fields)) begin(field);
  };
  look();
  // The fields at the desk are created when their panel is opened.
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}
