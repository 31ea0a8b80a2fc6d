// What a page can do beyond being read: search, larger pictures, notes where they are referred to, light and dark.
// Without this script everything but search is still there.
(() => {
  "use strict";
  const base = document.documentElement.dataset.base || "";
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  // Light and dark: the reader's choice goes before the system's.
  const look = document.querySelector("[data-look-switch]");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => {
    try { return localStorage.getItem("look"); } catch { return null; }
  };
  const isDark = () => (document.documentElement.dataset.look || (dark.matches ? "dark" : "light")) === "dark";
  const tellLook = () => {
    look.setAttribute("aria-pressed", String(isDark()));
  };
  if (look) {
    if (remembered()) document.documentElement.dataset.look = remembered();
    look.hidden = false;
    tellLook();
    dark.addEventListener("change", tellLook);
    look.addEventListener("click", () => {
      document.documentElement.dataset.look = isDark() ? "light" : "dark";
      try { localStorage.setItem("look", document.documentElement.dataset.look); } catch { /* a private window */ }
      tellLook();
    });
  }

  // Search: the index lies beside the pages and is fetched when the field is first used.
  const form = document.querySelector("[data-search]");
  if (form) {
    form.hidden = false;
    const field = form.querySelector("input");
    const results = document.getElementById("treff");
    const list = results.querySelector("ol");
    const count = results.querySelector("[role=status]");
    let engine = null;
    let latest = 0;
    const load = async () => {
      if (!engine) {
        engine = await import(new URL(`${base}pagefind/pagefind.js`, document.baseURI).href);
        await engine.options({ excerptLength: 22 });
      }
      return engine;
    };
    const close = () => {
      results.hidden = true;
      list.replaceChildren();
    };
    const show = async () => {
      const words = field.value.trim();
      const mine = ++latest;
      if (words.length < 2) return close();
      try {
        const found = await (await load()).search(words);
        const pages = await Promise.all(found.results.slice(0, 12).map((result) => result.data()));
        if (mine !== latest) return;
        list.replaceChildren(...pages.map((page) => {
          // Pagefind's excerpt is escaped text with <mark> around what was found.
          const excerpt = make("p");
          excerpt.innerHTML = page.excerpt;
          const best = (page.sub_results || [])[0] || page;
          const title = best.title && best.title !== page.meta.title ? `${page.meta.title}: ${best.title}` : page.meta.title;
          return make("li", {}, make("a", { href: best.url }, title), excerpt);
        }));
        count.textContent = pages.length ? `${found.results.length} sider har treff på «${words}»` : `Ingen treff på «${words}»`;
      } catch {
        count.textContent = "Søket virker når boken ligger på en nettjener, ikke når den er åpnet fra disken.";
      }
      results.hidden = false;
    };
    let wait;
    field.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(show, 120);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      show();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !results.hidden) {
        close();
        field.focus();
      }
      const writing = event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        field.focus();
      }
    });
  }

  // Larger pictures, in a dialog that closes by key, button or a click beside it.
  const dialog = typeof HTMLDialogElement === "function" ? make("dialog", { class: "zoomed", "aria-label": "Større figur" }) : null;
  if (dialog) {
    const shut = make("button", { type: "button", class: "close" }, "Lukk");
    const large = make("img", { alt: "" });
    dialog.append(shut, large);
    shut.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    for (const picture of document.querySelectorAll(".exhibit-picture")) {
      const image = picture.querySelector("img");
      const name = picture.closest("figure")?.querySelector("figcaption strong")?.textContent.replace(/\.$/, "") || "figuren";
      const button = make("button", { type: "button", class: "zoom", "aria-label": `Vis ${name.toLowerCase()} større` }, "Større");
      button.addEventListener("click", () => {
        large.src = image.src;
        large.alt = image.alt;
        dialog.showModal();
      });
      picture.after(button);
    }
  }

  // Notes and references shown where they are referred to, for the pointer and for the keyboard.
  const note = make("div", { class: "note", role: "note", hidden: "" });
  document.body.append(note);
  const place = (link) => {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!link.dataset.note && !target) return;
    note.replaceChildren(...(link.dataset.note ? [link.dataset.note] : target.cloneNode(true).childNodes));
    note.querySelectorAll("[id]").forEach((element) => element.removeAttribute("id"));
    note.querySelectorAll(".footnote-back").forEach((element) => element.remove());
    note.hidden = false;
    const { left, bottom } = link.getBoundingClientRect();
    const room = document.documentElement.clientWidth - note.offsetWidth - 8;
    note.style.left = `${scrollX + Math.max(8, Math.min(left, room))}px`;
    note.style.top = `${scrollY + bottom + 6}px`;
  };
  const hide = () => { note.hidden = true; };
  for (const link of document.querySelectorAll("a.footnote-ref, a[data-note]")) {
    link.addEventListener("pointerenter", () => place(link));
    link.addEventListener("pointerleave", hide);
    link.addEventListener("focus", () => place(link));
    link.addEventListener("blur", hide);
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
