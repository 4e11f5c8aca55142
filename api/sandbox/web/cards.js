// Cards as a health record would show them, with the buttons that a clinician would press.

import { code, fold, link, make, say } from './dom.js';
import { markdown } from './markdown.js';

const SIGNS = { info: 'i', warning: '!', critical: '!!' };
const EXPLANATION = 'org.tandem-cds.explanation';

/** One card. number: its place. answer: sends one entry of feedback and resolves to {status, sent, text}. */
export function shownCard(card, number, answer) {
  const id = `card-${number}`;
  const kind = card.indicator in SIGNS ? card.indicator : 'info';
  const said = make('div', { className: 'said', role: 'status' });
  const kept = make('div');
  const settle = async (entry, words) => {
    said.textContent = say('sending');
    const found = await answer({ card: card.uuid, ...entry, outcomeTimestamp: new Date().toISOString() });
    said.textContent = found ? words(found.status) : say('unreachable');
    said.className = found?.status < 300 ? 'said done' : 'said failed';
    kept.replaceChildren(...(found ? [fold(say('sent_feedback'), code(`${found.sent}\n\n${found.text}`, say('sent_feedback')))] : []));
  };
  const source = make('p', { className: 'soft' }, `${say('source')}: `, card.source?.url ? link(card.source.label, card.source.url) : card.source?.label);
  return make(
    'article',
    { className: `card hook ${kind}`, 'aria-labelledby': id },
    make('h3', { id }, make('span', { className: 'indicator' }, make('span', { 'aria-hidden': 'true' }, SIGNS[kind]), ` ${say(kind)}`), ' ', card.summary),
    source,
    card.detail ? opened(fold(say('detail'), markdown(card.detail, 4)), number === 0) : null,
    suggestions(card, settle),
    links(card),
    override(card, id, settle),
    said,
    kept,
    explanation(card),
  );
}

function explanation(card) {
  const found = card.extension?.[EXPLANATION];
  return found ? fold(say('explanation'), code(JSON.stringify(found, null, 2), `${say('explanation')}: ${card.summary}`)) : null;
}

function opened(details, open) {
  details.open = open;
  return details;
}

function suggestions(card, settle) {
  if (!card.suggestions?.length) return null;
  const accepted = new Set();
  const one = card.selectionBehavior === 'at-most-one';
  const accept = (item) => {
    if (one) accepted.clear();
    accepted.add(item.uuid);
    const entry = { outcome: 'accepted', acceptedSuggestions: [...accepted].map((id) => ({ id })) };
    return settle(entry, (status) => say('said_accepted', { what: item.label, status }));
  };
  const behaviour = card.selectionBehavior in { any: 0, 'at-most-one': 0 } ? ` (${say(card.selectionBehavior)})` : '';
  return make('div', {}, make('h4', {}, say('suggestions') + behaviour), make('ul', { className: 'suggestions' }, card.suggestions.map((item) => suggestion(item, accept))));
}

function suggestion(item, accept) {
  const button = make('button', { type: 'button', className: 'quiet' }, say('accept'), make('span', { className: 'unseen' }, `: ${item.label}`));
  button.addEventListener('click', () => accept(item));
  const mark = item.isRecommended ? make('span', { className: 'mark' }, say('recommended')) : null;
  const actions = (item.actions ?? []).map((action) => shownAction(action, item.label));
  return make('li', {}, make('div', { className: 'offer' }, make('span', {}, make('strong', {}, item.label), ' ', mark), button), actions);
}

function shownAction(action, label) {
  const verb = action.type in { create: 0, update: 0, delete: 0 } ? say(action.type) : action.type;
  const target = action.resourceId ?? action.resource?.resourceType;
  const same = action.description === label ? null : ` ${action.description}`;
  const line = make('span', {}, make('code', {}, `${verb} ${target ?? ''}`.trim()), same);
  if (!action.resource) return make('p', { className: 'action' }, line);
  return make('details', { className: 'action' }, make('summary', {}, line), code(JSON.stringify(action.resource, null, 2), `${say('resource')}: ${label}`));
}

function links(card) {
  if (!card.links?.length) return null;
  const shown = card.links.map((item) => make('li', {}, item.type === 'absolute' ? link(item.label, item.url) : `${item.label} (${item.type}: ${item.url})`));
  return make('ul', { className: 'links', 'aria-label': say('links') }, shown);
}

function override(card, id, settle) {
  const reasons = card.overrideReasons ?? [];
  const choice = make('select', { id: `${id}-reason` }, make('option', { value: '' }, say('no_reason')));
  choice.append(...reasons.map((reason, index) => make('option', { value: String(index) }, reason.display ?? reason.code)));
  const comment = make('input', { id: `${id}-comment`, type: 'text', maxLength: 500, autocomplete: 'off' });
  const button = make('button', { type: 'button' }, say('override'), make('span', { className: 'unseen' }, `: ${card.summary}`));
  button.addEventListener('click', () => {
    const reason = choice.value === '' ? undefined : reasons[Number(choice.value)];
    const told = { ...(reason ? { reason } : {}), ...(comment.value ? { userComment: comment.value } : {}) };
    const entry = { outcome: 'overridden', ...(Object.keys(told).length ? { overrideReason: told } : {}) };
    settle(entry, (status) => say('said_overridden', { status }));
  });
  const field = (label, input) => make('span', { className: 'field' }, make('label', { for: input.id }, label), input);
  return fold(say('override_it'), make('div', { className: 'override' }, field(say('reason'), choice), field(say('comment'), comment), button));
}
