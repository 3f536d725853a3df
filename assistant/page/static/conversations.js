// Conversations are stored in this browser only. Each has its own record, so that two tabs do not
// overwrite each other. A record has a name, the time of the last change, and the questions with the
// tokens of their answers, which the server opens again. Its content is shown as text only.
"use strict";

// If there are several archives at one address, each has its own conversations.
const ARCHIVE = document.querySelector("meta[name=archive]")?.content ?? "";

const kept = (() => {
  const PREFIX = `dateline.conversation.${ARCHIVE && `${ARCHIVE}/`}`;
  const MOST = 100;
  const MOST_TURNS = 50;
  const LONGEST_NAME = 200;
  // The most bytes of a record's turns: one request has them all, and may have 256 KiB.
  const LARGEST = 200_000;

  // A browser that may not store anything throws an error.
  const storage = (() => {
    try {
      return window.localStorage;
    } catch {
      return null;
    }
  })();

  // The storage may contain anything, so each record is checked.
  const isText = (value, most) => typeof value === "string" && value.length <= most;
  const isTurn = (turn) =>
    Array.isArray(turn) && turn.length === 2 && isText(turn[0], 2000) && isText(turn[1], 6000);
  const isSound = ({ name, changed, turns }) =>
    isText(name, LONGEST_NAME) && Math.abs(changed) < 8e15 && Array.isArray(turns) &&
    turns.length > 0 && turns.length <= MOST_TURNS && turns.every(isTurn);

  const read = (id) => {
    try {
      const { name, changed, turns } = JSON.parse(storage.getItem(PREFIX + id));
      return isSound({ name, changed, turns }) ? { id, name, changed, turns } : null;
    } catch {
      return null;
    }
  };
  const newestFirst = () =>
    Object.keys(storage ?? {})
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length))
      .filter((id) => !id.includes("/"))
      .map(read)
      .filter(Boolean)
      .sort((one, other) => other.changed - one.changed);
  const remove = (id) => storage.removeItem(PREFIX + id);

  // Returns how many old records were removed to make room, or -1 if there is still no room.
  const write = ({ id, name, changed, turns }) => {
    const others = newestFirst().filter((record) => record.id !== id);
    const leaving = others.splice(MOST - 1);
    for (const record of leaving) remove(record.id);
    for (let gone = leaving.length; ; gone += 1) {
      try {
        storage.setItem(PREFIX + id, JSON.stringify({ name, changed, turns }));
        return gone;
      } catch {
        const oldest = others.pop();
        if (!oldest) return -1;
        remove(oldest.id);
      }
    }
  };
  const fitting = (turns) => {
    const last = turns.slice(-MOST_TURNS);
    while (new TextEncoder().encode(JSON.stringify(last)).length > LARGEST) last.shift();
    return last;
  };
  const nameOf = ({ name, turns }) => name || turns[0][0];
  return { LONGEST_NAME, storage, read, newestFirst, remove, write, fitting, nameOf };
})();

// --- Storing the conversation on the page ------------------------------------------------------

// The conversation on the page: its record's id, its turns by their numbers, and the record's
// turns as this tab last saw them.
let onPage = null;
// The record whose turns the page has requested from the server.
let coming = null;

const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");

const sayOfKeeping = (text) => {
  document.getElementById("unkept").textContent = text;
};

// The key of the conversation with which this tab continues after a reload or a return.
const OPEN = `dateline.open${ARCHIVE && `.${ARCHIVE}`}`;
// The key of the question that is being typed or waits for its answer, because the page reloads by
// itself after its server was gone.
const ASKED = `dateline.asked${ARCHIVE && `.${ARCHIVE}`}`;
const note = (key, value) => {
  try {
    if (value) sessionStorage.setItem(key, JSON.stringify([value, location.search]));
    else sessionStorage.removeItem(key);
  } catch {}
};
// An address with limits starts afresh, unless the value was noted at the same address.
const noted = (key) => {
  try {
    const [value, at] = JSON.parse(sessionStorage.getItem(key));
    return location.search && location.search !== at ? "" : value;
  } catch {
    return "";
  }
};
const remember = (id) => note(OPEN, id);
const questionAsked = (question) => {
  note(ASKED, question);
  return question;
};
document.addEventListener("input", (event) => {
  if (event.target.closest?.("#question")) note(ASKED, event.target.value);
});
const questionOfThisTab = () => {
  const question = noted(ASKED);
  if (question) note(ASKED, "");
  return question;
};
// A question in the address is put into the field for editing, unless somebody has begun another.
const questionOfAddress = () => {
  const typed = document.querySelector("#question textarea")?.value ?? "";
  if (typed || noted(ASKED) || noted(OPEN)) return typed;
  return (new URLSearchParams(location.search).get("q") ?? "").slice(0, 1000);
};
const keep = (fresh) => {
  if (!kept.storage) return;
  const before = kept.read(onPage.id);
  if (onPage.seen && !before) {
    // It was deleted, so later turns belong to a new conversation; the page still shows both.
    onPage = { id: newId(), turns: new Map(fresh), deleted: new Set(onPage.turns.keys()) };
  } else if (before && JSON.stringify(before.turns) !== onPage.seen) {
    // Another tab has continued it, so from here on there are two conversations.
    onPage.id = newId();
  }
  const turns = kept.fitting([...onPage.turns.values()]);
  const name = before?.name ?? "";
  const gone = kept.write({ id: onPage.id, name, changed: Date.now(), turns });
  if (gone < 0) {
    sayOfKeeping(gettext("This browser has no room left to keep the conversation."));
    return;
  }
  onPage.seen = JSON.stringify(turns);
  remember(onPage.id);
  if (gone) sayOfKeeping(gettext("To make room, the oldest conversation is no longer kept."));
};

