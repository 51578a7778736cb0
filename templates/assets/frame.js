// In a frame on another page: hides what that page has already, takes its look, tells its own size.
(() => {
  "use strict";
  if (window.parent === window) return;
  const root = document.documentElement;
  const site = new URL("..", document.currentScript.src);
  root.classList.add("embedded");

  // The look is in the frame's name, which stays from page to page.

  function asked() {
    try {
      return window.name.startsWith("syndicator:") ? Object(JSON.parse(window.name.slice(11))) : {};
    } catch {
      return {};
    }
  }

  const parse = (colour) => (typeof colour === "string" && /^#[0-9a-f]{6}$/i.test(colour) ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255) : null);
  const write = (colour) => `#${colour.map((part) => Math.round(part * 255).toString(16).padStart(2, "0")).join("")}`;
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  // Towards black or white until text in it can be read on the surface (WCAG 2.2: 4.5).
  function readable(accent, surface, end) {
    for (let step = 0; step <= 50; step += 1) {
      const mixed = accent.map((part) => part + ((end - part) * step) / 50);
      if (contrast(mixed, surface) >= 4.55) return mixed; // a little more, for it is rounded
    }
    return [end, end, end];
  }

  const look = asked();
  const isSplit = CSS.supports("color", "light-dark(#000, #fff)");
  const set = (name, light, dark) => root.style.setProperty(name, isSplit ? `light-dark(${light}, ${dark})` : light);
  const accent = parse(look.accent);
  if (accent) {
    const shades = [readable(accent, [0.955, 0.955, 0.945], 0), readable(accent, [0.125, 0.137, 0.153], 1)];
    const inks = shades.map((shade) => (contrast(shade, [1, 1, 1]) >= contrast(shade, [0, 0, 0]) ? "#fff" : "#000"));
    set("--accent", ...shades.map(write));
    set("--on-accent", ...inks);
  }
  if (look.theme === "light" || look.theme === "dark") root.style.colorScheme = look.theme;
  if (/^\d{1,2}$/.test(look.radius)) root.style.setProperty("--round", `${Math.min(Number(look.radius), 32)}px`);

  // Size and place go to the page around, which nobody knows before; there is nothing private in them.

  const measure = () => tell({ type: "syndicator:size", height: document.body.getBoundingClientRect().height });
  const tell = (message) => window.parent.postMessage(message, "*");

  const MOST = 1000000; // pixels
  const within = (low, value) => `${Math.min(Math.max(low, value), MOST)}px`;

  addEventListener("message", (event) => {
    if (event.source !== window.parent) return;
    const [around] = location.ancestorOrigins ?? []; // not in every browser; the source is enough
    if (around && around !== "null" && event.origin !== around) return;
    const { type, top, height } = Object(event.data);
    if (type !== "syndicator:view" || !Number.isFinite(top) || !Number.isFinite(height)) return;
    root.classList.add("sized"); // as tall as its content: what is seen of it is told from outside
    root.style.setProperty("--view-top", within(0, top));
    root.style.setProperty("--view-height", within(240, height));
  });

  addEventListener("DOMContentLoaded", () => {
    const [entry] = performance.getEntriesByType("navigation");
    if (location.href.startsWith(site.href)) {
      const path = location.pathname.slice(site.pathname.length);
      tell({ type: "syndicator:place", path, back: entry?.type === "back_forward" });
    }
    measure(); // at once: a frame that is not in sight yet is not drawn, and hears of no change
    new ResizeObserver(measure).observe(document.body);
    new MutationObserver((changes) => {
      if (changes.some(({ target }) => target.matches("dialog[open]"))) tell({ type: "syndicator:dialog" });
    }).observe(document.body, { subtree: true, attributeFilter: ["open"] });
  });

  // Other sites refuse to be framed: they open beside.
  addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (link && /^https?:$/.test(link.protocol) && link.origin !== location.origin) {
      link.target = "_blank";
      link.relList.add("noopener");
    }
  }, { capture: true });
})();
