import { PER_FEED, SITE, dealers, e, each, many } from "./stock.js";

export const data = each(dealers, "dealer", (dealer) => `/${dealer.slug}/rss.xml`);

export function render({ dealer }) {
  const home = `${SITE}/${dealer.slug}/`;
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel>
<title>${e(dealer.name)}: aanbod</title>
<link>${home}</link>
<description>De nieuwste wagens van ${e(dealer.name)}</description>
${many(
  dealer.cars.slice(0, PER_FEED),
  (car) => `<item>
  <title>${e(car.title)}</title>
  <link>${home}${car.slug}/</link>
  <guid>${home}${car.slug}/</guid>
  <pubDate>${car.date}</pubDate>
  <description>${e(car.line)}</description>
${many(car.photos.slice(0, 1), (photo) => `  <enclosure url="${e(photo.url)}" length="0" type="image/jpeg"/>\n`)}</item>
`,
)}</channel></rss>
`;
}