const watch = () => {
  const shown = [...document.querySelectorAll("#conversation .turn")];
  if (!shown.length) {
    offerLast(onPage !== null);
    if (onPage) remember("");
    onPage = null;
    return;
  }
  const isBusy = (turn) => turn.getAttribute("aria-busy") === "true";
  const numbered = (turn) => [
    turn.dataset.turn,
    [turn.querySelector(".asked").textContent, turn.dataset.token],
  ];
  if (coming) {
    // Somebody may have asked a question before these turns arrived.
    const came = shown.slice(0, coming.turns.length);
    const tokens = JSON.stringify(came.map((turn) => turn.dataset.token));
    if (tokens === JSON.stringify(coming.turns.map(([, token]) => token))) {
      const seen = JSON.stringify(coming.turns);
      onPage = { id: coming.id, turns: new Map(came.map(numbered)), seen };
      remember(onPage.id);
    } else if (!shown.some(isBusy)) {
      return;
    }
    coming = null;
  }
  const ended = shown.filter((turn) => !isBusy(turn)).map(numbered);
  const isOther = ([number, turn]) =>
    onPage?.turns.has(number) && JSON.stringify(onPage.turns.get(number)) !== JSON.stringify(turn);
  if (!onPage || ended.some(isOther)) {
    // A page that shows only the answer of a link is not a conversation yet.
    if (!shown.some((turn) => !isBusy(turn) && !turn.querySelector(".reopened"))) return;
    onPage = { id: newId(), turns: new Map() };
  }
  const isFresh = ([number]) => !onPage.turns.has(number) && !onPage.deleted?.has(number);
  const fresh = ended.filter(isFresh);
  if (fresh.length) note(ASKED, "");
  for (const [number, turn] of fresh) onPage.turns.set(number, turn);
  if (fresh.length) keep(fresh);
};
new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });

// These turns are sent with each question, because the server may have restarted since the last one;
// also if the page has reloaded for that and has not got its turns back yet.
const turnsOnPage = () =>
  JSON.stringify(kept.fitting([...(onPage?.turns.values() ?? coming?.turns ?? [])]));

// --- Continuing a conversation -----------------------------------------------------------------

const goOn = (id) => {
  document.getElementById("conversations").close();
  if (!document.getElementById("desk")) {
    remember(id);
    return atDesk();
  }
  const record = kept.read(id);
  if (record) writeQuestion();
  if (!record || id === onPage?.id) return;
  coming = record;
  if (isLink()) leaveLink();
  tell(document.querySelector("#conversation [role=log]"), { event: "submit" });
};
// The turns that the server is sent then.
const turnsToGoOnWith = () => JSON.stringify(coming?.turns ?? []);
// The turns that it is sent when the page loads; none if the address is a link to an answer.
const turnsOfThisTab = () => {
  if (!isLink()) coming = kept.read(noted(OPEN));
  return coming ? turnsToGoOnWith() : "";
};

const offerLast = (anew) => {
  const button = document.getElementById("continue-last");
  if (!button || (button.dataset.id !== undefined && !anew)) return;
  const last = kept.newestFirst()[0];
  button.hidden = !last;
  button.dataset.id = last?.id ?? "";
  const name = document.createElement("bdi");
  name.textContent = last ? kept.nameOf(last) : "";
  button.querySelector("bdi").replaceWith(name);
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#continue-last");
  if (button) goOn(button.dataset.id);
});

// --- The drawer --------------------------------------------------------------------------------

