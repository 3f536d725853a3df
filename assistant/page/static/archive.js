// What a reader sees of the archive beside the answers to questions.
"use strict";

// A year or a month that is chosen, by its button or its bar, limits what is asked; with Shift, all
// from the bar that was chosen before to this one.
let firstBar = "";
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-period]");
  if (!button) return;
  const { period } = button.dataset;
  const bars = document.querySelector(".bars");
  const from = event.shiftKey && bars?.contains(button) && firstBar ? firstBar : period;
  firstBar = period;
  const [first, last] = [from, period].sort();
  if (!event.shiftKey || from !== period) tell(button, { first, last });
});

// A story's timeline, which is fetched when it is first asked for.
const showView = (proof, name) => {
  for (const button of proof.querySelectorAll(".views button")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }
  proof.querySelector(".relevance").hidden = name !== "relevance";
  proof.querySelector(".timeline").hidden = name !== "timeline";
};
const fetchTimeline = async (place, query) => {
  let told = '<p class="note">The timeline could not be fetched.</p>';
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
  if (view === "timeline" && !place.firstChild) await fetchTimeline(place, query);
  showView(proof, view);
  const told = view === "timeline" ? place.querySelector(".note")?.textContent : "";
  proof.querySelector(".views [role=status]").textContent = told ?? "";
});
// A marker leads to its quote, which stands among the sources by relevance.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#conversation a.marker");
  const proof = link && aim(link)?.closest(".proof");
  if (proof) showView(proof, "relevance");
}, true);
