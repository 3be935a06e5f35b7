function (lang, words, upload, refused) {
  // The framework's own page says that it is in English, and names some of its buttons in English only.
  // A key that ends with "*" stands for a name that begins so.
  const root = document.documentElement;
  root.lang = lang;
  const put = (text) => {
    if (words[text]) return words[text];
    for (const [from, to] of Object.entries(words)) {
      if (from.endsWith("*") && text.startsWith(from.slice(0, -1))) return to.slice(0, -1) + text.slice(from.length - 1);
    }
    return text;
  };
  // What was there before, so that another language can be put in its place.
  const before = (window.sceauBefore ??= new WeakMap());
  const swap = (node, name, text, set) => {
    const known = before.get(node) ?? {};
    const original = known[name] && known[name][1] === text ? known[name][0] : text;
    const wanted = put(original);
    if (wanted === text) return;
    before.set(node, { ...known, [name]: [original, wanted] });
    set(wanted);
  };
  const translate = () => {
    const put_in = (selector, get, set, text) => {
      for (const element of document.querySelectorAll(selector)) if (get(element) !== text) set(element, text);
    };
    const label = [(element) => element.getAttribute("aria-label"), (element, text) => element.setAttribute("aria-label", text)];
    put_in("[data-testid=stFileUploaderDropzone] button:not([data-testid=stBaseButton-minimal])", ...label, upload);
    put_in("[data-testid=stFileChip] [role=alert]", (element) => element.textContent, (element, text) => (element.textContent = text), refused);
    for (const name of ["aria-label", "title", "placeholder"]) {
      for (const element of document.querySelectorAll("[" + name + "]")) {
        swap(element, name, element.getAttribute(name), (text) => element.setAttribute(name, text));
      }
    }
    for (const element of document.querySelectorAll("[data-baseweb=popover] li, [role=listbox] *, [role=option]")) {
      const only = element.childNodes.length === 1 ? element.firstChild : null;
      if (only && only.nodeType === Node.TEXT_NODE) swap(only, "text", only.data, (text) => (only.data = text));
    }
  };
  // What is typed in is handed over when one leaves the field, and drawn when the page has run: till then, no files.
  const run = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
  const typed = { field: null };
  root.oninput = (event) => {
    if (event.target.tagName === "TEXTAREA") {
      typed.field = event.target;
      root.classList.add("sceau-typing");
    }
  };
  const settle = () => {
    if (document.activeElement === typed.field) return;
    if (run() === "running") return void setTimeout(settle, 100);
    root.classList.remove("sceau-typing");
  };
  const leave = (event) => {
    if (event.target === typed.field) setTimeout(settle, 250);
  };
  if (window.sceauLeave) root.removeEventListener("focusout", window.sceauLeave);
  root.addEventListener("focusout", (window.sceauLeave = leave));
  if (window.sceauWords) window.sceauWords.disconnect();
  window.sceauWords = new MutationObserver(translate);
  window.sceauWords.observe(document.body, { childList: true, subtree: true });
  translate();
}