{
  const drawer = () => document.getElementById("conversations");
  const part = (selector) => drawer().querySelector(selector);
  const clock = (time) =>
    new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" }).format(time);
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const element = (tag, className, ...inside) => {
    const made = Object.assign(document.createElement(tag), { className });
    made.append(...inside);
    return made;
  };
  const button = (className, text, name, act) => {
    const made = element("button", className, text);
    made.type = "button";
    if (name) made.setAttribute("aria-label", `${text} “${name}”`);
    made.addEventListener("click", act);
    return made;
  };

  const rowOf = (record) => {
    const name = kept.nameOf(record);
    const title = element("bdi", "name", name);
    const count = ngettext("%(num)s question", "%(num)s questions", record.turns.length);
    const when = element("span", "when");
    const time = element("time", "", clock(record.changed));
    time.dateTime = new Date(record.changed).toISOString();
    when.append(time, ` · ${count}`);
    const open = button("open", title, "", () => goOn(record.id));
    open.append(when);
    if (record.id === onPage?.id) open.setAttribute("aria-current", "true");
    const row = element("li", "", open);
    row.append(
      button("export", gettext("Export"), name, () => take(record, name)),
      button("rename", gettext("Rename"), name, () => rename(record, row)),
      button("delete", gettext("Delete"), name, () => remove([record], gettext("Deleted “%(name)s”.", { name }))),
    );
    row.dataset.id = record.id;
    return row;
  };

  const show = () => {
    const all = kept.newestFirst();
    const wanted = folded(part("input[type=search]").value.trim());
    const found = all.filter((record) =>
      folded([record.name, ...record.turns.map(([question]) => question)].join("\n"))
        .includes(wanted) || answering.ids.has(record.id),
    );
    part("ul").replaceChildren(...found.map(rowOf));
    part(".find").hidden = part(".all").hidden = !all.length;
    part(".none").hidden = found.length > 0;
    part(".none").textContent = !kept.storage
      ? gettext("This browser lets the page keep nothing, so a conversation ends when you leave it.")
      : all.length
        ? gettext("No conversation has these words. Search for fewer of them.")
        : gettext("None yet. What you ask is listed here, to go on with another time.");
    offerLast(true);
  };

  // The browser does not store the words of answers; the server searches them, and stores nothing.
  let answering = { ids: new Set() };
  const searchAnswers = async () => {
    const sought = part("input[type=search]").value.trim();
    const search = (answering = { ids: new Set() });
    // If somebody has typed more meanwhile, they look for something else.
    await new Promise((go) => setTimeout(go, 250));
    const waiting = kept.newestFirst().flatMap(({ id, turns }) =>
      turns.filter(([, token]) => token).map(([, token]) => [id, token]),
    );
    while (sought && waiting.length && search === answering) {
      // As many as fit in one request; a token has up to 6,000 characters.
      const sent = waiting.splice(0, 30);
      const body = new URLSearchParams({ sought });
      for (const [, token] of sent) body.append("answer", token);
      const answer = await fetch("conversations", { method: "POST", body }).catch(() => null);
      if (!answer?.ok) return;
      for (const number of await answer.json()) search.ids.add(sent[number][0]);
      if (search === answering && !part(".renaming")) show();
    }
  };

  // Saves all answers of a conversation in one file, in the archive's present words.
  const take = async (record, name) => {
    const body = new URLSearchParams();
    for (const [question, token] of record.turns) {
      body.append("question", question);
      body.append("answer", token);
    }
    part(".done").textContent = "";
    try {
      const answer = await fetch("export", { method: "POST", body });
      if (!answer.ok) throw new Error(await answer.text());
      const address = URL.createObjectURL(await answer.blob());
      Object.assign(document.createElement("a"), { href: address, download: `${name}.md` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      part(".done").textContent = error.message || gettext("The server does not answer.");
    }
  };

  const rename = (record, row) => {
    const field = element("input", "renaming");
    Object.assign(field, { value: kept.nameOf(record), maxLength: kept.LONGEST_NAME });
    field.setAttribute("aria-label", gettext("New name"));
    let open = true;
    const end = (saves) => {
      if (!open) return;
      open = false;
      const now = kept.read(record.id);
      const name = field.value.trim();
      // Without a name, it is listed by its first question.
      if (saves && now) kept.write({ ...now, name: name === now.turns[0][0] ? "" : name });
      show();
      part(`li[data-id="${record.id}"] .rename`)?.focus();
    };
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      // Otherwise Escape closes the drawer as well.
      event.preventDefault();
      end(event.key === "Enter");
    });
    field.addEventListener("blur", () => end(true));
    row.querySelector(".open").replaceWith(field);
    field.select();
  };

  const remove = (records, said) => {
    for (const record of records) kept.remove(record.id);
    const undo = button("undo", gettext("Undo"), "", () => {
      for (const record of records) if (!kept.read(record.id)) kept.write(record);
      part(".done").replaceChildren();
      show();
      part(".open").focus();
    });
    part(".done").replaceChildren(said, " ", undo);
    show();
    undo.focus();
  };

  document.addEventListener("opening", (event) => {
    if (event.target !== drawer()) return;
    part("input[type=search]").value = "";
    answering = { ids: new Set() };
    part(".done").replaceChildren();
    show();
  }, true);
  document.addEventListener("input", (event) => {
    if (!event.target.matches("#conversations input[type=search]")) return;
    searchAnswers();
    show();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.matches?.("#conversations .all")) return;
    const all = kept.newestFirst();
    remove(all, ngettext("Deleted %(num)s conversation.", "Deleted %(num)s conversations.", all.length));
  });
  // Another tab has stored, renamed or deleted a conversation.
  addEventListener("storage", () => {
    if (!drawer() || part(".renaming")) return;
    if (drawer().open) show();
    else offerLast(true);
  });
}
