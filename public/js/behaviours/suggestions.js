/**
 * Search fields offer what the archive holds for the words typed so far: a combobox with a list (ARIA Authoring
 * Practices, "editable combobox with list autocomplete"). Without scripts a field is what it was.
 */
const PAUSE_MS = 150;

/** Nothing is offered for nothing, nor for a single letter. */
const TOO_SHORT = /^[\x20-\x7e]?$/;

class Suggestions {
  #field;
  #list = document.createElement('ul');
  #status = document.createElement('span');
  #options = [];
  #active = -1;
  #timer;
  #asking;

  constructor(field) {
    this.#field = field;
    this.#furnish();
    this.#listen();
  }

  #furnish() {
    const [field, list, status] = [this.#field, this.#list, this.#status];
    const frame = document.createElement('span');
    frame.className = 'suggestions';
    field.before(frame);
    list.id = `${field.id}-suggestions`;
    list.className = 'suggestions__list';
    list.hidden = true;
    setAttributes(list, { role: 'listbox', 'aria-label': 'Suggestions from your archive' });
    status.className = 'unseen';
    status.setAttribute('role', 'status');
    frame.append(field, list, status);
    setAttributes(field, {
      role: 'combobox',
      autocomplete: 'off',
      'aria-autocomplete': 'list',
      'aria-controls': list.id,
      'aria-expanded': 'false',
    });
  }

  #listen() {
    const [field, list] = [this.#field, this.#list];
    field.addEventListener('input', (event) => event.isComposing || this.#askSoon());
    field.addEventListener('compositionend', () => this.#askSoon());
    field.addEventListener('keydown', (event) => event.isComposing || this.#press(event));
    field.addEventListener('blur', () => this.#close());
    window.addEventListener('pageshow', () => this.#close());
    // The field keeps the focus while an option is pressed.
    list.addEventListener('pointerdown', (event) => event.preventDefault());
    list.addEventListener('click', ({ target }) => {
      const option = target.closest('[role=option]');
      if (option) this.#go([...list.children].indexOf(option));
    });
  }

  #askSoon() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const text = this.#field.value.trim();
    if (TOO_SHORT.test(text)) this.#close();
    else this.#timer = setTimeout(() => this.#ask(text), PAUSE_MS);
  }

  async #ask(text) {
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      const answer = await fetch(`/api/suggestions?q=${encodeURIComponent(text)}`, { signal });
      this.#show(answer.ok ? (await answer.json()).suggestions : []);
    } catch {
      // The field still searches: a suggestion that cannot be had is none. (One asked for later is on its way.)
      if (!signal.aborted) this.#close();
    }
  }

  #show(options) {
    if (document.activeElement !== this.#field) return;
    this.#options = options;
    this.#list.replaceChildren(
      ...options.map((option, index) => optionItem(option, `${this.#list.id}-${index}`)),
    );
    this.#activate(-1);
    this.#open(options.length > 0);
    this.#status.textContent =
      options.length === 0 ? 'No suggestions' : `Suggestions: ${options.length}. Use the arrow keys.`;
  }

  #press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isOpen = !this.#list.hidden;
    if (step && !isOpen) return this.#askSoon();
    if (step) this.#activate(this.#active + step);
    else if (event.key === 'Escape' && isOpen) this.#close();
    else if (event.key === 'Enter' && this.#active >= 0) this.#go(this.#active);
    else return undefined;
    return event.preventDefault();
  }

  /** Past either end the field itself is next. */
  #activate(index) {
    const { length } = this.#options;
    this.#list.children[this.#active]?.setAttribute('aria-selected', 'false');
    this.#active = index < -1 ? length - 1 : index >= length ? -1 : index;
    const option = this.#list.children[this.#active];
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.#field.setAttribute('aria-activedescendant', option.id);
    else this.#field.removeAttribute('aria-activedescendant');
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#activate(-1);
    this.#options = [];
    this.#open(false);
    this.#status.textContent = '';
  }

  #open(isOpen) {
    this.#list.hidden = !isOpen;
    this.#field.setAttribute('aria-expanded', String(isOpen));
  }

  #go(index) {
    const href = this.#options[index]?.href;
    if (href) window.location.assign(href);
  }
}

function optionItem({ kind, text, detail }, id) {
  const item = document.createElement('li');
  item.id = id;
  item.className = 'suggestions__option';
  setAttributes(item, { role: 'option', 'aria-selected': 'false' });
  for (const [part, words] of Object.entries({ name: text, kind, detail })) {
    const span = document.createElement('span');
    span.className = `suggestions__${part}`;
    span.dir = 'auto';
    span.textContent = words;
    item.append(span);
  }
  return item;
}

function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

document.querySelectorAll('input[data-suggestions]').forEach((field) => new Suggestions(field));
