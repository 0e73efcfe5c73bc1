'use strict';

// What does a bad answer mean for the Zap?

const LONGEST = 250; // characters that Zapier shows

const failure = (z, message, code, status) =>
  new z.errors.Error(String(message).slice(0, LONGEST), code, status);

// The error that a bad answer is, with the service's own words and code.
const refusal = (z, response) => {
  const { detail, code } = response.problem;
  return failure(z, detail || `The service answered ${response.status}.`, code, response.status);
};

// The service's problem document (RFC 9457), or an empty one. A streamed answer is read here.
const problemOf = async (response) => {
  if (typeof response.json !== 'function') {
    return response.data || {};
  }
  return (await response.json().catch(() => null)) || {};
};

// Throws what an answer above 299 means. One that its caller wants to judge (skipThrowForStatus)
// passes, unless it is about the connection, or about coming back later.
const raise = async (response, z, ours) => {
  const { status } = response;
  response.problem = await problemOf(response);
  const message = response.problem.detail || `The service answered ${status}.`;
  if (status === 401 && ours) {
    throw new z.errors.ExpiredAuthError(message);
  }
  const delay = Number.parseInt(response.getHeader('retry-after'), 10);
  if (status === 503 && delay > 0) {
    throw new z.errors.ThrottledError(message, delay);
  }
  if (status < 400) {
    const text = 'The service answered with a redirect; give its own address in the connection.';
    throw failure(z, text, 'redirected', status);
  }
  if (!response.skipThrowForStatus) {
    throw refusal(z, response);
  }
};

module.exports = { failure, refusal, raise };
