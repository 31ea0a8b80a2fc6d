// Served by `report preview` alone: shows a page anew when it has been made anew, and says when it could not be.
(() => {
  "use strict";
  const here = decodeURIComponent(location.pathname).replace(/^\//, "").replace(/(^|\/)$/, "$1index.html");
  const news = new EventSource("/@preview/events");
  news.addEventListener("shown", (event) => {
    if (JSON.parse(event.data).pages.includes(here)) location.reload();
  });
  news.addEventListener("failed", (event) => {
    const { page, error } = JSON.parse(event.data);
    if (page && page !== here) return;
    const sign = document.getElementById("preview-failed") || document.createElement("p");
    sign.id = "preview-failed";
    sign.setAttribute("role", "status");
    sign.style.cssText = "position:fixed;inset:auto 1rem 1rem;z-index:99;margin:0;padding:.75rem 1rem;" +
      "background:#7a1212;color:#fff;font:1rem/1.4 sans-serif;white-space:pre-wrap";
    sign.textContent = "Siste gode versjon vises. " + error;
    document.body.append(sign);
  });
})();
