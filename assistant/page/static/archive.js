// The pages beside the chat, and the timeline of an answer.
"use strict";

// A story's timeline is fetched when somebody first opens it.
const showView = (proof, name) => {
  for (const button of proof.querySelectorAll(".views button")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }
  proof.querySelector(".relevance").hidden = name !== "relevance";
  proof.querySelector(".timeline").hidden = name !== "timeline";
};
const fetchTimeline = async (place, query) => {
  const problem = gettext("The timeline could not be fetched.");
  let told = `<p class="note">${problem}</p>`;
  try {
    told = await (await fetch(`timeline?answer=${query}`)).text();
  } catch {}
  place.innerHTML = told;
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(".views button");
  if (!button) return;
  const proof = button.closest(".proof");
  const { view, query } = button.dataset;
  const place = proof.querySelector(".timeline");
  const comes = view === "timeline" && !place.firstChild;
  if (comes) place.innerHTML = `<p class="note" role="status">${gettext("Searching the archive…")}</p>`;
  showView(proof, view);
  if (comes) await fetchTimeline(place, query);
  const told = view === "timeline" ? place.querySelector(".note")?.textContent : "";
  proof.querySelector(".views [role=status]").textContent = told ?? "";
});
// A marker leads to its quote, which is in the view of sources by relevance.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#conversation a.marker");
  const proof = link && aim(link)?.closest(".proof");
  if (proof) showView(proof, "relevance");
}, true);

// If no article of a search is chosen, all listed ones count as chosen.
document.querySelector(".chosen")?.addEventListener("formdata", ({ target, formData }) => {
  if (formData.has("article")) return;
  for (const { value } of target.querySelectorAll("[name=article]")) formData.append("article", value);
});
// A year that is wider than the page is scrolled to its last day with articles; half of the next day
// is visible, to show that there are more.
{
  const days = [...document.querySelectorAll(".heat td:has(a)")];
  const place = document.querySelector(".scrolls");
  const isRtl = document.documentElement.dir === "rtl";
  const ends = days.map((day) => day.offsetLeft + (isRtl ? -0.5 : 1.5) * day.offsetWidth);
  // In right-to-left writing, scroll positions are negative and count from the right.
  if (place && isRtl) place.scrollLeft = Math.min(...ends) - place.scrollWidth + place.clientWidth;
  else if (place) place.scrollLeft = Math.max(0, ...ends) - place.clientWidth;
}
// Dragging over days, or choosing the first and last with Shift, leads to their articles.
{
  const cells = [...document.querySelectorAll(".heat [data-day]")];
  let first = null;
  const dayOf = ({ target }) => target.closest?.(".heat [data-day]");
  const show = (last) => {
    const [from, to] = [first, last].map((cell) => cell?.dataset.day ?? "").sort();
    const within = ({ dataset }) => from !== "" && from <= dataset.day && dataset.day <= to;
    for (const cell of cells) cell.classList.toggle("ranged", within(cell));
  };
  const end = (last) => {
    const [after, before] = [first, last].map((cell) => cell?.dataset.day ?? "").sort();
    if (after !== "" && first !== last) location.assign(`search?${new URLSearchParams({ after, before })}`);
    first = null;
    show(null);
  };
  document.addEventListener("pointerdown", (event) => {
    if (event.button || event.shiftKey || event.pointerType === "touch") return;
    first = dayOf(event);
    show(first);
  });
  document.addEventListener("pointerover", (event) => {
    if (first && event.buttons) show(dayOf(event));
  });
  document.addEventListener("pointerup", (event) => {
    if (first && !event.shiftKey) end(dayOf(event));
  });
  // Otherwise the browser drags the link away.
  document.querySelector(".heat")?.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const cell = event.shiftKey && dayOf(event);
    if (!cell) return;
    event.preventDefault();
    if (first) return end(cell);
    first = cell;
    show(cell);
    const day = cell.querySelector("a")?.ariaLabel ?? cell.title;
    document.getElementById("span").textContent = gettext("From: %(day)s. Choose the last day.", { day });
  });
}

