/* Before the first paint: the colours that were chosen, and a sign that scripts run. */
(function () {
  var root = document.documentElement, chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch (error) { /* no storage, no memory */ }
  if (chosen === "dark" || chosen === "light") root.setAttribute("data-bs-theme", chosen);
  root.classList.add("js");
})();
