// Files that are dropped on the page "Add articles", or chosen there, are sent one after another.
// When all have arrived, the server is told to read them, and asked for its progress.
"use strict";

{
  const place = (event) => event.target.closest?.(".drop");
  const say = (text, isWrong = false) => {
    const line = document.getElementById("sending");
    line.textContent = text;
    line.classList.toggle("wrong", isWrong);
  };
  const sent = async (file, drop) => {
    const reason = await post(`drop/${drop}?name=${encodeURIComponent(file.name)}`, file);
    return reason === silent() ? gettext("“%(file)s” could not be sent: %(why)s", { file: file.name, why: reason }) : reason;
  };
  const silent = () => gettext("The server does not answer.");
  let sending = false;
  const send = async (files, { most, largest }) => {
    if (sending || !files.length) return;
    if (files.length > Number(most)) {
      return say(gettext("At most %(most)s files are taken at once; zip them.", { most }), true);
    }
    sending = true;
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const drop = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const wrong = [];
    for (const [at, file] of files.entries()) {
      say(gettext("Sending %(num)s of %(total)s: %(file)s", { num: at + 1, total: files.length, file: file.name }));
      const reason =
        file.size > Number(largest)
          ? gettext("“%(file)s” is too large to be sent; zip it, or name its folder at the start.", { file: file.name })
          : await sent(file, drop);
      if (reason) wrong.push(reason);
    }
    sending = false;
    say(wrong.join(" "), wrong.length > 0);
    if (wrong.length === files.length) return;
    begin(`drop/${drop}`);
  };
  const post = async (address, body) => {
    try {
      const answer = await fetch(address, { method: "POST", body });
      return answer.ok ? "" : await answer.text();
    } catch {
      return silent();
    }
  };
  const begin = async (what) => {
    const refused = await post(`import/${what}`);
    if (refused) say(refused, true);
    follow();
  };
  // The state of the import is fetched while it runs, and once when the page is opened.
  const watch = async () => {
    const place = document.getElementById("import");
    if (!place) return;
    let runs = true;
    try {
      while (runs) {
        const told = await (await fetch("import")).text();
        if (told !== place.told) place.innerHTML = place.told = told;
        runs = place.querySelector("[data-running]") !== null;
        if (runs) await new Promise((go) => setTimeout(go, 250));
      }
      const page = document.createElement("template");
      page.innerHTML = await (await fetch("add")).text();
      document.querySelector(".held").replaceWith(page.content.querySelector(".held"));
    } catch {
      say(silent(), true);
    }
  };
  // Only one request at a time: an import that starts during a request is looked at after it.
  let watching = Promise.resolve();
  const follow = () => {
    watching = watching.then(watch);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-import]");
    if (button) begin(button.dataset.import);
  });
  follow();

  // Files may have been chosen before this script ran.
  const early = document.querySelector(".drop input");
  if (early?.files.length) {
    send([...early.files], early.dataset);
    early.value = "";
  }
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.(".drop input")) return;
    send([...event.target.files], event.target.dataset);
    event.target.value = "";
  });
  // A file that is dropped beside the drop area must not replace the page.
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
  }
  const over = (event) => {
    for (const drop of document.querySelectorAll(".drop")) {
      drop.classList.toggle("over", drop === place(event) && event.type === "dragover");
    }
  };
  for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, over);
  document.addEventListener("drop", (event) => {
    const input = place(event)?.querySelector("input");
    if (input) send([...event.dataTransfer.files], input.dataset);
  });
}
