// Where JSON goes wrong. Browsers say it in their own ways, and not all of them say where.

const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y;
const SPACE = /[ \t\r\n]*/y;

/** The first mistake in a text: {offset, line, column, expected}, or null where it is JSON. expected: signs, or value, name, end. */
export function mistake(text) {
  try {
    JSON.parse(text);
    return null;
  } catch {
    return located(text, ...scan(text));
  }
}

function located(text, offset, expected) {
  const before = text.slice(0, offset).split('\n');
  return { offset, line: before.length, column: before.at(-1).length + 1, expected };
}

/** Walks the tokens with a stack of what is open; stops where the next is none of those that may come. */
function scan(text) {
  const open = [];
  let at = 0;
  let next = ['value'];
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    const start = SPACE.lastIndex;
    if (next.includes('end') && start === text.length) return [start, ['end']];
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) return [start, next];
    const kind = found[1] ?? (found[2] === undefined ? 'value' : 'text');
    if (!fits(kind, next)) return [start, next];
    at = TOKEN.lastIndex;
    next = after(kind, next, open);
  }
}

function fits(kind, next) {
  if (kind === 'text') return next.includes('value') || next.includes('name');
  if (kind === '{' || kind === '[') return next.includes('value');
  return next.includes(kind);
}

function after(kind, next, open) {
  if (kind === '{') {
    open.push('}');
    return ['name', '}'];
  }
  if (kind === '[') {
    open.push(']');
    return ['value', ']'];
  }
  if (kind === ':') return ['value'];
  if (kind === ',') return open.at(-1) === '}' ? ['name'] : ['value'];
  if (kind === 'text' && next.includes('name')) return [':'];
  if (kind === '}' || kind === ']') open.pop();
  return open.length ? [',', open.at(-1)] : ['end'];
}
