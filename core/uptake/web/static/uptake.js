/* What scripts add: the colour switch, copying, menus that close, and a calm list while htmx swaps it. */
(function () {
  "use strict";
  var root = document.documentElement;

  function isDark() {
    var chosen = root.getAttribute("data-bs-theme");
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function say(text) {
    var said = document.getElementById("said");
    if (said) said.textContent = text;
  }

  var theme = document.getElementById("theme");
  if (theme) {
    theme.hidden = false;
    theme.setAttribute("aria-pressed", isDark());
    theme.addEventListener("click", function () {
      var next = isDark() ? "light" : "dark";
      root.setAttribute("data-bs-theme", next);
      theme.setAttribute("aria-pressed", next === "dark");
      try { localStorage.setItem("theme", next); } catch (error) { /* not remembered */ }
    });
  }

  var menu = document.querySelector(".menu-open");
  menu.addEventListener("click", function (event) {
    if (location.hash !== "#menu") return;
    event.preventDefault();
    location.hash = "";
  });

  var here = document.querySelector(".work-menu [aria-current]");
  if (here) here.scrollIntoView({ block: "nearest", inline: "center" });

  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim()).then(function () {
        button.classList.add("done");
        say(button.textContent.trim());
        setTimeout(function () { button.classList.remove("done"); }, 2000);
      });
    });
  });

  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  var opened = [], focused = null;
  document.addEventListener("htmx:beforeSwap", function () {
    opened = Array.from(document.querySelectorAll("details.facet[open]"), function (facet) { return facet.id; });
    var facet = document.activeElement && document.activeElement.closest("details.facet");
    focused = facet && { id: facet.id, label: document.activeElement.textContent.split("(")[0].replace(/[\d.,\s]+$/, "") };
  });
  document.addEventListener("htmx:afterSettle", function () {
    opened.forEach(function (id) {
      var facet = document.getElementById(id);
      if (facet) facet.open = true;
    });
    if (focused && document.getElementById(focused.id)) {
      var links = Array.from(document.getElementById(focused.id).querySelectorAll("a"));
      var same = links.find(function (link) { return link.textContent.indexOf(focused.label) === 0; });
      var goal = same || document.querySelector("#" + focused.id + " summary");
      (goal.offsetParent ? goal : document.getElementById("count")).focus({ preventScroll: true });
    } else {
      var list = document.getElementById("results");
      if (list && list.getBoundingClientRect().top < 0) list.scrollIntoView();
    }
    var count = document.getElementById("count");
    if (count) say(count.textContent);
  });
  ["htmx:responseError", "htmx:sendError"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      location.href = event.detail.pathInfo.finalRequestPath || event.detail.pathInfo.requestPath;
    });
  });
})();
