// The page: an example is loaded or a request pasted, checked, sent, and its answer shown.

import { find, make, say, told } from './dom.js';
import { mistake } from './json.js';
import { headline, shownResult } from './result.js';
import { post, session } from './sending.js';

const [example, service, language, body, check, goThere, route] = ['example', 'service', 'language', 'body', 'check', 'go-there', 'route'].map(find);
const token = () => find('token')?.value.trim() ?? '';
const EXPECTED = { value: 'a_value', name: 'a_name', end: 'the_end' };
const CHECK_AFTER = 300; // milliseconds without a key
let waiting = 0;

function begin() {
  for (const item of told.examples) example.append(make('option', { value: item.id }, item.title));
  for (const item of told.services) service.append(make('option', { value: `${item.id} ${item.hook}` }, `${item.hook} → ${item.id}`));
  language.value = told.language;
  example.addEventListener('change', load);
  service.addEventListener('change', rehook);
  goThere.addEventListener('click', toMistake);
  find('format').addEventListener('click', format);
  find('form').addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  body.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(checked, CHECK_AFTER);
  });
  body.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  });
  load();
  if (find('session')) session().then((name) => (find('session').textContent = name === null ? say('signed_out') : say('signed_in', { name })), () => {});
}

function load() {
  const item = told.examples.find(({ id }) => id === example.value);
  if (!item) return;
  body.value = item.body;
  body.scrollTop = 0;
  language.value = item.language === 'en' ? told.language : item.language;
  checked();
  choose(item.service, hook());
}

/** The hook that the body names, if it can be seen. */
function hook() {
  return /"hook"\s*:\s*"([a-z-]+)"/.exec(body.value)?.[1];
}

function choose(id, named) {
  const wanted = `${id} ${named}`;
  if ([...service.options].some(({ value }) => value === wanted)) service.value = wanted;
  tellRoute();
}

function tellRoute() {
  const [id, named] = service.value.split(' ');
  const item = told.services.find((one) => one.id === id && one.hook === named);
  const address = make('code', {}, `POST /cds-services/${id}`);
  route.replaceChildren(...(hook() === named ? [address, `: ${item.title}`] : [say('no_hook', { service: id })]));
}

/** Another hook was chosen: the body says so too. */
function rehook() {
  const named = service.value.split(' ')[1];
  body.value = body.value.replace(/("hook"\s*:\s*")[a-z-]*(")/, `$1${named}$2`);
  checked();
}

/** Whether the body is JSON; says where it is not. */
function checked() {
  clearTimeout(waiting);
  const found = mistake(body.value);
  const bytes = new TextEncoder().encode(body.value).length;
  check.textContent = found ? say('invalid', { ...found, expected: expected(found) }) : say('valid', { count: bytes });
  check.className = found ? 'bad' : 'soft';
  body.setAttribute('aria-invalid', String(Boolean(found)));
  goThere.hidden = !found;
  const offered = told.services.find((item) => item.hook === hook());
  if (offered && !service.value.endsWith(` ${offered.hook}`)) choose(offered.id, offered.hook);
  else tellRoute();
  return !found;
}

const expected = ({ expected: signs }) => signs.map((sign) => (sign in EXPECTED ? say(EXPECTED[sign]) : sign)).join(` ${say('or')} `);

function toMistake() {
  const found = mistake(body.value);
  if (!found) return;
  body.focus();
  body.setSelectionRange(found.offset, Math.min(found.offset + 1, body.value.length));
  body.scrollTop = (found.line - 4) * (body.scrollHeight / body.value.split('\n').length);
}

function format() {
  if (!checked()) return toMistake();
  body.value = JSON.stringify(JSON.parse(body.value), null, 2);
  checked();
}

async function send() {
  if (!checked()) return toMistake();
  const id = service.value.split(' ')[0];
  const path = `/cds-services/${id}`;
  const how = { language: language.value, token: token() };
  const request = { url: location.origin + path, body: body.value, language: how.language, token: Boolean(how.token) };
  const [status, result] = [find('status'), find('result')];
  status.textContent = say('sending');
  status.className = 'soft';
  find('send').disabled = true;
  result.replaceChildren();
  try {
    const found = await post(path, request.body, how);
    status.textContent = headline(found);
    status.className = found.status < 300 ? 'good' : 'bad';
    result.replaceChildren(...shownResult(found, request, (entry) => feedback(path, entry, how)));
  } catch (error) {
    status.textContent = error instanceof TypeError ? say('unreachable') : String(error);
    status.className = 'bad';
  } finally {
    find('send').disabled = false;
  }
  find('outcome').focus();
}

/** One entry of feedback, as a health record sends it. Null where the service could not be reached. */
async function feedback(path, entry, how) {
  const sent = JSON.stringify({ feedback: [entry] }, null, 2);
  try {
    const found = await post(`${path}/feedback`, sent, how);
    return { status: found.status, sent, text: found.text };
  } catch {
    return null;
  }
}

begin();
