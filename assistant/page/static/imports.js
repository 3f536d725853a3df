// Files that are dropped on the tab "Add articles", or chosen there, are sent one after another;
// when all are there, the server is told to read them.
"use strict";

let dropped = "";
{
  const place = (event) => event.target.closest?.(".drop");
  const say = (text, isWrong = false) => {
    const line = document.getElementById("sending");
    line.textContent = text;
    line.classList.toggle("wrong", isWrong);
  };
  const sent = async (file, drop) => {
    const address = `drop/${drop}?name=${encodeURIComponent(file.name)}`;
    try {
      const answer = await fetch(address, { method: "POST", body: file });
      return answer.ok ? "" : await answer.text();
    } catch {
      return `“${file.name}” could not be sent: the server does not answer.`;
    }
  };
  let sending = false;
  const send = async (files, { most, largest }) => {
    if (sending || !files.length) return;
    if (files.length > Number(most)) {
      return say(`At most ${most} files are taken at once; zip them.`, true);
    }
    sending = true;
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const drop = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
    const wrong = [];
    for (const [at, file] of files.entries()) {
      say(`Sending ${at + 1} of ${files.length}: ${file.name}`);
      const reason =
        file.size > Number(largest)
          ? `“${file.name}” is too large to be sent; zip it, or name its folder at the start.`
          : await sent(file, drop);
      if (reason) wrong.push(reason);
    }
    sending = false;
    say(wrong.join(" "), wrong.length > 0);
    if (wrong.length === files.length) return;
    dropped = drop;
    document.getElementById("bring").click();
  };

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.(".drop input")) return;
    send([...event.target.files], event.target.dataset);
    event.target.value = "";
  });
  // A file that misses the place does not take the page's.
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
  }
  const over = (event) => {
    for (const each of document.querySelectorAll(".drop")) {
      each.classList.toggle("over", each === place(event) && event.type === "dragover");
    }
  };
  for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, over);
  document.addEventListener("drop", (event) => {
    const input = place(event)?.querySelector("input");
    if (input) send([...event.dataTransfer.files], input.dataset);
  });
}
