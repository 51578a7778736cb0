import { SITE, cars, dealers, many } from "./stock.js";

export const data = { permalink: "/sitemap.xml", eleventyExcludeFromCollections: true };

export const render = () => `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>${SITE}/</loc></url>
${many(dealers, ({ slug }) => `<url><loc>${SITE}/${slug}/</loc></url>\n`)}${many(cars, ({ dealer, car }) => `<url><loc>${SITE}/${dealer.slug}/${car.slug}/</loc><lastmod>${car.updated}</lastmod></url>\n`)}</urlset>
`;
