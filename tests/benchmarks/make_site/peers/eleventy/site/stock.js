// The dealers with their cars, read once; and what all templates share.
import { readFileSync, readdirSync } from "node:fs";

export const SITE = "https://s.example";
export const PER_FEED = 200;
const PER_PAGE = 60;

export const dealers = readdirSync("data")
  .sort()
  .map((name) => JSON.parse(readFileSync(`data/${name}`, "utf8")));

export const cars = dealers.flatMap((dealer) => dealer.cars.map((car) => ({ dealer, car })));

export const lists = dealers.flatMap((dealer) => {
  const last = Math.ceil(dealer.cars.length / PER_PAGE);
  return Array.from({ length: last }, (_, at) => ({
    dealer,
    cars: dealer.cars.slice(at * PER_PAGE, (at + 1) * PER_PAGE),
    number: at + 1,
    last,
  }));
});

// One page for each of `items`, each under `name` in the template's data.
export const each = (items, name, permalink) => ({
  items,
  pagination: { data: "items", size: 1, alias: name, addAllPagesToCollections: false },
  eleventyExcludeFromCollections: true,
  permalink: (data) => permalink(data[name]),
});

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
const SPECIAL = /[&<>"']/;
const EACH_SPECIAL = /[&<>"']/g;

export const e = (text) =>
  SPECIAL.test(text) ? text.replace(EACH_SPECIAL, (found) => ENTITIES[found]) : text;

export const many = (items, write) => items.map(write).join("");
