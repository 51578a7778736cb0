// Given out by `syndicator serve --watch`, and by nobody else: it is no file of the site.
"use strict";
{
  const version = document.currentScript.dataset.version;
  let source = null;
  let note = null;

  const show = (problem) => {
    note?.remove();
    note = null;
    if (!problem) return;
    note = document.createElement("pre");
    note.setAttribute("role", "alert");
    note.textContent = problem;
    note.style.cssText = "position:fixed;inset:auto 0 0;z-index:2147483647;max-height:60vh;"
      + "margin:0;padding:1rem 1.25rem;overflow:auto;white-space:pre-wrap;background:#7a1020;"
      + "color:#fff;font:1rem/1.5 ui-monospace,Menlo,Consolas,monospace";
    document.body.append(note);
  };
  const leave = () => {
    source?.close();
    source = null;
  };
  // A browser keeps few connections to one host, so only a page that is looked at listens.
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource("/.syndicator/reload");
    source.addEventListener("message", (message) => {
      const news = JSON.parse(message.data);
      if (news.version === version) show(news.problem);
      else location.reload();
    });
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", listen);
  listen();
}
