// Favourites and a comparison of up to three cars. They stay on the visitor's device, and only
// once the visitor has chosen a car. Without this every car is still there.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const [tray, picks, clear, choice, title] = ["tray", "picks", "clear", "choice", "choice-title"].map(byId);
  const [body, state, only, said] = ["choice-body", "choice-state", "only", "said"].map(byId);
  if (!tray || !picks || !choice) return;

  const MOST = { kept: 100, compared: 3 };
  const AT_ONCE = 4; // pages that are asked for
  const { root, prefix, locale, ...words } = tray.dataset;
  const key = `syndicator:keep:${root}`;
  const digits = new Intl.NumberFormat(locale);
  const slug = /^[a-z0-9-]{1,100}\/[a-z0-9-]{1,100}$/; // dealer and car, in any language
  let isKept = true; // unless storage is blocked
  let chosen = read();

  // What is chosen: { kept: [{ path, name }], compared: [...] }

  function read() {
    try {
      const stored = JSON.parse(localStorage.getItem(key)) ?? {};
      return { kept: clean(stored.kept, MOST.kept), compared: clean(stored.compared, MOST.compared) };
    } catch {
      return { kept: [], compared: [] }; // blocked, or written by somebody else
    }
  }

  function clean(stored, most) {
    const cars = new Map();
    for (const car of Array.isArray(stored) ? stored : []) {
      if (slug.test(car?.path) && typeof car.name === "string") cars.set(car.path, { path: car.path, name: car.name.slice(0, 200) });
    }
    return [...cars.values()].slice(0, most);
  }

  function write() {
    try {
      if (chosen.kept.length || chosen.compared.length) localStorage.setItem(key, JSON.stringify(chosen));
      else localStorage.removeItem(key);
    } catch { isKept = false; } // then it is for this page only
  }

  const has = (list, path) => chosen[list].some((car) => car.path === path);
  const isFull = (list) => chosen[list].length >= MOST[list];

  function toggle(list, car) {
    const isOn = has(list, car.path);
    if (!isOn && isFull(list)) {
      say(list === "compared" ? words.full : words.fullKept);
      return;
    }
    chosen[list] = isOn ? chosen[list].filter((other) => other.path !== car.path) : [...chosen[list], car];
    say("");
    write();
    paint();
  }

  // Emptied first: a text that is the same again would not be read out. Behind a dialog nothing is.
  let saying = 0;
  function say(text) {
    const place = choice.open ? state : said;
    clearTimeout(saying);
    said.textContent = state.textContent = "";
    if (text) saying = setTimeout(() => { place.textContent = text; saying = setTimeout(say, 6000, ""); }, 50);
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

  function offer(place, path, name, isSpoken = false) {
    if (!slug.test(path) || place.querySelector(".picks")) return;
    const pair = picks.content.firstElementChild.cloneNode(true);
    pair.classList.toggle("spoken", isSpoken);
    pair.dataset.path = path;
    for (const button of pair.querySelectorAll("[data-pick]")) {
      button.setAttribute("aria-label", words[button.dataset.pick].replace("{car}", () => name));
      button.addEventListener("click", () => toggle(button.dataset.pick, { path, name }));
    }
    place.append(pair);
  }

  function decorate() {
    for (const card of document.querySelectorAll(".card")) {
      const link = card.querySelector(".name a");
      offer(card, pathOf(link.href), link.querySelector("bdi").textContent);
    }
    const tools = document.querySelector("[data-keep]");
    if (tools) offer(tools, pathOf(location.href), document.querySelector("h1 bdi").textContent, true);
    paint();
  }

  function paint() {
    for (const button of document.querySelectorAll(".picks [data-pick]")) {
      const list = button.dataset.pick;
      const isOn = has(list, button.closest(".picks").dataset.path);
      button.setAttribute("aria-pressed", String(isOn));
      button.setAttribute("aria-disabled", String(!isOn && isFull(list)));
    }
    for (const button of tray.querySelectorAll("[data-open]")) {
      const count = chosen[button.dataset.open].length;
      button.hidden = !count;
      button.querySelector(".picked").textContent = digits.format(count);
    }
    tray.hidden = !chosen.kept.length && !chosen.compared.length;
  }

  // The cars as their own pages tell them today: a price that was kept would be an old one.

  const blank = (car) => ({ ...car, variant: "", facts: new Map(), picture: null, price: "", vat: "", state: "", isThere: true });

  // Another page of this site, as a document: read by the browser itself, no text is made markup here.
  function opened(address) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("GET", address);
      request.responseType = "document";
      request.onload = () => resolve(request);
      request.onerror = () => reject(new Error(address));
      request.send();
    });
  }

  async function ask(car) {
    try {
      const { status, response } = await opened(addressOf(car.path));
      if (status === 404 || status === 410) return { ...blank(car), state: words.gone, isThere: false };
      if (status !== 200) return { ...blank(car), state: words.failed };
      return { ...blank(car), ...found(car, response) };
    } catch {
      return { ...blank(car), state: words.failed };
    }
  }

  async function askAll(cars) {
    const waiting = cars.filter((car) => !known.has(car.path));
    const next = async () => {
      for (let car = waiting.shift(); car; car = waiting.shift()) known.set(car.path, await ask(car));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  function found({ name }, page) {
    if (!page.querySelector(".vehicle")) return { state: words.gone, isThere: false }; // a host's own "not found"
    const text = (selector) => page.querySelector(selector)?.textContent.trim() ?? "";
    const facts = new Map();
    for (const term of page.querySelectorAll(".vehicle dt")) {
      const label = term.textContent.trim();
      const value = term.nextElementSibling?.textContent.trim();
      if (value && !facts.has(label)) facts.set(label, value);
    }
    return {
      facts,
      name: text("h1 bdi") || name,
      variant: text("h1 .variant"),
      picture: page.querySelector("#strip picture, #strip img"),
      price: text(".summary .amount"),
      vat: text(".summary .vat"),
      state: page.querySelector(".vehicle.closed") ? text(".stamp") || words.gone : "",
    };
  }

  // The dialog

  let list = "kept";
  let turn = 0;
  const known = new Map(); // by path, while the dialog is open

  function make(tag, content, className = "") {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...[content].flat().filter((each) => each !== null && each !== ""));
    return element;
  }

  function photo(car) {
    const picture = car.picture ? document.importNode(car.picture, true) : "";
    for (const each of picture ? [picture, ...picture.querySelectorAll("*")] : []) {
      if ("sizes" in each) each.sizes = list === "kept" ? "9rem" : "(min-width: 48rem) 18rem, 10rem";
    }
    return make("div", picture, "frame");
  }

  const variant = (car) => (car.variant ? make("bdi", car.variant, "variant") : null);

  function named(car) {
    const link = make(car.isThere ? "a" : "span", make("bdi", car.name), "title");
    if (car.isThere) link.href = addressOf(car.path);
    return [link, variant(car)];
  }

  function remover(car) {
    const button = clear.content.firstElementChild.cloneNode(true);
    button.setAttribute("aria-label", words.removed.replace("{car}", () => car.name));
    button.addEventListener("click", () => {
      const at = chosen[list].findIndex((other) => other.path === car.path);
      toggle(list, car);
      if (!chosen[list].length) { choice.close(); return; }
      show();
      const rest = body.querySelectorAll(".clear");
      rest[Math.min(at, rest.length - 1)].focus();
    });
    return button;
  }

  function asking(car) {
    return [
      car.price ? make("span", car.price, "cost") : null,
      car.vat ? make("span", car.vat, "vat") : null,
      car.state ? make("span", car.state, "away") : null,
    ];
  }

  function kept(cars) {
    return make("ul", cars.map((car) => {
      const item = make("li", [make("div", "", "frame"), make("div", named(car)), remover(car)]);
      item.dataset.path = car.path;
      offer(item, car.path, car.name);
      tell(item, car);
      return item;
    }), "keeping");
  }

  // What a car's own page says is put in around its link and buttons: somebody may be at one of them.
  function tell(item, car) {
    const link = item.querySelector(".title");
    const isHere = item.contains(document.activeElement);
    item.querySelector(".frame").replaceWith(photo(car));
    link.querySelector("bdi").textContent = car.name;
    while (link.nextSibling) link.nextSibling.remove();
    link.parentElement.append(...[variant(car), make("p", asking(car))].filter(Boolean));
    if (car.isThere) return;
    link.replaceWith(make("span", [...link.childNodes], "title"));
    item.querySelector(".picks")?.remove();
    if (isHere && !item.contains(document.activeElement)) item.querySelector(".clear").focus();
  }

  function tellAll() {
    for (const item of body.querySelectorAll(".keeping > li")) {
      if (known.has(item.dataset.path)) tell(item, known.get(item.dataset.path));
    }
    paint();
  }

  function row(label, values, shown = values) {
    const differs = new Set(values.filter(Boolean)).size > 1;
    const term = make("th", [label, differs ? make("span", ` (${words.differs})`, "hidden") : null]);
    term.scope = "row";
    return make("tr", [term, ...shown.map((value) => make("td", value?.length ? value : "–"))], differs ? "differs" : "same");
  }

  function compared(cars) {
    const labels = [...new Set(cars.flatMap((car) => [...car.facts.keys()]))];
    const heads = cars.map((car) => make("th", named(car)));
    for (const head of heads) head.scope = "col";
    const table = make("table", [
      make("thead", [
        make("tr", [make("td", ""), ...cars.map((car) => make("td", [photo(car), remover(car)]))]),
        make("tr", [make("td", ""), ...heads]),
      ]),
      make("tbody", [
        row(words.price, cars.map((car) => `${car.price} ${car.vat}`.trim()), cars.map((car) => asking(car).filter(Boolean))),
        ...labels.map((label) => row(label, cars.map((car) => car.facts.get(label)))),
      ]),
    ]);
    table.className = `of-${cars.length}`;
    return cars.length > 1 ? table : make("div", [make("p", words.lone, "loading"), table], "lone");
  }

  function show() {
    const cars = chosen[list].map((car) => known.get(car.path) ?? blank(car));
    const isWaiting = cars.some((car) => !known.has(car.path));
    const isChoice = list === "compared" && cars.length > 1 && !isWaiting;
    only.closest("label").hidden = !isChoice;
    only.checked &&= isChoice;
    body.classList.toggle("brief", only.checked);
    if (list === "kept") body.replaceChildren(kept(cars));
    else body.replaceChildren(isWaiting ? make("p", words.loading, "loading") : compared(cars));
    paint();
  }

  async function open(wanted) {
    const mine = ++turn;
    list = wanted;
    known.clear();
    say("");
    title.textContent = words[`${list}Title`];
    choice.dataset.list = list;
    only.checked = false;
    body.dataset.told = "no";
    show();
    choice.showModal();
    choice.querySelector("[data-close]").focus();
    await askAll(chosen[list]);
    if (mine !== turn || !choice.open) return;
    if (list === "compared") show();
    else tellAll();
    body.dataset.told = "yes";
  }

  for (const button of tray.querySelectorAll("[data-open]")) button.addEventListener("click", () => open(button.dataset.open));
  choice.querySelector("[data-close]").addEventListener("click", () => choice.close());
  choice.addEventListener("click", (event) => { if (event.target === choice) choice.close(); });
  choice.addEventListener("close", () => { if (tray.hidden) byId("main")?.focus({ preventScroll: true }); });
  only.addEventListener("change", () => body.classList.toggle("brief", only.checked));
  document.addEventListener("stock:shown", decorate);
  addEventListener("pageshow", (event) => { if (event.persisted && isKept) { chosen = read(); paint(); } });
  addEventListener("storage", (event) => { if (event.key === key) { chosen = read(); paint(); } });
  decorate();
})();
