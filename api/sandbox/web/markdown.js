// The Markdown of cards, as a health record would show it: paragraphs, lists, headings, strong, emphasis, code, links.
// Everything else, HTML above all, stays the text that it is.

import { link, make } from './dom.js';

const INLINE = /\\([!-/:-@[-`{-~])|`([^`]+)`|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*|\[((?:\\.|[^\]\\])*)\]\(([^()\s]*)\)|&(lt|gt|amp|quot|#39);/g;
const ENTITIES = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };
const DEEPEST = 4;

/** Blocks of a Markdown text. level: of the headings in it. */
export function markdown(text, level = 4) {
  return make('div', { className: 'markdown' }, String(text).split(/\n[ \t]*\n/).filter((part) => part.trim()).map((part) => block(part, level)));
}

function block(text, level) {
  const lines = text.split('\n').filter((line) => line.trim());
  if (lines.every((line) => /^\s*[-*+] /.test(line))) return listed('ul', lines, /^\s*[-*+] /);
  if (lines.every((line) => /^\s*\d+[.)] /.test(line))) return listed('ol', lines, /^\s*\d+[.)] /);
  const heading = /^#{1,6} (.*)$/.exec(text) ?? /^\*\*([^*]+)\*\*$/.exec(text);
  if (heading) return make(`h${level}`, {}, inline(heading[1]));
  return make('p', {}, inline(lines.join(' ')));
}

const listed = (tag, lines, mark) => make(tag, {}, lines.map((line) => make('li', {}, inline(line.replace(mark, '')))));

function inline(text, depth = 0) {
  if (depth > DEEPEST) return [text];
  const found = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    found.push(text.slice(end, match.index), piece(match, depth + 1));
    end = match.index + match[0].length;
  }
  return [...found, text.slice(end)];
}

function piece([whole, escaped, verbatim, strong, emphasis, label, address, entity], depth) {
  if (escaped !== undefined) return escaped;
  if (verbatim !== undefined) return make('code', {}, verbatim);
  if (strong !== undefined) return make('strong', {}, inline(strong, depth));
  if (emphasis !== undefined) return make('em', {}, inline(emphasis, depth));
  if (entity !== undefined) return ENTITIES[entity];
  return label === undefined ? whole : link(plain(label), address);
}

const plain = (text) => text.replace(/\\([!-/:-@[-`{-~])/g, '$1').replace(/&(lt|gt|amp|quot|#39);/g, (_, name) => ENTITIES[name]);
