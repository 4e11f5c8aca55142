// Everything that is shown of one answer.

import { shownCard } from './cards.js';
import { code, fold, link, make, say, table, told } from './dom.js';
import { snippets } from './snippets.js';

const RESPONSE = 'org.tandem-cds.response';
const PARTS = ['gather', 'read', 'decide', 'journal', 'write'];
const HEADERS = ['content-type', 'content-language', 'tandem-entry', 'tandem-journal', 'idempotent-replayed', 'retry-after', 'www-authenticate', 'server-timing'];

/** One line: the status, what came, how long it took. */
export function headline(found) {
  const cards = found.document?.cards;
  const many = Array.isArray(cards) ? (cards.length === 1 ? say('cards_one') : say('cards_many', { count: cards.length })) : say('refused');
  const parts = times(found);
  const inside = parts.length ? ` (${say('at_server', { ms: rounded(parts.reduce((sum, [, ms]) => sum + ms, 0)) })})` : '';
  return `${found.status} · ${many} · ${say('round_trip', { ms: rounded(found.ms) })}${inside}`;
}

/** The parts of the answer, in the order in which a reader needs them. request: as it was sent. answer: sends feedback. */
export function shownResult(found, request, answer) {
  const document = found.document ?? {};
  const about = document.extension?.[RESPONSE];
  return [
    found.headers.get('idempotent-replayed') ? make('p', { className: 'soft' }, say('again')) : null,
    about?.entry ? make('p', {}, link(say('trace_here'), `/decisions/${encodeURIComponent(about.entry)}`)) : null,
    Array.isArray(document.cards) ? cards(document.cards, found.headers.get('content-language') ?? '', answer) : problems(document, found),
    about ? data(about) : null,
    timing(found),
    make('h3', {}, say('for_programs')),
    fold(say('raw'), code(found.document ? JSON.stringify(found.document, null, 2) : found.text, say('raw'))),
    fold(say('headers'), table(say('headers'), [say('header'), say('value')], named(found.headers))),
    ...Object.entries(snippets(request)).map(([name, text]) => fold(say('from', { name }), code(text, name))),
  ].filter(Boolean);
}

function cards(list, lang, answer) {
  if (!list.length) return make('p', {}, say('cards_none'));
  return make('div', { lang }, list.map((card, number) => shownCard(card, number, answer)));
}

/** problem+json of ours, or an OperationOutcome; in the words of this page where it has some for the code. */
function problems(document, found) {
  const title = Object.keys(told.problems).length ? say('refused') : (document.title ?? say('refused'));
  const rows = (document.errors ?? []).map((item) => [make('code', {}, item.where || '/'), make('code', {}, item.code), ...words(item.code, item.what, item.do)]);
  const issues = (document.issue ?? []).map((item) => [
    make('code', {}, (item.expression ?? item.location ?? ['/']).join(', ')),
    make('code', {}, [item.code, item.details?.coding?.[0]?.code].filter(Boolean).join(' ')),
    ...words(item.details?.coding?.[0]?.code, item.details?.text ?? item.diagnostics ?? '', item.details?.text ? (item.diagnostics ?? '') : ''),
  ]);
  const all = [...rows, ...issues];
  const shown = all.length ? table(say('problems'), [say('where'), say('code'), say('what'), say('do')], all) : null;
  return make('div', {}, make('p', { className: 'alarm' }, `${found.status}: ${title}`), shown);
}

/** What is wrong and what to do: by its code, or else as the service said it, which is in English. */
function words(code, what, remedy) {
  const known = Object.hasOwn(told.problems, code ?? '') ? told.problems[code] : null;
  return known ? [known.what, known.do] : [make('span', { lang: 'en' }, what), make('span', { lang: 'en' }, remedy)];
}

/** How each prefetch key came, and what was not understood. */
function data(about) {
  const states = Object.entries(about.prefetch ?? {}).map(([key, state]) => make('li', { className: `state ${state}` }, make('code', {}, key), ` ${say(state)}`));
  const unread = (about.unread ?? []).map((item) => [make('code', {}, item.reference ?? '-'), make('code', {}, item.reason), item.what]);
  return make(
    'div',
    {},
    make('h3', {}, say('data')),
    make('ul', { className: 'states', 'aria-label': say('key') }, states),
    unread.length ? make('h4', {}, say('unread')) : null,
    unread.length ? table(say('unread'), [say('where'), say('code'), say('what')], unread) : make('p', { className: 'soft' }, say('all_read')),
  );
}

/** The steps at the service, as a bar and in numbers. */
function timing(found) {
  const parts = times(found);
  if (!parts.length) return null;
  const bar = make('div', { className: 'times', 'aria-hidden': 'true' }, parts.map(([name]) => make('span', { className: name })));
  parts.forEach(([, ms], index) => (bar.children[index].style.flexGrow = String(ms)));
  const legend = parts.map(([name, ms]) => make('li', { className: name }, say(`part_${name}`), ` ${ms.toFixed(1)} ms`));
  return make('div', {}, make('h3', {}, say('timing')), bar, make('ul', { className: 'legend' }, legend));
}

function times(found) {
  const told = found.headers.get('server-timing') ?? '';
  const all = told.split(',').map((part) => /^\s*([a-z]+);dur=([\d.]+)/.exec(part)).filter(Boolean);
  return all.map(([, name, ms]) => [name, Number(ms)]).filter(([name]) => PARTS.includes(name));
}

const named = (headers) => HEADERS.filter((name) => headers.has(name)).map((name) => [make('code', {}, name), headers.get(name)]);
const rounded = (ms) => (ms < 10 ? ms.toFixed(1) : ms.toFixed(0));
