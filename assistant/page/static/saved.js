// Saved questions with new articles are asked one after the other, while the page is read.
"use strict";

(async () => {
  for (const waiting of document.querySelectorAll(".saved[data-waits]")) {
    waiting.setAttribute("aria-busy", "true");
    let asked = null;
    try {
      const answer = await fetch(waiting.querySelector("a[data-asks]").href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      asked = page.querySelector(".saved");
    } catch {}
    // If the focus was inside, it stays there.
    const isIn = waiting.contains(document.activeElement);
    // If it could not be asked, the link to its own page stays.
    waiting.removeAttribute("aria-busy");
    if (asked) waiting.replaceWith(asked);
    if (asked && isIn) asked.querySelector("a, button").focus();
  }
})();
