// How requests leave: with the token of this page or the session of whoever signed in, and never to another origin.

import { told } from './dom.js';

let csrf = null;

/** Who is signed in here, if anybody; nobody is asked in a demonstration. */
export async function session() {
  if (told.demo) return null;
  const answer = await fetch('/session', { credentials: 'same-origin' });
  if (!answer.ok) return null;
  const found = await answer.json();
  csrf = found.csrf ?? null;
  return found.id;
}

/** Sends a body. Resolves to {status, headers, text, document, ms}; document is null where the answer is no JSON. */
export async function post(path, body, { language, token }) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'Accept-Language': language };
  if (token) headers.Authorization = `Bearer ${token}`;
  else if (csrf) headers['Tandem-CSRF'] = csrf;
  const begun = performance.now();
  const answer = await fetch(path, { method: 'POST', headers, body, credentials: token ? 'omit' : 'same-origin', redirect: 'error' });
  const text = await answer.text();
  const ms = performance.now() - begun;
  return { status: answer.status, headers: answer.headers, text, document: parsed(text), ms };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
