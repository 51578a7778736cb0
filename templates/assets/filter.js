// Filters and sorts the stock. Without it every car is still there, page by page.
(() => {
  "use strict";
  const form = document.getElementById("filters");
  const stock = document.getElementById("stock");
  const pages = document.getElementById("pages");
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  const fields = document.getElementById("fields");
  const toggle = form?.querySelector(".toggle");
  const clear = form?.querySelector(".clear");
  if (!form || !stock) return;

  const LEAST = { year: "year" };
  const MOST = { price: "price", km: "km" };
  const SAME = ["make", "fuel", "gearbox", "body"];
  const own = [...stock.children];
  let cars = own;
  let everything = null;

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = new Map();
  const textOf = (car) => {
    if (!words.has(car)) words.set(car, fold(car.textContent));
    return words.get(car);
  };
  const number = (car, key) => (key in car.dataset ? Number(car.dataset[key]) : NaN);

  function wanted() {
    const chosen = new Map();
    for (const [name, value] of new FormData(form)) {
      if (value.trim()) chosen.set(name, value.trim());
    }
    return chosen;
  }

  function fits(car, chosen, except) {
    for (const [name, value] of chosen) {
      if (name === except || name === "sort") continue;
      if (name === "q") {
        if (!fold(value).split(/\s+/).every((word) => textOf(car).includes(word))) return false;
      } else if (name in LEAST) {
        if (!(number(car, name) >= Number(value))) return false;
      } else if (name in MOST) {
        if (!(number(car, name) <= Number(value))) return false;
      } else if (SAME.includes(name) && car.dataset[name] !== value) return false;
    }
    return true;
  }

  // What a sort does not know stands last, whichever way it runs.
  function compare(sort) {
    const down = sort.startsWith("-") ? -1 : 1;
    const key = sort.replace("-", "") || "n";
    return (a, b) => {
      const [x, y] = [number(a, key), number(b, key)];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a.dataset.n - b.dataset.n;
      return (x - y) * down || a.dataset.n - b.dataset.n;
    };
  }

  // The cars of the other pages come from those pages themselves, once, when they are needed.
  function all() {
    everything ??= gather().catch(() => own);
    return everything;
  }

  async function gather() {
    if (!pages) return own;
    const here = Number(pages.dataset.number);
    const shelves = [];
    const numbers = Array.from({ length: Number(pages.dataset.last) }, (_, index) => index + 1);
    const next = async () => {
      for (let page = numbers.shift(); page; page = numbers.shift()) {
        shelves[page] = page === here ? own : await read(page);
      }
    };
    await Promise.all([next(), next(), next()]);
    return shelves.flat();
  }

  async function read(page) {
    const address = page === 1 ? pages.dataset.first : `${pages.dataset.first}page/${page}/`;
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(address);
    const text = new DOMParser().parseFromString(await answer.text(), "text/html");
    return [...text.getElementById("stock").children].map((car) => document.adoptNode(car));
  }

  function announce(found) {
    clear.hidden = found === null;
    if (found === null) {
      count.textContent = "";
      return;
    }
    const many = form.dataset.many.replace("2", new Intl.NumberFormat(form.dataset.locale).format(found));
    const text = found === 0 ? form.dataset.none : found === 1 ? form.dataset.one : many;
    if (count.textContent !== text) count.textContent = text;
  }

  function show(chosen) {
    const filtered = chosen.size > 0;
    const found = new Set(cars.filter((car) => fits(car, chosen)));
    const ordered = [...cars].sort(compare(chosen.get("sort") ?? ""));
    if (filtered || stock.children.length !== own.length) stock.replaceChildren(...(filtered ? ordered : own));
    else stock.append(...own);
    for (const car of cars) car.hidden = !found.has(car);
    none.hidden = found.size > 0;
    if (pages) pages.hidden = filtered;
    announce(filtered ? found.size : null);
  }

  let turn = 0;
  async function apply() {
    const mine = ++turn;
    const chosen = wanted();
    if (chosen.size && cars === own && pages) {
      cars = await all();
    }
    if (mine === turn) show(chosen);
  }

  function restore(values) {
    for (const element of form.elements) {
      if (element.name) element.value = values.get(element.name) ?? "";
      if (element.value === "" && values.has(element.name) && element.localName === "select") element.selectedIndex = 0;
    }
  }

  function remember(push) {
    const query = new URLSearchParams([...wanted()]).toString();
    const address = location.pathname + (query && `?${query}`);
    if (push) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  }

  function recall() {
    const asked = new Map(new URLSearchParams(location.search));
    restore(asked);
    apply();
  }

  let typing = 0;
  form.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(typing);
    typing = setTimeout(() => { remember(false); apply(); }, 200);
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "search") return;
    remember(true);
    apply();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { remember(true); apply(); form.elements.q.focus(); }));
  addEventListener("popstate", recall);
  toggle.addEventListener("click", () => {
    const open = fields.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
  });
  form.classList.add("ready");
  recall();
})();
