import { dealers, e, many } from "./stock.js";

export const data = { permalink: "/index.html", eleventyExcludeFromCollections: true };

export const render = () => `<!DOCTYPE html>
<html lang="nl-BE">
<head><meta charset="utf-8"><title>Occasions</title></head>
<body><ul>
${many(dealers, (dealer) => `<li><a href="/${dealer.slug}/">${e(dealer.name)}</a></li>\n`)}</ul></body>
</html>
`;
