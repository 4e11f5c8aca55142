// Elements are made here and nowhere else: text stays text, so nothing that a service sends can become markup.

const data = JSON.parse(document.getElementById('data').textContent);

/** What the page was told: language, demo, texts, services, examples. */
export const told = data;

/** A text of the page, with its slots filled. */
export function say(key, slots = {}) {
  return data.texts[key].replace(/\{(\w+)\}/g, (whole, name) => (name in slots ? String(slots[name]) : whole));
}

export const find = (id) => document.getElementById(id);

/** An element. properties: of the element, or attributes where the name has a dash. Children that are nothing are left out. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.includes('-') || name === 'role' || name === 'for' || name === 'scope') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== ''));
  return element;
}

/** Something to open. */
export function fold(title, ...children) {
  return make('details', {}, make('summary', {}, title), ...children);
}

/** Text of a program, which can be copied. label: what it is, for those who do not see it. */
export function code(text, label) {
  const told = make('span', { className: 'soft', role: 'status' });
  const copy = make('button', { type: 'button', className: 'quiet' }, say('copy'), make('span', { className: 'unseen' }, ` ${label}`));
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = say('copied');
    } catch {
      told.textContent = say('not_copied');
    }
  });
  const shown = make('pre', { tabIndex: 0, role: 'group', 'aria-label': label }, make('code', {}, text));
  return make('div', { className: 'code' }, make('p', { className: 'copy' }, copy, ' ', told), shown);
}

/** A table. rows: lists of texts or elements; the first of each names its row. */
export function table(caption, heads, rows) {
  const head = make('tr', {}, heads.map((text) => make('th', { scope: 'col' }, text)));
  const body = rows.map(([first, ...rest]) => make('tr', {}, make('th', { scope: 'row' }, first), rest.map((cell) => make('td', {}, cell))));
  return make('table', {}, make('caption', {}, caption), make('thead', {}, head), make('tbody', {}, body));
}

/** A link out of the page, or nothing but its text where the address is not one of the web. */
export function link(label, address) {
  let url;
  try {
    url = new URL(address, location.href);
  } catch {
    return label;
  }
  if (!['https:', 'http:'].includes(url.protocol)) return label;
  const properties = { href: url.href, target: '_blank', rel: 'noopener noreferrer' };
  return make('a', properties, label, make('span', { className: 'unseen' }, ` ${say('new_tab')}`));
}
