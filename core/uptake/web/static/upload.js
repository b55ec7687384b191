/* Shows how far a large file has been sent. Without this script the form sends it all the same. */
(function () {
  "use strict";
  document.querySelectorAll("form[data-upload]").forEach(function (form) {
    var bar = form.querySelector("progress"), said = form.querySelector("[data-said]"), sending = false;

    function fail(words) {
      sending = false;
      said.textContent = words;
      said.classList.add("wrong");
      bar.hidden = true;
      form.querySelector("button").disabled = false;
    }

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (sending) return;
      sending = true;
      said.classList.remove("wrong");
      var request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "text/html");
      request.upload.addEventListener("progress", function (step) {
        if (!step.lengthComputable) return;
        bar.max = step.total;
        bar.value = step.loaded;
        said.textContent = Math.floor(100 * step.loaded / step.total) + " %";
      });
      request.addEventListener("load", function () {
        if (request.status === 200) { location.href = request.responseURL; return; }
        var page = new DOMParser().parseFromString(request.responseText, "text/html");
        var words = page.querySelector(".error-summary li") || page.querySelector(".failure .lead") || page.querySelector("h1");
        fail(words ? words.textContent : form.dataset.failed);
      });
      request.addEventListener("error", function () { fail(form.dataset.failed); });
      bar.hidden = false;
      form.querySelector("button").disabled = true;
      request.send(new FormData(form));
    });
  });
})();
