// Buttons, keys and a full-screen view for the photos. Without it they are a strip of links.
(() => {
  "use strict";
  const gallery = document.getElementById("gallery");
  const strip = document.getElementById("strip");
  const viewer = document.getElementById("viewer");
  if (!gallery || !strip || !viewer) return;

  const photos = [...strip.querySelectorAll("a")];
  const large = viewer.querySelector("img");
  const thumbs = gallery.querySelectorAll(".thumbs a");
  const place = gallery.querySelector(".position");
  const told = viewer.querySelector(".position");
  let at = 0;

  const position = (index) => `${index + 1} / ${photos.length}`;

  function settle() {
    at = Math.round(Math.abs(strip.scrollLeft) / strip.clientWidth);
    if (place) place.textContent = position(at);
    thumbs.forEach((thumb, index) => thumb.toggleAttribute("aria-current", index === at));
  }

  function to(index) {
    at = (index + photos.length) % photos.length;
    strip.scrollTo({ left: at * (strip.clientWidth + gap()), behavior: "auto" });
    if (viewer.open) enlarge();
  }

  const gap = () => parseFloat(getComputedStyle(strip).columnGap) || 0;

  function enlarge() {
    const small = photos[at].querySelector("img");
    large.src = photos[at].href;
    large.alt = small.alt;
    told.textContent = position(at);
  }

  function open(index) {
    at = index;
    viewer.showModal();
    enlarge();
  }

  const turns = { ArrowLeft: -1, ArrowRight: 1 };
  const onKey = (event) => {
    if (!(event.key in turns) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    to(at + turns[event.key]);
  };
  strip.addEventListener("keydown", onKey);
  viewer.addEventListener("keydown", onKey);
  strip.addEventListener("scroll", settle, { passive: true });
  photos.forEach((photo, index) => photo.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(index);
  }));
  thumbs.forEach((thumb, index) => thumb.addEventListener("click", (event) => {
    event.preventDefault();
    to(index);
  }));
  for (const turn of document.querySelectorAll("[data-turn]")) {
    turn.addEventListener("click", () => to(at + Number(turn.dataset.turn)));
  }
  viewer.querySelector("[data-close]").addEventListener("click", () => viewer.close());
  viewer.addEventListener("close", () => photos[at].focus({ preventScroll: true }));
  viewer.querySelector(".turns").hidden = photos.length < 2;
  const row = gallery.querySelector(".turns");
  if (row) row.hidden = false;
  settle();
})();
