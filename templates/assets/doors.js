// Finds a dealer among many by name or town. Without it they are all there.
(() => {
  "use strict";
  const form = document.getElementById("find");
  const found = document.getElementById("found");
  if (!form) return;
  const doors = [...document.querySelectorAll(".doors li")];
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = doors.map((door) => fold(door.dataset.words));
  const number = new Intl.NumberFormat(form.dataset.locale);

  function show() {
    const wanted = fold(form.elements.q.value.trim()).split(/\s+/);
    let count = 0;
    doors.forEach((door, index) => {
      door.hidden = !wanted.every((word) => words[index].includes(word));
      count += !door.hidden;
    });
    const many = form.dataset.many.replace("2", number.format(count));
    const said = count === 0 ? form.dataset.none : count === 1 ? form.dataset.one : many;
    found.textContent = wanted[0] ? said : "";
  }

  let typing = 0;
  form.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(show, 150);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  show();
})();
