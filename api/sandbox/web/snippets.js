// The request that was just sent, for other programs. A token is never written into them.

/** Language -> program. request: {url, body, language, token: whether one was sent}. */
export function snippets(request) {
  return { curl: curl(request), Python: python(request), JavaScript: javascript(request) };
}

const headers = ({ language, token }) => ({
  'Content-Type': 'application/json',
  'Accept-Language': language,
  ...(token ? { Authorization: 'Bearer TOKEN' } : {}),
});

function curl(request) {
  const told = Object.entries(headers(request)).map(([name, value]) => `  --header '${name}: ${value}' \\\n`).join('');
  return `curl --silent --show-error '${request.url}' \\\n${told}  --data-binary @- <<'END_OF_BODY'\n${request.body}\nEND_OF_BODY\n`;
}

function python(request) {
  const body = literal(JSON.parse(request.body));
  return [
    'import json',
    'from urllib.request import Request, urlopen',
    '',
    `body = ${body}`,
    `headers = ${literal(headers(request))}`,
    `request = Request(${JSON.stringify(request.url)}, json.dumps(body).encode(), headers)`,
    'print(json.dumps(json.load(urlopen(request)), indent=2))',
    '',
  ].join('\n');
}

function javascript(request) {
  return [
    `const body = ${request.body.trim()};`,
    `const headers = ${JSON.stringify(headers(request), null, 2)};`,
    `const answer = await fetch(${JSON.stringify(request.url)}, { method: 'POST', headers, body: JSON.stringify(body) });`,
    'console.log(JSON.stringify(await answer.json(), null, 2));',
    '',
  ].join('\n');
}

/** A JSON value as Python writes it; strings are written alike in both. */
function literal(value, pad = '') {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${pad}    `;
  const list = Array.isArray(value);
  const parts = list
    ? value.map((item) => inner + literal(item, inner))
    : Object.entries(value).map(([name, item]) => `${inner}${JSON.stringify(name)}: ${literal(item, inner)}`);
  const [first, last] = list ? '[]' : '{}';
  return parts.length ? `${first}\n${parts.join(',\n')},\n${pad}${last}` : first + last;
}
