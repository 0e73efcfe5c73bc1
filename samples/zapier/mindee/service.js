'use strict';

// Where is the service, and how is it asked?

const provider = require('./provider.json');
const { failure } = require('./errors');

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const parsed = (text) => {
  try {
    return new URL(text);
  } catch {
    return null;
  }
};

// The key goes there, so that only this machine may be asked without https: to try things out.
const isSafe = (url) =>
  url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));

const isPlain = (url) => !url.username && !url.search && !url.hash;

// The connection's address, without a slash at its end.
const root = (z, bundle) => {
  const text = String(bundle.authData.base_url || '').trim().replace(/\/+$/, '');
  const url = parsed(text);
  if (!url || !isSafe(url) || !isPlain(url)) {
    const message = 'The Service URL of the connection must be an https:// address.';
    throw failure(z, message, 'bad_base_url', 400);
  }
  return text;
};

const isOurs = (url, z, bundle) => url.startsWith(`${root(z, bundle)}/`);

const at = (z, bundle, path) =>
  [root(z, bundle), 'zapier', provider.name, ...path.map(encodeURIComponent)].join('/');

// The answer to a GET or, with `options`, to another request.
const ask = (z, bundle, path, options) => z.request({ url: at(z, bundle, path), ...options });

const get = async (z, bundle, path, params) => (await ask(z, bundle, path, { params })).data;

const post = (z, bundle, path, body, { headers, ...options } = {}) =>
  ask(z, bundle, path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    // As text: out of the texts of an object, such as a prompt, the platform drops {{...}}.
    body: JSON.stringify(body),
    ...options,
  });

module.exports = { root, isOurs, ask, get, post };
