/* A window over the page, and the form of an order in it: what is ordered is said in words and confirmed before it is
   sent; what the server refuses is told with its reason, and nothing that was typed is lost. */
(function () {
  "use strict";

  const siger = window.siger;
  let numbered = 0;

  /**
   * Opens a window with a heading. Escape, × and `close()` shut it; the focus goes back to where it was.
   * @returns {{box: HTMLDialogElement, body: HTMLElement, close: () => void}}
   */
  siger.dialog = function (title, { className = "", testid = null } = {}) {
    const id = `dialog-${(numbered += 1)}`;
    const shut = siger.el("button", { class: "close", type: "button", text: "×", "aria-label": siger.text("detail.close") });
    const head = siger.el("div", { class: "dialog-head" }, siger.el("h2", { id, text: title }), shut);
    const body = siger.el("div", { class: "dialog-body" });
    const box = siger.el(
      "dialog",
      { class: `dialog ${className}`.trim(), "aria-labelledby": id, "data-testid": testid },
      head,
      body,
    );
    const close = () => box.close();
    shut.addEventListener("click", close);
    box.addEventListener("click", (event) => event.target === box && close());
    // Escape belongs to the window alone: the page under it must not step out of its area as well.
    box.addEventListener("keydown", (event) => event.stopPropagation());
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
    return { box, body, close };
  };

  /** Sends an order. @returns {Promise<?string>} null when it was taken, else what was wrong, for people */
  siger.order = async function (url, body) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body ?? {}) }).catch(() => null);
    if (!answer) return siger.text("order.unreachable");
    if (answer.ok) return null;
    const problem = await answer.json().catch(() => ({}));
    return siger.text("order.refused", { why: problem.detail || problem.title || answer.status });
  };

  /** A field of a form: its label over it. */
  siger.field = (key, control, hint = null) =>
    siger.el(
      "label",
      { class: "field" },
      siger.el("span", { class: "field-name", text: siger.text(key) }),
      control,
      hint ? siger.el("small", { class: "quiet", text: hint }) : null,
    );

  /** The reason that every order needs. */
  siger.whyField = () =>
    siger.el("textarea", { name: "why", rows: 2, required: "", minlength: 3, maxlength: 500, class: "input" });

  /**
   * The form of an order. `words(data)` says what will be done, `send(data)` does it (null or what was wrong).
   * @param {{fields: Node[], submit: string, words: (data: object) => string, send: (data: object) => Promise<?string>,
   *          done: () => void}} order
   */
  siger.orderForm = function ({ fields, submit, words, send, done }) {
    const failure = siger.el("p", { class: "failure", role: "alert" });
    const first = siger.el("button", { class: "button button-main", type: "submit", text: siger.text(submit) });
    const ask = siger.el("div", { class: "order-confirm", role: "group", "data-testid": "confirm" });
    const fieldset = siger.el("fieldset", { class: "order-fields" }, ...fields, first);
    const form = siger.el("form", { class: "order" }, fieldset, ask, failure);
    const data = () => Object.fromEntries([...form.elements].filter(({ name }) => name).map((one) => [one.name, one.value.trim()]));
    const back = () => {
      fieldset.disabled = false;
      ask.replaceChildren();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      failure.textContent = "";
      const typed = data();
      fieldset.disabled = true;
      confirm(ask, words(typed), back, async () => {
        const wrong = await send(typed);
        back();
        if (wrong === null) return done();
        failure.textContent = wrong;
        return undefined;
      });
    });
    return form;
  };

  function confirm(place, words, back, send) {
    const yes = siger.el("button", { class: "button button-main", type: "button", text: siger.text("order.yes") });
    const no = siger.el("button", { class: "button", type: "button", text: siger.text("order.no") });
    yes.addEventListener("click", () => {
      yes.disabled = no.disabled = true;
      send();
    });
    no.addEventListener("click", back);
    place.replaceChildren(siger.el("p", { text: words }), siger.el("div", { class: "order-buttons" }, yes, no));
    yes.focus();
  }
})();
