// The frame around a dealer's pages; what only the dealer decides is made once for each.
import { e } from "./stock.js";

const made = new Map();

export function layout(dealer, title, head, main) {
  if (!made.has(dealer)) made.set(dealer, [before(dealer), between(dealer), after(dealer)]);
  const [links, masthead, colophon] = made.get(dealer);
  return `<!DOCTYPE html>
<html lang="nl-BE">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${links}${head}</head>
${masthead}${main}${colophon}`;
}

const before = (dealer) => `<link rel="alternate" type="application/rss+xml" title="${e(dealer.name)}: aanbod (RSS)" href="/${dealer.slug}/rss.xml">
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/showroom.css">
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#111315" media="(prefers-color-scheme: dark)">
<meta name="format-detection" content="telephone=no">
`;

const between = (dealer) => `<body>
<a class="skip" href="#main">Naar de inhoud</a>
<header class="masthead">
  <nav class="trail" aria-label="U bent hier"><ol><li><a href="/">Occasions</a></li><li><a href="/${dealer.slug}/"><bdi>${e(dealer.name)}</bdi></a></li></ol></nav>
</header>
<main id="main" tabindex="-1">
`;

const after = (dealer) => `</main>
<footer class="colophon">
  <h2>Gegevens van de verkoper</h2>
  <address>
    <strong><bdi>${e(dealer.name)}</bdi></strong> <span><bdi>${e(dealer.company)}</bdi></span>
    <span><bdi>${e(dealer.street)}</bdi></span> <span><bdi>${e(dealer.town)}</bdi></span>
    <a href="${e(dealer.call)}">${e(dealer.phone)}</a> <a href="mailto:${e(dealer.email)}"><bdi>${e(dealer.email)}</bdi></a>
  </address>
  <p class="feeds"><a href="/${dealer.slug}/rss.xml">Volg dit aanbod</a></p>
  <p class="small">Onder voorbehoud van vergissingen.</p>
</footer>
</body>
</html>
`;
