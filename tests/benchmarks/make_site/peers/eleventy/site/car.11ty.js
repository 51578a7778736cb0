import { SITE, cars, e, each, many } from "./stock.js";
import { layout } from "./layout.js";

const path = ({ dealer, car }) => `/${dealer.slug}/${car.slug}/`;

export const data = each(cars, "offer", (offer) => `${path(offer)}index.html`);

export function render({ offer }) {
  const { dealer, car } = offer;
  const title = `${e(car.title)} · ${e(dealer.name)}`;
  return layout(dealer, title, head(offer, title), main(offer));
}

const rows = (members) =>
  many(
    members,
    (row) => `            <div><dt>${e(row.label)}</dt><dd><bdi>${e(row.value)}</bdi></dd></div>
`,
  );

const head = ({ dealer, car }, title) => `<meta name="description" content="${e(car.title)} · ${e(car.line)}">
<link rel="canonical" href="${SITE}${path({ dealer, car })}">
<meta property="og:type" content="product">
<meta property="og:site_name" content="${e(dealer.name)}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${e(car.line)}">
<meta property="og:url" content="${SITE}${path({ dealer, car })}">
${many(car.photos.slice(0, 1), (photo) => `<meta property="og:image" content="${e(photo.url)}">\n`)}<script type="application/ld+json">${car.data}</script>
`;

const main = ({ dealer, car }) => `<p class="back"><a href="/${dealer.slug}/">Terug naar het aanbod</a></p>
<article class="vehicle">
  <div class="gallery">
    <ul class="strip" tabindex="0" aria-label="Foto’s">
${many(
  car.photos,
  (photo, at) => `      <li id="photo-${at + 1}"><a href="${e(photo.url)}" rel="noopener nofollow"><img src="${e(photo.url)}" alt="${e(photo.alt)}" width="1600" height="1200" decoding="async" referrerpolicy="no-referrer" loading="lazy"></a></li>
`,
)}    </ul>
    <ul class="thumbs" aria-hidden="true">
${many(
  car.photos,
  (photo, at) => `      <li><a href="#photo-${at + 1}" tabindex="-1"><img src="${e(photo.url)}" alt="" width="160" height="120" loading="lazy" decoding="async" referrerpolicy="no-referrer"></a></li>
`,
)}    </ul>
  </div>
  <div class="summary">
    <h1><bdi>${e(car.title)}</bdi></h1>
    <p class="price"><span class="amount">${e(car.price)}</span> <span class="vat">${e(car.vat)}</span></p>
    <dl class="tiles">
${rows(car.tiles)}    </dl>
    <p class="tools"><a class="tool" href="${e(car.forward)}">Mail naar een vriend</a></p>
    <section class="seller" aria-labelledby="seller">
      <h2 id="seller">Contacteer de verkoper</h2>
      <p><strong><bdi>${e(dealer.name)}</bdi></strong><br><bdi>${e(dealer.street)}</bdi><br><bdi>${e(dealer.town)}</bdi></p>
      <p class="actions"><a class="button" href="${e(dealer.call)}">${e(dealer.phone)}</a> <a class="button quiet" href="${e(car.letter)}">E-mail</a></p>
    </section>
  </div>
  <div class="details">
    <section class="described" aria-labelledby="description">
      <h2 id="description">Beschrijving</h2>
      <div class="prose" lang="" dir="auto">
${many(
  car.paragraphs,
  (lines) => `        <p>${lines.map(e).join("<br>")}</p>
`,
)}      </div>
    </section>
    <section aria-labelledby="facts">
      <h2 id="facts">Technische gegevens</h2>
      <div class="groups">
${many(
  car.groups,
  (group) => `        <div class="group">
          <h3>${e(group.heading)}</h3>
          <dl>
${rows(group.rows)}          </dl>
        </div>
`,
)}      </div>
    </section>
    <section class="fitted" aria-labelledby="equipment">
      <h2 id="equipment">Uitrusting en opties</h2>
      <div class="groups">
${many(
  car.equipment,
  (group) => `        <div class="group">
          <h3>${e(group.heading)}</h3>
          <ul class="equipment" lang="">
${many(group.names, (name) => `            <li><bdi>${e(name)}</bdi></li>\n`)}          </ul>
        </div>
`,
)}      </div>
    </section>
  </div>
</article>
<nav class="neighbours" aria-label="Andere wagens">
${neighbour("prev", "Vorige", car.before)}${neighbour("next", "Volgende", car.after)}</nav>
`;

const neighbour = (relation, word, { href, name }) =>
  href ? `  <a rel="${relation}" href="${e(href)}">${word} <bdi>${e(name)}</bdi></a>\n` : "";
