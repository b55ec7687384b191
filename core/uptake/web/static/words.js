/* Translating in place: a click on a text opens its form in a dialog; what is saved shows when the page is there again. */
(function () {
  "use strict";
  var dialog = document.getElementById("words");
  if (!dialog || !dialog.showModal) return;
  var followed = null;

  function show(html) {
    dialog.innerHTML = html;
    if (followed) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "btn-plain";
      button.textContent = dialog.dataset.follow;
      button.addEventListener("click", follow);
      dialog.querySelector(".buttons").append(button);
    }
    if (!dialog.open) dialog.showModal();
    var first = dialog.querySelector(".error-summary, textarea");
    if (first) first.focus();
  }

  function follow() {
    var goal = followed;
    dialog.close();
    followed = null;
    goal.dataset.wordsFollow = "1";
    goal.click();
    delete goal.dataset.wordsFollow;
  }

  function open(key) {
    var query = new URLSearchParams({ part: "1", language: dialog.dataset.language, back: dialog.dataset.back });
    var address = dialog.dataset.address + key + "?" + query;
    fetch(address).then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      return answer.text();
    }).then(show).catch(function () { location.href = address.replace("part=1&", ""); });
  }

  document.addEventListener("click", function (event) {
    var words = event.target.closest("[data-words]");
    if (!words || event.target.closest("[data-words-follow]")) return;
    event.preventDefault();
    event.stopPropagation();
    followed = words.closest("a[href], button, summary, label");
    open(words.dataset.words);
  }, true);

  dialog.addEventListener("click", function (event) {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });

  dialog.addEventListener("submit", function (event) {
    event.preventDefault();
    var data = new FormData(event.target);
    data.set("part", "1");
    fetch(event.target.action, { method: "POST", body: data }).then(function (answer) {
      if (answer.redirected || answer.ok) return location.reload();
      if (answer.status !== 409 && answer.status !== 422) throw new Error(answer.status);
      return answer.text().then(show);
    }).catch(function () { event.target.submit(); });
  });
})();
