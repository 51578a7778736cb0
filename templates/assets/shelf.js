// The cars of a list and their cards. A long list has an index; its cards come from the pages that
// hold them, when they are wanted.
globalThis.shelfOf = (stock, template) => {
  "use strict";
  const { fromCards, fromIndex } = globalThis.stockOf;
  const { index, order, home, axis, value: part } = stock.dataset;
  const size = Number(stock.dataset.size);
  const own = [...stock.children];
  const cards = new Map(own.map((card) => [Number(card.dataset.n), card]));
  const fetched = new Map(); // pages by number
  let loading = null;
  let leaving = null;

  const tellOthers = () => document.dispatchEvent(new CustomEvent("stock:shown"));

  // A newer build has taken this page's place: the page itself is asked for again, once, and until
  // it comes there is nothing to tell, of requests that end with this page neither.
  function outdated() {
    if (performance.getEntriesByType("navigation")[0]?.type === "reload") throw new Error(index);
    location.reload();
    leaving = new Promise(() => {});
    return leaving;
  }

  function failed(error) {
    if (leaving) return leaving;
    throw error;
  }

  async function fetchIndex() {
    const answer = await fetch(index);
    if (answer.status === 404) await outdated();
    if (!answer.ok) throw new Error(index);
    const told = await answer.json();
    if (told.order !== order) await outdated();
    const all = fromIndex(told);
    shelf.cars = axis ? all.filter((car) => car[axis] === part) : all;
  }

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

  async function read(number) {
    const { status, response } = await opened(number === 1 ? home : `${home}page/${number}/`);
    if (status === 404) await outdated();
    if (status !== 200) throw new Error(`${home} ${number}`);
    const other = response?.getElementById("stock");
    if (other?.dataset.order !== order) await outdated();
    for (const card of [...other.children]) {
      const n = Number(card.dataset.n);
      if (!cards.has(n)) cards.set(n, document.adoptNode(card));
    }
  }

  function page(number) {
    if (!fetched.has(number)) {
      fetched.set(number, read(number).catch((error) => { fetched.delete(number); return failed(error); }));
    }
    return fetched.get(number);
  }

  function replace(nodes) {
    if (nodes.length === stock.children.length && nodes.every((node, at) => node === stock.children[at])) return;
    stock.replaceChildren(...nodes);
    tellOthers();
  }

  const shelf = {
    cars: index ? null : fromCards(own),

    // What filters know of every car.
    load() {
      loading ??= shelf.cars ? Promise.resolve() : fetchIndex().catch((error) => { loading = null; return failed(error); });
      return loading;
    },

    // The page as it came.
    reset: () => replace(own),

    // These cars; a place is kept for those that are still to come.
    put: (cars) => replace(cars.map((car) => cards.get(car.n) ?? template.content.firstElementChild.cloneNode(true))),

    // Fetch what is still to come, a few pages at a time, while it is wanted.
    async fill(cars, wanted) {
      const lacking = [...new Set(cars.filter((car) => !cards.has(car.n)).map((car) => Math.ceil(car.n / size)))];
      if (!lacking.length) return;
      const next = async () => {
        for (let number = lacking.shift(); number; number = lacking.shift()) {
          await page(number);
          if (!wanted()) return;
          cars.forEach((car, at) => {
            if (cards.has(car.n) && stock.children[at] !== cards.get(car.n)) stock.children[at].replaceWith(cards.get(car.n));
          });
        }
      };
      await Promise.all([next(), next(), next(), next()]);
      if (wanted()) tellOthers();
    },
  };
  return shelf;
};
