// A dealer's showroom on any website, as an iframe that is as tall as its content:
//   <script src="https://SITE/embed.js" data-dealer="gent" data-lang="fr" async></script>
//   <dealer-showroom dealer="gent" lang="fr" accent="#0a5bd3" theme="dark">a plain link</dealer-showroom>
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || !script.src || !window.customElements) return;

  const TITLES = {{ titles|tojson }}; // by language
  const NAME = "dealer-showroom";
  const LOOK = ["accent", "theme", "radius"];
  const OWN = ["dealer", "lang", "offset", "height", "title", ...LOOK];
  const FOLDER = /^[a-z0-9][a-z0-9-]{0,79}$/;
  const PLACE = /^[a-z0-9][a-z0-9-]{0,79}(?:\/[a-z0-9][a-z0-9-]{0,79}){0,5}$/; // no dots, no scheme
  const LEAST = 100, MOST = 1000000, PATIENCE = 4000; // pixels, pixels, milliseconds
  const CAR = /^[a-z0-9-]+\/(?:[a-z]{2}\/)?[a-z0-9-]+-[a-z0-9]{8,}(?:\/card)?$/; // a page of one car
  const INNER = /\/(report|feeds|howto)(\/|$)/; // pages for the dealer, not for the dealer's visitors
  const base = new URL("./", script.src).href;
  const keys = new Set();

  const between = (low, value, high) => Math.min(Math.max(value, low), high);
  const force = (element, rules) => {
    for (const [name, value] of Object.entries(rules)) element.style.setProperty(name, value, "important");
  };

  // The host's address holds, per embed, the page that is open in it: ?showroom-gent=gent/kia-ceed-3kx7

  const pairs = () => location.search.slice(1).split("&").filter(Boolean);

  // Below the dealer's own folder, or a car that his list may lead to: no other dealer's list.
  const isHis = (dealer, place) =>
    PLACE.test(place) && !INNER.test(place) && (place.startsWith(`${dealer}/`) || CAR.test(place));

  function placed(key, dealer) {
    const found = pairs().find((pair) => pair.startsWith(`${key}=`));
    if (!found) return "";
    try {
      const place = decodeURIComponent(found.slice(key.length + 1)).replace(/\/$/, "");
      return isHis(dealer, place) ? place : "";
    } catch {
      return "";
    }
  }

  function remember(key, place) {
    const others = pairs().filter((pair) => !pair.startsWith(`${key}=`));
    const search = [...others, ...(place ? [`${key}=${place}`] : [])].join("&");
    const address = location.pathname + (search && `?${search}`) + location.hash;
    try {
      if (search !== pairs().join("&")) history.replaceState(history.state, "", address);
    } catch { /* a page without an address, or one that changed it too often */ }
  }

  // One embed

  function open(element, site, root) {
    const asked = (name) => (element.getAttribute(name) || "").trim();
    const dealer = asked("dealer");
    if (!FOLDER.test(dealer)) return null;
    const [language] = asked("lang").toLowerCase().split("-");
    const [first] = Object.keys(TITLES);
    const known = Object.hasOwn(TITLES, language) ? language : first;
    const prefix = known === first ? "" : `${known}/`;
    let key = `showroom-${dealer}`;
    for (let number = 2; keys.has(key); number += 1) key = `showroom-${dealer}-${number}`;
    keys.add(key);

    const origin = new URL(site).origin;
    const lists = new Set(["", "embed/"].flatMap((folder) => ["", ...Object.keys(TITLES).map((each) => `${each}/`)]
      .map((each) => `${dealer}/${folder}${each}`)));
    const left = new Map(); // by place: how far below the frame's top the visitor was
    const frame = document.createElement("iframe");
    const fallback = document.createElement("slot");
    const mark = document.createElement("span");
    const height = between(LEAST, Number(asked("height")) || {{ height }}, MOST);
    let at = null, back = null, answered = false, waits = 0, timer = 0;

    const offset = () => between(0, Number(asked("offset")) || 0, innerHeight / 2);
    const top = () => frame.getBoundingClientRect().top - offset();
    const show = (below) => { // within whatever scrolls
      force(mark, { top: `${below}px`, "scroll-margin-top": `${offset()}px` });
      mark.scrollIntoView({ block: "start", inline: "nearest", behavior: "instant" });
    };

    function look() {
      waits = 0;
      if (!answered || !frame.contentWindow) return;
      const box = frame.getBoundingClientRect();
      const from = between(0, offset() - box.top, box.height);
      const to = between(from, innerHeight - box.top, box.height);
      frame.contentWindow.postMessage({ type: "syndicator:view", top: from, height: to - from }, origin);
    }

    function soon() {
      waits = waits || requestAnimationFrame(look);
    }

    function settle(path, isBack) {
      if (typeof path !== "string" || !path.endsWith("/") || !PLACE.test(path.slice(0, -1))) return;
      if (at !== null && at !== path) left.set(at, -top());
      const before = at;
      at = path;
      back = isBack === true && left.has(path) ? left.get(path) : null;
      const place = path.slice(0, -1);
      remember(key, lists.has(path) || !isHis(dealer, place) ? "" : place);
      if (before !== null && before !== path && back === null && top() < 0) show(0);
      soon();
    }

    function hear(event) {
      if (event.source !== frame.contentWindow || event.origin !== origin) return;
      const { type, height: tall, path, back: isBack } = Object(event.data);
      if (type === "syndicator:size" && Number.isFinite(tall)) {
        answered = true;
        fallback.hidden = true;
        force(frame, { height: `${between(LEAST, Math.ceil(tall), MOST)}px` });
        if (back !== null) show(back);
        back = null;
        soon();
      } else if (type === "syndicator:place") {
        settle(path, isBack);
      } else if (type === "syndicator:dialog" && top() > 0) {
        show(0); // all of the window for what has opened
        soon();
      }
    }

    const given = Object.fromEntries(LOOK.map((name) => [name, asked(name)]).filter(([, value]) => value));
    frame.name = `syndicator:${JSON.stringify(given)}`; // stays while the visitor goes from page to page
    frame.title = asked("title") || TITLES[known];
    frame.allow = `fullscreen; clipboard-write${"share" in navigator ? "; web-share" : ""}`;
    force(element, { display: "block", position: "relative", float: "none", width: "100%", "max-width": "100%",
      height: "auto", "max-height": "none", padding: "0", overflow: "visible", "box-sizing": "border-box" });
    force(mark, { position: "absolute", visibility: "hidden" });
    force(frame, { display: "block", width: "100%", border: "0", margin: "0", padding: "0", height: `${height}px` });
    force(fallback, { display: "none" });
    frame.addEventListener("load", () => {
      clearTimeout(timer);
      timer = setTimeout(() => { if (!answered) fallback.style.removeProperty("display"); }, PATIENCE);
    });
    const place = placed(key, dealer);
    frame.src = site + (place ? `${place}/` : `${dealer}/embed/${prefix}`);
    addEventListener("message", hear);
    addEventListener("scroll", soon, { capture: true, passive: true });
    addEventListener("resize", soon);
    root.replaceChildren(fallback, mark, frame);

    return () => {
      removeEventListener("message", hear);
      removeEventListener("scroll", soon, { capture: true });
      removeEventListener("resize", soon);
      cancelAnimationFrame(waits);
      clearTimeout(timer);
      keys.delete(key);
      root.replaceChildren(fallback);
    };
  }

  class Showroom extends HTMLElement {
    static observedAttributes = OWN;

    connectedCallback() {
      this.root = this.root || this.attachShadow({ mode: "open" });
      this.close = this.close || open(this, this.site || base, this.root);
      if (!this.close) this.root.replaceChildren(document.createElement("slot"));
    }

    disconnectedCallback() {
      if (this.close) this.close();
      this.close = null;
    }

    attributeChangedCallback() {
      if (!this.isConnected || !this.root || this.changing) return;
      this.changing = true;
      queueMicrotask(() => {
        this.changing = false;
        this.disconnectedCallback();
        if (this.isConnected) this.connectedCallback();
      });
    }
  }

  // The page may hold this script twice, and that of another site.
  if (!customElements.get(NAME)) customElements.define(NAME, Showroom);

  if (script.dataset.dealer && document.body && document.body.contains(script)) {
    const element = document.createElement(NAME);
    element.site = base;
    for (const name of OWN) if (name in script.dataset) element.setAttribute(name, script.dataset[name]);
    const link = document.createElement("a");
    link.href = FOLDER.test(script.dataset.dealer) ? `${base}${script.dataset.dealer}/` : base;
    const { lang } = script.dataset;
    link.textContent = Object.hasOwn(TITLES, lang) ? TITLES[lang] : Object.values(TITLES)[0];
    element.append(link);
    script.after(element);
  }
})();
