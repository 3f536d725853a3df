// The archive's periods: a year or a month that is chosen, by its button or its bar, limits what
// is asked.
"use strict";

let chosenPeriod = "";
const askAboutPeriod = () => document.querySelector("#question textarea")?.focus();
document.addEventListener("click", (event) => {
  const bar = event.target.closest?.("#chart [aria-roledescription='bar']");
  const told = bar?.getAttribute("aria-label").match(/Published: (\d{4}(-\d{2})?)/)?.[1];
  const period = event.target.closest?.("[data-period]")?.dataset.period ?? told;
  if (!period) return;
  chosenPeriod = period;
  document.getElementById("choose-period").click();
});
