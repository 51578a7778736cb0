// Which cars fit a choice, how many each further choice would leave, and their order. Touches no page.
globalThis.stockOf = (() => {
  "use strict";
  const MANY = ["make", "model", "fuel", "gearbox", "body", "colour", "place"];
  const LIMITS = { price_from: "price", price_to: "price", year_from: "year", year_to: "year", km_to: "km" };
  const NUMBERS = ["price", "since", "km", "kw"];

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // A model belongs to its make: two makes may have one of the same name.
  function completed(car) {
    car.year = car.since === null ? null : Math.floor(car.since / 100);
    car.label = car.model;
    car.model = car.model === null ? null : `${car.make ?? ""} ${fold(car.model)}`;
    return car;
  }

  function fromCards(cards) {
    return cards.map(({ dataset }) => {
      const car = { n: Number(dataset.n), text: dataset.text ?? "" };
      for (const name of MANY) car[name] = dataset[name] ?? null;
      for (const name of NUMBERS) car[name] = name in dataset ? Number(dataset[name]) : null;
      return completed(car);
    });
  }

  function fromIndex({ tables, columns }) {
    return columns.text.map((text, at) => {
      const car = { n: at + 1, text };
      for (const name of NUMBERS) car[name] = columns[name][at];
      for (const name of MANY) car[name] = tables[name][columns[name][at]] ?? null;
      return completed(car);
    });
  }

  // :param labels: what the page calls a value: ``labels.fuel.get("petrol")``; a search finds it.
  function searched(car, labels) {
    if (car.folded === undefined) {
      const said = MANY.map((name) => labels[name]?.get(car[name]) ?? "");
      car.folded = fold([car.text, car.year ?? "", ...said].join(" "));
    }
    return car.folded;
  }

  function within(car, limits) {
    return limits.every(([name, value]) => {
      const known = car[LIMITS[name]];
      return known !== null && (name.endsWith("_from") ? known >= value : known <= value);
    });
  }

  // A make of which models are chosen is there with these only, any other with all.
  const narrowed = (models) => new Set([...models].map((model) => model.split(" ", 1)[0]));

  // Cars that fit, and per group the cars that each value would leave beside all other choices.
  function survey(cars, chosen, labels) {
    const counts = Object.fromEntries(MANY.map((name) => [name, new Map()]));
    const add = (name, value) => counts[name].set(value, (counts[name].get(value) ?? 0) + 1);
    const limits = Object.entries(chosen.limits);
    const words = fold(chosen.q).split(/\s+/).filter(Boolean);
    const asked = MANY.filter((name) => chosen[name].size);
    const makes = narrowed(chosen.model);
    const fits = (car, name) => chosen[name].has(car[name]) || (name === "model" && !makes.has(car.make));
    const found = [];
    for (const car of cars) {
      if (!within(car, limits)) continue;
      if (words.length && !words.every((word) => searched(car, labels).includes(word))) continue;
      const missed = asked.filter((name) => !fits(car, name));
      if (missed.length > 1) continue;
      if (missed.length === 0) found.push(car);
      for (const name of missed.length ? missed : MANY) if (car[name] !== null) add(name, car[name]);
    }
    return { found, counts };
  }

  // What a sort does not know stands last, whichever way it runs.
  function ordered(cars, sort) {
    const down = sort.startsWith("-") ? -1 : 1;
    const key = sort.replace("-", "") || "n";
    return [...cars].sort((a, b) => {
      const [x, y] = [a[key], b[key]];
      if (x === null || y === null) return (x === null) - (y === null) || a.n - b.n;
      return (x - y) * down || a.n - b.n;
    });
  }

  return { MANY, LIMITS, fold, fromCards, fromIndex, survey, ordered };
})();
