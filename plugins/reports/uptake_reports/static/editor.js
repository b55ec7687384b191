/* Turns the text field of a section into a small editor. Without this script the field itself is edited. */
(function () {
  "use strict";
  var form = document.querySelector("form.write");
  if (!form) return;
  var area = document.getElementById("f-body"), bar = form.querySelector(".toolbar"), counter = form.querySelector(".counter");
  var rich = document.createElement("div"), dirty = false, sending = false;
  rich.className = "rich report-text";
  rich.id = "f-rich";
  rich.contentEditable = "true";
  rich.setAttribute("role", "textbox");
  rich.setAttribute("aria-multiline", "true");
  rich.setAttribute("aria-labelledby", "l-body");
  rich.lang = area.lang;
  rich.dir = area.dir;
  rich.spellcheck = true;
  rich.innerHTML = blocks(area.value);
  area.hidden = true;
  document.getElementById("h-body").hidden = true;
  area.after(rich);
  bar.hidden = false;
  try { document.execCommand("defaultParagraphSeparator", false, "p"); document.execCommand("styleWithCSS", false, false); } catch (error) { /* older browsers */ }

  /* What the server stored is safe; what was typed without scripts may have loose lines. */
  function blocks(text) {
    var page = new DOMParser().parseFromString(text, "text/html");
    page.querySelectorAll("script,style,iframe,object,embed,link,meta,img,svg,math,form,input,button,base,video,audio").forEach(function (bad) { bad.remove(); });
    page.querySelectorAll("*").forEach(function (one) {
      Array.from(one.attributes).forEach(function (given) {
        if (!/^(id|href|data-source|data-annex)$/.test(given.name) || /^\s*(javascript|data|vbscript):/i.test(given.value)) one.removeAttribute(given.name);
      });
    });
    page.querySelectorAll("figure").forEach(function (one) {
      var words = one.querySelector("figcaption");
      one.contentEditable = "false";
      one.dataset.label = form.dataset.picture;
      if (words) words.contentEditable = "true";
    });
    return page.body.innerHTML.trim() || "<p><br></p>";
  }

  /* Pasted from Word or a page: only what a report may hold comes in. The server cleans it once more. */
  rich.addEventListener("paste", function (event) {
    var html = event.clipboardData.getData("text/html");
    if (!html) return;
    event.preventDefault();
    document.execCommand("insertHTML", false, blocks(html));
  });

  function words(text) {
    var signs = text.match(/[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/g);
    var rest = text.replace(/[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/g, " ").trim();
    return (signs ? signs.length : 0) + (rest ? rest.split(/\s+/).length : 0);
  }

  function counted() {
    var copy = rich.cloneNode(true), data = counter.dataset;
    copy.querySelectorAll("p,li,td,th,h1,h2,h3,h4,div,caption,figcaption,br").forEach(function (one) { one.after(" "); });
    var here = words(copy.textContent);
    copy.querySelectorAll(data.tables === "1" ? "table[data-annex]" : "table").forEach(function (one) { one.remove(); });
    if (data.headings !== "1") copy.querySelectorAll("h1,h2,h3,h4").forEach(function (one) { one.remove(); });
    return [here, Number(data.others) + (data.counted === "1" ? words(copy.textContent) : 0)];
  }

  function count() {
    var found = counted(), data = counter.dataset, limit = Number(data.limit), share = Number(data.share);
    var write = new Intl.NumberFormat(document.documentElement.lang || undefined);
    var said = data.here.replace("{here}", write.format(found[0]) + (share ? " / " + write.format(share) : ""));
    said += " · " + (limit ? data.all.replace("{limit}", write.format(limit)) : data.none).replace("{all}", write.format(found[1]));
    var level = limit && found[1] > limit ? "over" : limit && found[1] >= 0.95 * limit ? "near" : "";
    counter.className = "counter" + (level ? " is-" + level : "");
    counter.textContent = said;
    if (level) {
      var warned = document.createElement("strong");
      warned.textContent = " " + data[level];
      counter.append(warned);
    }
  }

  /* What is written behind the words of a source is the writer's own: it stands beside the <cite>, not in it. */
  var edge = null, size = 0, composing = false;

  function around(name) {
    var at = getSelection().anchorNode;
    at = at && (at.nodeType === 1 ? at : at.parentElement);
    return at && at.closest(name.replace(/[^, ]+/g, ".rich $&"));
  }

  function caret(node, offset) { getSelection().collapse(node, offset); }

  function begin() {
    var here = getSelection(), rest = document.createRange();
    edge = here.isCollapsed ? around("cite") : null;
    if (!edge) return;
    rest.setStart(here.anchorNode, here.anchorOffset);
    rest.setEnd(edge, edge.childNodes.length);
    if (rest.toString()) edge = null; else size = edge.textContent.length;
  }

  function part() {
    var more = edge && edge.isConnected ? edge.textContent.length - size : 0, last, opened = around("cite");
    if (opened && !opened.textContent) {
      last = opened.parentElement;
      opened.replaceWith.apply(opened, opened.childNodes);
      caret(last, 0);
    } else if (more > 0) {
      last = edge.lastChild;
      while (last && last.nodeType !== 3) last = last.lastChild || last.previousSibling;
      if (!last || last.data.length < more) return;
      last = last.splitText(last.data.length - more);
      edge.after(last);
      caret(last, more);
    }
  }

  rich.addEventListener("compositionstart", function () { begin(); composing = true; });
  rich.addEventListener("compositionend", function () { composing = false; part(); });
  rich.addEventListener("beforeinput", function () { if (!composing) begin(); });
  rich.addEventListener("input", function () { if (!composing) part(); });

  var acts = {
    bold: function () { document.execCommand("bold"); },
    italic: function () { document.execCommand("italic"); },
    heading: function () { document.execCommand("formatBlock", false, "h3"); },
    paragraph: function () { document.execCommand("formatBlock", false, "p"); },
    list: function () { document.execCommand("insertUnorderedList"); },
    numbers: function () { document.execCommand("insertOrderedList"); },
    undo: function () { document.execCommand("undo"); },
    table: function () {
      var cells = function (tag) { return new Array(4).join("<" + tag + "><br></" + tag + ">"); };
      document.execCommand("insertHTML", false, "<table><thead><tr>" + cells("th") + "</tr></thead><tbody><tr>" + cells("td") + "</tr><tr>" + cells("td") + "</tr></tbody></table><p><br></p>");
      var made = around("p") && around("p").previousElementSibling;
      if (made && made.tagName === "TABLE") caret(made.querySelector("th"), 0);
    },
    row: function () {
      var here = around("td, th");
      if (!here) return;
      var row = here.parentElement, next = row.cloneNode(true), body = row.closest("table").querySelector("tbody");
      Array.from(next.children).forEach(function (one) {
        var plain = document.createElement("td");
        plain.append(document.createElement("br"));
        one.replaceWith(plain);
      });
      if (row.parentElement === body) row.after(next); else body.prepend(next);
    }
  };

  bar.addEventListener("mousedown", function (event) { event.preventDefault(); });
  bar.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) return;
    rich.focus();
    acts[button.dataset.do]();
    changed();
  });

  function changed() { dirty = true; count(); }
  rich.addEventListener("input", changed);
  form.addEventListener("submit", function () { sending = true; area.value = rich.innerHTML; });
  addEventListener("beforeunload", function (event) { if (dirty && !sending) event.preventDefault(); });

  function alive() {
    var sent = new FormData();
    sent.append("csrf_token", form.elements.csrf_token.value);
    fetch(form.dataset.alive, {method: "POST", body: sent, credentials: "same-origin"}).then(function (answer) {
      var told = form.querySelector("[role=alert]");
      told.hidden = answer.status !== 409;
      told.textContent = told.hidden ? "" : form.dataset.taken;
    }).catch(function () { /* the next one tells */ });
  }
  setInterval(function () { if (dirty) alive(); }, 60000);
  count();
})();
