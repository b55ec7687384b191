/* Takes an earlier translation into the form: into an empty field, or behind what stands there. */
(function () {
  "use strict";
  document.querySelectorAll("[data-use]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var field = document.getElementById(button.dataset.into);
      var text = document.getElementById(button.dataset.use).textContent.trim();
      field.value = field.value.trim() ? field.value.trim() + " " + text : text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  });
})();
