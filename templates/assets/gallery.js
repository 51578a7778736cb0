// Buttons, keys and a full-screen view for the photos. Without it they are a strip of links.
(() => {
  "use strict";
  const gallery = document.getElementById("gallery");
  const strip = document.getElementById("strip");
  const viewer = document.getElementById("viewer");
  const lost = document.getElementById("lost");
  if (!gallery || !strip || !viewer || !lost) return;

  const links = [...strip.querySelectorAll("a")];
  const wall = viewer.querySelector(".strip");
  const rail = gallery.querySelector(".thumbs");
  const thumbs = rail ? [...rail.querySelectorAll("a")] : [];
  const said = [...document.querySelectorAll("#gallery [role=status], #viewer [role=status]")];
  const places = document.querySelectorAll("[data-at]");
  let at = 0;
  let goal = null; // the photo that a row is on its way to

  // A photo that did not come leaves a frame that says so.
  function lose(image) {
    const place = image.closest(".strip li, .thumbs li");
    if (!place || place.classList.contains("gone")) return;
    place.classList.add("gone");
    if (!place.closest(".thumbs")) (place.querySelector("a") ?? place).append(lost.content.cloneNode(true));
  }

  function mark(index, announced = true) {
    at = index;
    for (const place of places) place.textContent = String(at + 1);
    links.forEach((link, each) => { link.tabIndex = each === at ? 0 : -1; });
    thumbs.forEach((thumb, each) => thumb.toggleAttribute("aria-current", each === at));
    if (!announced) return;
    const image = links[at].querySelector("img");
    for (const status of said) status.textContent = image.alt;
    const thumb = thumbs[at];
    if (thumb) rail.scrollTo({ left: thumb.offsetLeft - (rail.clientWidth - thumb.clientWidth) / 2 });
  }

  const row = () => (viewer.open ? wall : strip);

  function pace(rowOfPhotos) {
    const [first, second] = rowOfPhotos.children;
    return second ? second.offsetLeft - first.offsetLeft : 1;
  }

  function move(rowOfPhotos, behavior) {
    rowOfPhotos.scrollTo({ left: at * pace(rowOfPhotos), behavior });
  }

  function to(index) {
    goal = (index + links.length) % links.length;
    mark(goal);
    move(row(), "auto");
  }

  function follow(rowOfPhotos) {
    if (rowOfPhotos !== row()) return;
    const seen = Math.min(Math.round(rowOfPhotos.scrollLeft / pace(rowOfPhotos)), links.length - 1);
    if (goal === seen) goal = null;
    if (goal === null && seen !== at) mark(seen);
  }

  // The same photos, as wide as the screen. They are made when they are first wanted.
  function hang() {
    if (wall.children.length) return;
    for (const link of links) {
      const item = document.createElement("li");
      item.append(...[...link.children].map((each) => each.cloneNode(true)));
      item.classList.toggle("gone", link.parentElement.classList.contains("gone"));
      for (const each of item.querySelectorAll("[sizes]")) each.sizes = "100vw";
      wall.append(item);
    }
  }

  function open(index) {
    hang();
    mark(index);
    goal = null;
    viewer.showModal();
    viewer.querySelector("[data-close]").focus(); // in markup, a frame elsewhere would complain of it
    move(wall, "instant");
  }

  const keys = {
    ArrowLeft: () => at - 1,
    ArrowRight: () => at + 1,
    Home: () => 0,
    End: () => links.length - 1,
  };
  function onKey(event) {
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    to(keys[event.key]());
    if (!viewer.open) links[at].focus({ preventScroll: true });
  }

  for (const each of [strip, wall]) {
    each.addEventListener("scroll", () => follow(each), { passive: true });
    for (const touch of ["pointerdown", "wheel"]) {
      each.addEventListener(touch, () => { goal = null; }, { passive: true });
    }
  }
  strip.addEventListener("keydown", onKey);
  viewer.addEventListener("keydown", onKey);
  links.forEach((link, index) => link.addEventListener("click", (event) => {
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
  viewer.addEventListener("close", () => {
    move(strip, "instant");
    links[at].focus({ preventScroll: true });
  });
  for (const place of [gallery, viewer]) {
    place.addEventListener("error", (event) => lose(event.target), true); // it does not bubble
    for (const image of place.querySelectorAll("img")) {
      if (image.complete && image.currentSrc && !image.naturalWidth) lose(image);
    }
  }
  const turns = gallery.querySelector(".turns");
  if (turns) turns.hidden = false;
  strip.removeAttribute("tabindex");
  mark(0, false);
})();
