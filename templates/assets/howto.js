// Copies what is to be pasted, and shows the showroom in the colours that were chosen.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-copy]")) {
    const code = document.getElementById(button.dataset.copy);
    const label = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = button.dataset.done;
        setTimeout(() => { button.textContent = label; }, 2500);
      } catch {
        getSelection().selectAllChildren(code);
      }
    });
  }

  const form = document.getElementById("look");
  const shown = document.getElementById("shown");
  if (!form || !shown) return;
  const started = new Map(new FormData(form));
  const codes = [["snippet", /(data-lang="\w+")/, "data-"], ["element", /( lang="\w+")/, ""]].map(([id, after, prefix]) => {
    const code = document.getElementById(id);
    return { code, text: code.textContent, after, prefix };
  });

  // Only what was changed is said.
  form.addEventListener("change", () => {
    const chosen = [...new FormData(form)].filter(([name, value]) => value !== started.get(name));
    for (const name of started.keys()) {
      const value = new Map(chosen).get(name);
      if (value === undefined) shown.removeAttribute(name);
      else shown.setAttribute(name, value);
    }
    for (const { code, text, after, prefix } of codes) {
      const said = chosen.map(([name, value]) => ` ${prefix}${name}="${value}"`).join("");
      code.textContent = text.replace(after, `$1${said}`);
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
})();
