"use strict";
/* Tries the API from its page: fills the address, sends what was typed, and shows what comes back. */
(() => {
  const token = document.getElementById("api-token");
  token.form.addEventListener("submit", (event) => event.preventDefault());
  for (const one of document.querySelectorAll("[data-needs-script], [data-token]")) one.hidden = false;

  const address = (form) => {
    let path = form.dataset.path;
    const query = new URLSearchParams();
    for (const field of form.querySelectorAll("[data-in]")) {
      if (!field.value) continue;
      if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
      if (field.dataset.in === "query") query.append(field.name, field.value);
    }
    const more = form.querySelector("[data-more]");
    for (const [name, value] of new URLSearchParams(more ? more.value : "")) query.append(name, value);
    return query.size ? `${path}?${query}` : path;
  };

  const headers = (form, body) => {
    const found = { Accept: "application/json, application/problem+json" };
    if (token.value) found.Authorization = `Bearer ${token.value}`;
    if (body) found["Content-Type"] = "application/json";
    for (const field of form.querySelectorAll("[data-in=header]")) if (field.value) found[field.name] = field.value;
    return found;
  };

  const multipart = (form) => {
    const fields = form.querySelectorAll("[data-part]");
    if (!fields.length) return undefined;
    const found = new FormData();
    for (const field of fields) {
      if (field.files && field.files.length) found.append(field.name, field.files[0]);
      else if (!field.files && field.value) found.append(field.name, field.value);
    }
    return found;
  };

  const words = async (answer) => {
    const type = answer.headers.get("Content-Type") || "";
    if (/json|text|xml/.test(type)) return pretty(await answer.text());
    return `${type} ${(await answer.blob()).size}`.trim();
  };

  const pretty = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-path]");
    if (!form) return;
    event.preventDefault();
    const box = form.parentElement.querySelector(".api-answer");
    const body = form.querySelector("[data-body]");
    const asked = address(form);
    box.hidden = false;
    box.querySelector("[data-address]").textContent = `${form.dataset.method} ${asked}`;
    const status = box.querySelector("[data-status]");
    const shown = box.querySelector("[data-answer]");
    status.textContent = "…";
    try {
      const answer = await fetch(asked, {
        method: form.dataset.method,
        headers: headers(form, body),
        body: body ? body.value : multipart(form),
        credentials: "omit",
      });
      status.textContent = `${answer.status} ${answer.statusText}`;
      const tag = answer.headers.get("ETag");
      shown.textContent = (tag ? `ETag: ${tag}\n\n` : "") + (await words(answer));
    } catch (error) {
      status.textContent = String(error);
      shown.textContent = "";
    }
  });
})();
