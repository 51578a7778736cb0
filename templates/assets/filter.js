// Filters and sorts the stock. Without it every car is still there, page by page.
(() => {
  "use strict";
  const { MANY, LIMITS, fold, survey, ordered } = globalThis.stockOf ?? {};
  const byId = (id) => document.getElementById(id);
  const [form, stock, pages, none, onward, trouble] = ["filters", "stock", "pages", "none", "onward", "trouble"].map(byId);
  const [count, active, chips, sheet, models, show] = ["count", "active", "chips", "sheet", "models", "show"].map(byId);
  if (!form || !stock || !MANY || !globalThis.shelfOf) return;

  const STEP = 24; // cards of a long list that are shown at a time
  const { index, axis, value: part } = stock.dataset;
  const shelf = globalThis.shelfOf(stock, byId("skeleton"));
  const digits = new Intl.NumberFormat(form.dataset.locale);
  const labels = Object.fromEntries(MANY.map((name) => [name, new Map()]));
  for (const input of form.querySelectorAll("input[type=checkbox]")) {
    labels[input.name].set(input.value, input.closest("label").querySelector("bdi").textContent);
  }
  for (const { dataset, textContent } of form.querySelectorAll("[data-lone]")) labels[dataset.lone].set(dataset.value, textContent);
  const total = count.textContent;
  let shown = STEP;
  let modelsChosen = new Set(); // chosen, also before their list is there
  let stale = false; // the list behind the open sheet

  // What is chosen

  function chosen() {
    const values = new FormData(form);
    const picked = { q: (values.get("q") ?? "").trim(), sort: values.get("sort") ?? "", limits: {} };
    for (const name of MANY) picked[name] = new Set(name === "model" ? [] : values.getAll(name));
    const makes = known(picked);
    picked.model = new Set([...modelsChosen].filter((model) => makes.has(model.split(" ", 1)[0])));
    for (const name of Object.keys(LIMITS)) {
      if (values.get(name)) picked.limits[name] = Number(values.get(name));
    }
    return picked;
  }

  // The makes whose models can be chosen: those picked, or the only one there is.
  function known(picked) {
    if (picked.make.size) return picked.make;
    const all = new Set(axis === "make" ? [part] : labels.make.keys());
    if (!all.size) for (const car of shelf.cars ?? []) if (car.make !== null) all.add(car.make);
    return all.size === 1 ? all : new Set();
  }

  function query(picked) {
    const pairs = [["q", picked.q]];
    for (const name of MANY) for (const value of picked[name]) pairs.push([name, value]);
    pairs.push(...Object.entries(picked.limits).map(([name, value]) => [name, String(value)]), ["sort", picked.sort]);
    return new URLSearchParams(pairs.filter(([, value]) => value)).toString();
  }

  function remember(push) {
    const asked = query(chosen());
    const address = new URL(location.href); // whole, for a path of two slashes reads as a host
    Object.assign(address, { search: asked, hash: "" });
    if (push && address.search === location.search) return;
    history[push ? "pushState" : "replaceState"]({ shown }, "", address);
  }

  function restore() {
    const asked = new URLSearchParams(location.search);
    modelsChosen = new Set(asked.getAll("model").map(fold));
    for (const element of form.elements) {
      if (element.type === "checkbox") {
        element.checked = asked.getAll(element.name).some((value) => fold(value) === fold(element.value));
      } else if (element.name) {
        select(element, asked.get(element.name) ?? "");
      }
    }
  }

  // A shared address may hold a limit that this stock's steps do not have.
  function select(element, asked) {
    const options = [...(element.options ?? [])];
    const isLimit = element.name in LIMITS && /^\d{1,9}$/.test(asked);
    const value = isLimit ? String(Number(asked)) : asked;
    if (isLimit && !options.some((each) => each.value === value)) {
      element.add(new Option(element.name.startsWith("year") ? value : digits.format(value), value));
    }
    element.value = value;
    if (element.options && element.selectedIndex < 0) element.selectedIndex = 0;
  }

  // The active filters: what they are called and how each is taken back

  function filters(picked) {
    const found = [];
    if (picked.q) found.push({ label: `“${picked.q}”`, without: { q: "" }, undo: () => { form.elements.q.value = ""; } });
    for (const name of MANY) {
      for (const value of picked[name]) {
        const rest = new Set([...picked[name]].filter((each) => each !== value));
        found.push({ label: labels[name].get(value) ?? value, without: { [name]: rest }, undo: () => uncheck(name, value) });
      }
    }
    for (const name of Object.keys(picked.limits)) {
      const element = form.elements[name];
      const { [name]: _, ...rest } = picked.limits;
      const label = `${element.labels[0].textContent} ${element.selectedOptions[0].textContent}`;
      found.push({ label, without: { limits: rest }, undo: () => { element.value = ""; } });
    }
    return found;
  }

  function uncheck(name, value) {
    if (name === "model") modelsChosen.delete(value);
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      if (box.name === name && box.value === value) box.checked = false;
    }
  }

  function chip(label, name, undo) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = label;
    if (name !== label) button.setAttribute("aria-label", name);
    button.addEventListener("click", undo);
    item.append(button);
    return item;
  }

  // The page says what is chosen

  function amount(found, one, many) {
    return found === 1 ? one : many.replace("2", digits.format(found));
  }

  function tell(picked, seen) {
    const { one, many, none: nothing, showOne, showMany, remove, all } = form.dataset;
    const inForce = filters(picked);
    const found = seen.found.length;
    count.textContent = query(picked) ? (found ? amount(found, one, many) : nothing) : total;
    show.textContent = found ? amount(found, showOne, showMany) : nothing;
    active.textContent = String(inForce.length);
    active.hidden = !inForce.length;
    const items = inForce.map((each, at) => chip(each.label, remove.replace("{filter}", () => each.label), () => takeBack(each, at)));
    if (items.length > 1) {
      items.push(chip(all, all, clear));
      items.at(-1).firstChild.className = "plain";
    }
    chips.replaceChildren(...items);
    chips.hidden = !items.length;
    for (const button of document.querySelectorAll("button[data-clear]")) button.hidden = !inForce.length && button.closest("#none") === null;
    advise(picked, inForce, found);
    announce(count.textContent);
  }

  // Nothing found: which single filter is in the way.
  function advise(picked, inForce, found) {
    none.hidden = found > 0;
    const list = byId("instead");
    const ways = found ? [] : inForce.map((each) => [each, survey(shelf.cars, { ...picked, ...each.without }, labels).found.length]);
    list.replaceChildren(...ways.filter(([, left]) => left).map(([each, left]) => {
      const label = `${list.dataset.without.replace("{filter}", () => each.label)} (${digits.format(left)})`;
      return chip(label, label, () => takeBack(each, 0));
    }));
    list.previousElementSibling.hidden = !list.children.length;
  }

  let telling = 0;
  let told = total;
  function announce(text) {
    clearTimeout(telling);
    if (text === told) return;
    telling = setTimeout(() => {
      told = text;
      for (const place of document.querySelectorAll("[data-told]")) place.textContent = text;
    }, 500);
  }

  function takeBack(filter, at) {
    filter.undo();
    commit(true);
    const left = chips.querySelectorAll("button");
    (left[Math.min(at, left.length - 1)] ?? count).focus();
  }

  function clear() {
    restoreNothing();
    commit(true);
    (sheet.open ? show : count).focus();
  }

  function restoreNothing() {
    modelsChosen.clear();
    const sort = form.elements.sort.value;
    form.reset();
    form.elements.sort.value = sort;
  }

  // The options say how many cars they lead to

  function offer(picked, seen) {
    offerModels(picked);
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      const left = seen.counts[box.name].get(box.value) ?? 0;
      const label = box.closest("label");
      label.querySelector(".tally").textContent = digits.format(left);
      box.disabled = !left && !box.checked;
    }
  }

  function offerModels(picked) {
    const makes = known(picked);
    const list = models.querySelector("ul");
    const wanted = [...makes].sort().join(" ");
    if (list.dataset.makes === wanted) {
      for (const box of list.querySelectorAll("input")) box.checked = picked.model.has(box.value);
      return;
    }
    list.dataset.makes = wanted;
    const found = new Map();
    for (const car of shelf.cars ?? []) if (makes.has(car.make) && car.model !== null && !found.has(car.model)) found.set(car.model, car.label);
    labels.model = found;
    const collator = new Intl.Collator(form.dataset.locale, { numeric: true });
    const sorted = [...found].sort(([, a], [, b]) => collator.compare(a, b));
    list.replaceChildren(...sorted.map(([value, label]) => modelChoice(value, label, picked.model.has(value))));
    models.hidden = found.size < 2;
  }

  function modelChoice(value, label, isChosen) {
    const item = document.createElement("li");
    const choice = item.appendChild(document.createElement("label"));
    choice.className = "choice";
    const box = choice.appendChild(document.createElement("input"));
    Object.assign(box, { type: "checkbox", name: "model", value, checked: isChosen });
    const name = choice.appendChild(document.createElement("span"));
    name.className = "label";
    name.appendChild(document.createElement("bdi")).textContent = label;
    const tally = choice.appendChild(document.createElement("span"));
    tally.className = "tally";
    return item;
  }

  // The cars

  async function draw(picked, found, mine) {
    const plain = !query(picked);
    const most = index ? shown : Infinity;
    if (pages) pages.hidden = !plain;
    onward.hidden = plain || found.length <= most;
    if (plain) {
      shelf.reset();
      stay();
      return;
    }
    const wanted = ordered(found, picked.sort).slice(0, most);
    shelf.put(wanted);
    await shelf.fill(wanted, () => mine === turn);
    if (mine === turn) stay();
  }

  // Everything together

  let turn = 0;
  async function apply() {
    const mine = ++turn;
    trouble.hidden = true;
    try {
      if (!shelf.cars && !query(chosen())) {
        stay();
        return;
      }
      if (!shelf.cars) await shelf.load();
      if (mine !== turn) return;
      const picked = chosen();
      const seen = survey(shelf.cars, picked, labels);
      offer(picked, seen);
      tell(picked, seen);
      stale = sheet.open;
      if (!stale) await draw(picked, seen.found, mine);
    } catch {
      if (mine === turn) trouble.hidden = false;
    }
  }

  function commit(push) {
    shown = STEP;
    remember(push);
    apply();
  }

  function recall() {
    restore();
    shown = history.state?.shown ?? STEP;
    apply();
  }

  // A list that was left for a car is found again with that car where it was.
  let left = history.state?.left ?? null;
  if (left && index) history.scrollRestoration = "manual";
  function stay() {
    const card = left && stock.querySelector(`[data-n="${Number(left.n)}"]`);
    if (card && index) {
      card.scrollIntoView({ block: "start", behavior: "instant" });
      scrollBy({ top: card.getBoundingClientRect().top - left.top, behavior: "instant" });
    }
    left = null;
    history.scrollRestoration = "auto";
  }
  stock.addEventListener("click", (event) => {
    const card = event.target.closest("a")?.closest("[data-n]");
    if (!card) return;
    const top = card.getBoundingClientRect().top;
    history.replaceState({ ...history.state, shown, left: { n: card.dataset.n, top } }, "");
  });

  // The sheet of a phone

  const wide = matchMedia("(min-width: 62rem)");
  byId("opener").addEventListener("click", () => {
    sheet.querySelector(".content").append(form);
    sheet.showModal();
    shelf.load().then(apply).catch(() => {});
  });
  sheet.addEventListener("close", () => {
    byId("column").append(form);
    if (stale) apply();
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet || event.target.closest("[data-close]")) sheet.close();
  });
  wide.addEventListener("change", () => { if (wide.matches && sheet.open) sheet.close(); });

  // What a visitor does

  let typing = 0;
  form.elements.q.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => commit(false), 150);
  });
  document.addEventListener("change", (event) => {
    const { form: owner, name, value, checked } = event.target;
    if (owner !== form || name === "q") return;
    if (name === "model") modelsChosen[checked ? "add" : "delete"](value);
    commit(true);
    upwards();
  });
  // From far down a list that is about to change, the view goes back to its start.
  function upwards() {
    const results = byId("results");
    if (!sheet.open && results.getBoundingClientRect().top < 0) results.scrollIntoView({ block: "start" });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("focusin", () => shelf.load().catch(() => {}), { once: true });
  for (const button of document.querySelectorAll("button[data-clear]")) button.addEventListener("click", clear);
  for (const button of form.querySelectorAll("[data-rest]")) {
    button.addEventListener("click", () => {
      const group = button.closest(".group");
      const next = [...group.querySelectorAll(".rare input")].find((box) => !box.disabled && !box.checked);
      group.classList.add("whole");
      (next ?? group.querySelector("summary")).focus();
    });
  }
  trouble.querySelector("button").addEventListener("click", apply);
  onward.querySelector("button").addEventListener("click", async () => {
    const before = stock.children.length;
    shown += STEP;
    history.replaceState({ ...history.state, shown }, "");
    await apply();
    stock.children[before]?.querySelector("a")?.focus({ preventScroll: true });
  });
  addEventListener("popstate", recall);
  document.documentElement.classList.add("scripts"); // for browsers whose style sheets cannot tell
  recall();
  for (const group of form.querySelectorAll(".group:not([open])")) if (group.querySelector(":checked")) group.open = true;
})();
