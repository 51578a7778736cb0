import { e, each, lists, many } from "./stock.js";
import { layout } from "./layout.js";

const path = (dealer, number) =>
  number > 1 ? `/${dealer.slug}/page/${number}/` : `/${dealer.slug}/`;

export const data = each(lists, "list", ({ dealer, number }) => `${path(dealer, number)}index.html`);

export function render({ list: { dealer, cars, number, last } }) {
  const title = e(dealer.name);
  return layout(
    dealer,
    title,
    "",
    `<h1><bdi>${title}</bdi></h1>
<ul class="stock">
${many(cars, (car) => card(dealer, car))}</ul>
<nav class="pages">
${number > 1 ? `  <a rel="prev" href="${path(dealer, number - 1)}">Vorige</a>\n` : ""}${number < last ? `  <a rel="next" href="${path(dealer, number + 1)}">Volgende</a>\n` : ""}</nav>
`,
  );
}

const card = (dealer, car) => `  <li><article class="card">
${many(car.photos.slice(0, 1), (photo) => `    <img src="${e(photo.url)}" alt="" width="1600" height="1200" decoding="async" referrerpolicy="no-referrer" loading="lazy">\n`)}    <h2 class="name"><a href="/${dealer.slug}/${car.slug}/"><bdi>${e(car.title)}</bdi></a></h2>
    <ul class="key-facts">
${many(car.tiles, (row) => `      <li>${e(row.value)}</li>\n`)}    </ul>
    <p class="price"><span class="amount">${e(car.price)}</span> <span class="vat">${e(car.vat)}</span></p>
  </article></li>
`;
