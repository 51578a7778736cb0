// Favourites and a comparison of up to three cars. They stay on the visitor's device, and only
// once the visitor has chosen a car. Without this every car is still there.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const [tray, picks, choice, title] = ["tray", "picks", "choice", "choice-title"].map(byId);
  const [body, state, said] = ["choice-body", "choice-state", "said"].map(byId);
  if (!tray || !picks || !choice) return;

  const MOST = { kept: 100, compared: 3 };
  const { root, prefix, locale, ...words } = tray.dataset;
  const key = `syndicator:keep:${root}`;
  const digits = new Intl.NumberFormat(locale);
  const AT_ONCE = 3; // pages that are fetched together
  const slug = /^[a-z0-9-]+\/[a-z0-9-]+$/; // dealer and car, in any language
  let isKept = true; // unless storage is blocked
  let chosen = read();

  // What is chosen: { kept: [{ path, name }], compared: [...] }

  function read() {
    try {
      const stored = JSON.parse(localStorage.getItem(key)) ?? {};
      const clean = (cars) => (Array.isArray(cars) ? cars : [])
        .filter((car) => slug.test(car?.path) && typeof car.name === "string");
      return { kept: clean(stored.kept).slice(0, MOST.kept), compared: clean(stored.compared).slice(0, MOST.compared) };
    } catch {
      return { kept: [], compared: [] }; // blocked, or written by somebody else
    }
  }

  function write() {
    try {
      if (chosen.kept.length || chosen.compared.length) localStorage.setItem(key, JSON.stringify(chosen));
      else localStorage.removeItem(key);
    } catch { isKept = false; } // then it is for this page only
  }

  const has = (list, path) => chosen[list].some((car) => car.path === path);

  function toggle(list, car) {
    if (has(list, car.path)) {
      chosen[list] = chosen[list].filter((other) => other.path !== car.path);
    } else if (chosen[list].length >= MOST[list]) {
      announce(list === "compared" ? words.full : words.fullKept);
      return;
    } else {
      chosen[list] = [...chosen[list], car];
    }
    write();
    paint();
  }

  // Emptied first: a text that is the same again would not be read out.
  function announce(text) {
    const place = choice.open ? state : said;
    place.textContent = "";
    setTimeout(() => { place.textContent = text; });
  }

  // Where a car is: addresses hold the language, what is kept does not.

  function pathOf(href) {
    const parts = new URL(href, location.href).pathname.slice(root.length).split("/").filter(Boolean);
    if (prefix && `${parts[1]}/` === prefix) parts.splice(1, 1);
    return parts.length === 2 ? parts.join("/") : "";
  }

  function addressOf(path) {
    const [dealer, car] = path.split("/");
    return `${root}${dealer}/${prefix}${car}/`;
  }

  // Buttons

  function offer(place, path, name, isTold) {
    if (!slug.test(path) || place.querySelector(".picks")) return;
    const copy = picks.content.cloneNode(true).firstElementChild;
    copy.classList.toggle("worded", isTold);
    for (const button of copy.querySelectorAll("[data-pick]")) {
      button.setAttribute("aria-label", words[button.dataset.pick].replace("{car}", name));
      button.addEventListener("click", () => toggle(button.dataset.pick, { path, name }));
    }
    copy.dataset.path = path;
    place.append(copy);
  }

  function decorate() {
    for (const card of document.querySelectorAll(".card")) {
      const link = card.querySelector(".name a");
      offer(card, pathOf(link.href), link.querySelector("bdi").textContent, false);
    }
    const tools = document.querySelector("[data-keep]");
    if (tools) offer(tools, pathOf(location.href), document.querySelector("h1 bdi").textContent, true);
    paint();
  }

  function paint() {
    for (const pair of document.querySelectorAll(".picks")) {
      for (const button of pair.querySelectorAll("[data-pick]")) {
        const list = button.dataset.pick;
        const isOn = has(list, pair.dataset.path);
        button.setAttribute("aria-pressed", String(isOn));
        button.setAttribute("aria-disabled", String(!isOn && chosen[list].length >= MOST[list]));
      }
    }
    for (const button of tray.querySelectorAll("[data-open]")) {
      const count = chosen[button.dataset.open].length;
      button.hidden = !count;
      button.querySelector(".picked").textContent = digits.format(count);
    }
    tray.hidden = !chosen.kept.length && !chosen.compared.length;
  }

  // The cars as their own pages tell them today: a price that was kept would be an old one.

  async function ask({ path, name }) {
    const car = { path, name, facts: new Map(), picture: null, price: "", vat: "", state: "" };
    try {
      const answer = await fetch(addressOf(path));
      if (answer.status === 404) return { ...car, state: words.gone };
      if (!answer.ok) return { ...car, state: words.failed };
      return { ...car, ...found(new DOMParser().parseFromString(await answer.text(), "text/html"), name) };
    } catch {
      return { ...car, state: words.failed };
    }
  }

  // In the order asked; what the open dialog knows already is not fetched again.
  async function tell(cars) {
    const waiting = cars.filter((car) => !told.has(car.path));
    const next = async () => {
      for (let car = waiting.shift(); car; car = waiting.shift()) told.set(car.path, await ask(car));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    return cars.map((car) => told.get(car.path));
  }

  function found(page, name) {
    if (!page.querySelector(".vehicle")) return { state: words.gone }; // a host's own "not found"
    const text = (selector) => page.querySelector(selector)?.textContent.trim() ?? "";
    const facts = new Map();
    for (const term of page.querySelectorAll(".vehicle dt")) {
      const value = term.nextElementSibling?.textContent.trim();
      if (value && !facts.has(term.textContent.trim())) facts.set(term.textContent.trim(), value);
    }
    return {
      facts,
      name: text("h1 bdi") || name,
      picture: page.querySelector("#strip picture, #strip img"),
      price: text(".summary .amount"),
      vat: text(".summary .vat"),
      state: page.querySelector(".vehicle.closed") ? text(".stamp") || words.gone : "",
    };
  }

  // The dialog

  function make(tag, content, className = "") {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...[content].flat().filter((each) => each !== null && each !== ""));
    return element;
  }

  function head(car, list) {
    const link = make("a", car.name);
    link.href = addressOf(car.path);
    const remove = make("button", words.remove, "clear");
    remove.type = "button";
    remove.setAttribute("aria-label", words.removed.replace("{car}", car.name));
    remove.addEventListener("click", () => { toggle(list, car); open(list); });
    const picture = car.picture ? document.importNode(car.picture, true) : make("span", "", "none");
    for (const image of picture.querySelectorAll?.("source, img") ?? []) image.sizes = "12rem";
    return [make("div", picture, "frame"), link, car.state ? make("p", car.state, "away") : null, remove];
  }

  function row(label, values) {
    const differs = new Set(values.map(String)).size > 1;
    const term = make("th", [label, differs ? make("span", ` (${words.differs})`, "hidden") : null]);
    term.scope = "row";
    return make("tr", [term, ...values.map((value) => make("td", value || "–"))], differs ? "differs" : "");
  }

  function compared(cars) {
    const labels = [...new Set(cars.flatMap((car) => [...car.facts.keys()]))];
    const names = cars.map((car) => {
      const cell = make("th", head(car, "compared"));
      cell.scope = "col";
      return cell;
    });
    const table = make("table", [
      make("thead", make("tr", [make("td", ""), ...names])),
      make("tbody", [
        row(words.price, cars.map((car) => car.price)),
        row(words.vat, cars.map((car) => car.vat)),
        ...labels.map((label) => row(label, cars.map((car) => car.facts.get(label)))),
      ]),
    ]);
    const frame = make("div", table, "compared");
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-labelledby", "choice-title");
    return frame;
  }

  function kept(cars) {
    return make("ul", cars.map((car) => {
      const [frame, link, state, remove] = head(car, "kept");
      return make("li", [frame, make("div", [link, make("p", car.price, "cost"), make("p", car.vat, "small"), state]), remove]);
    }), "kept");
  }

  let told = new Map();
  let turn = 0;
  async function open(list) {
    const mine = ++turn;
    if (!chosen[list].length) { choice.close(); return; }
    title.textContent = words[`${list}Title`];
    if (!choice.open) {
      told = new Map();
      body.replaceChildren(make("p", words.loading, "loading"));
      choice.showModal();
      announce(words.loading);
    }
    const cars = await tell(chosen[list]);
    if (mine !== turn || !choice.open) return;
    announce("");
    body.replaceChildren(list === "compared" ? compared(cars) : kept(cars));
    if (document.activeElement === document.body) choice.querySelector("[data-close]").focus();
  }

  for (const button of tray.querySelectorAll("[data-open]")) button.addEventListener("click", () => open(button.dataset.open));
  choice.querySelector("[data-close]").addEventListener("click", () => choice.close());
  choice.addEventListener("close", () => { turn += 1; });
  document.addEventListener("stock:shown", decorate);
  addEventListener("pageshow", (event) => { if (event.persisted && isKept) { chosen = read(); paint(); } });
  addEventListener("storage", (event) => { if (event.key === key) { chosen = read(); paint(); } });
  decorate();
})();