// On the page of an article one can find words in its text, and copy a selection with its citation.
{
  const article = document.getElementById("article");
  const field = document.getElementById("within");
  const text = article?.querySelector(".text");
  const found = () => [...text.querySelectorAll("mark.found")];
  const say = (at, count) => {
    const line = document.getElementById("places");
    const absent = field.value ? gettext("Not in the text") : "";
    line.textContent = count ? gettext("%(num)s of %(total)s", { num: at + 1, total: count }) : absent;
  };
  const show = (at) => {
    const marks = found();
    marks.forEach((mark, place) => mark.classList.toggle("lit", place === at));
    marks[at]?.scrollIntoView({ block: "center", behavior });
    say(at, marks.length);
  };
  const step = (by) => {
    const marks = found();
    const now = marks.findIndex((mark) => mark.classList.contains("lit"));
    if (marks.length) show((now + by + marks.length) % marks.length);
  };
  const find = () => {
    for (const mark of found()) mark.replaceWith(...mark.childNodes);
    text.normalize();
    const wanted = field.value.trim().toLowerCase();
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (wanted && walker.nextNode()) nodes.push(walker.currentNode);
    for (let node of nodes) {
      // A few letters become longer in lower case; then the offsets would be wrong.
      const small = node.data.toLowerCase();
      if (small.length !== node.data.length) continue;
      const starts = [];
      for (let at = small.indexOf(wanted); at >= 0; at = small.indexOf(wanted, at + wanted.length)) {
        starts.unshift(at);
      }
      for (const at of starts) {
        // Without ranges, because the browser updates every range for as long as it exists.
        const word = node.splitText(at);
        word.splitText(wanted.length);
        const mark = Object.assign(document.createElement("mark"), { className: "found" });
        word.replaceWith(mark);
        mark.append(word);
      }
    }
    show(0);
  };
  if (article) {
    field.addEventListener("input", find);
    // The field may have text from before this script ran, or from an earlier visit to the page.
    if (field.value) find();
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    });
    document.getElementById("next").addEventListener("click", () => step(1));
    document.getElementById("before").addEventListener("click", () => step(-1));
    const button = document.getElementById("quote");
    const chosen = () => {
      const selection = getSelection();
      const inside = selection.rangeCount && text.contains(selection.getRangeAt(0).commonAncestorContainer);
      return inside ? selection.toString().trim() : "";
    };
    const pinning = document.getElementById("pin-words");
    let words = "";
    let offsets = "";
    document.addEventListener("selectionchange", () => {
      // Pressing one of the buttons may clear the selection.
      if ([button, pinning].includes(document.activeElement)) return;
      words = chosen();
      button.disabled = !words;
      if (!pinning) return;
      pinning.disabled = !words;
      offsets = words && offsetsOf(getSelection().getRangeAt(0));
    });
    // The offsets of a selection in the text of the article, in Unicode characters: each paragraph
    // has the offset of its beginning.
    const offsetsOf = (range) => {
      const across = [...text.querySelectorAll("[data-start]")].filter((paragraph) =>
        range.intersectsNode(paragraph),
      );
      const upTo = (paragraph, node, offset) => {
        const before = document.createRange();
        before.selectNodeContents(paragraph);
        if (paragraph.contains(node)) before.setEnd(node, offset);
        return Number(paragraph.dataset.start) + [...before.toString()].length;
      };
      const [first, last] = [across[0], across.at(-1)];
      const start = first.contains(range.startContainer)
        ? upTo(first, range.startContainer, range.startOffset)
        : first.dataset.start;
      return `${start}-${upTo(last, range.endContainer, range.endOffset)}`;
    };
    pinning?.addEventListener("click", () => {
      openPin(`pin?${pinning.dataset.query}&quotes=${offsets}`, pinning);
    });
    button.addEventListener("click", async () => {
      const line = document.getElementById("quoted");
      try {
        await copied(Promise.resolve(`“${words}” (${article.dataset.citation})`));
        line.textContent = gettext("Copied");
      } catch {
        line.textContent = gettext("Could not be copied");
      }
    });
  }
}
