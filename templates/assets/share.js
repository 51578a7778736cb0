// Share, copy and print: what a page can do for itself only where a script runs.
(() => {
  "use strict";
  const share = document.querySelector("[data-share]");
  const told = document.querySelector(".tools .told");

  async function copy(address) {
    try {
      await navigator.clipboard.writeText(address);
      told.textContent = told.dataset.done;
    } catch {
      told.textContent = told.dataset.else; // a frame or an old browser: the visitor copies it
    }
  }

  if (share && told) {
    const address = share.dataset.share;
    if (!navigator.share) share.querySelector("span").textContent = share.dataset.copy;
    share.hidden = false;
    share.addEventListener("click", async () => {
      if (!navigator.share) return copy(address);
      try {
        await navigator.share({ title: document.title, url: address });
      } catch (refusal) {
        if (refusal.name !== "AbortError") await copy(address);
      }
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
