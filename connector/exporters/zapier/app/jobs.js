'use strict';

// How is a job looked at, and how is it shown to a Zap?

const hydrators = require('./hydrators');
const { failure, refusal } = require('./errors');
const { ask, get } = require('./service');

const CLOSED = ['succeeded', 'failed', 'canceled'];
const LARGEST = 6000000; // bytes of a result: Zapier keeps what is larger outside of the run

const ELSEWHERE = 'The result is a file or larger than 64 kB: use Result File, or Find Job.';

const read = (z, bundle, id, params) => get(z, bundle, ['jobs', id], params);

const list = (z, bundle, params) => get(z, bundle, ['jobs'], params);

// Large results, and files, are in no list.
const isElsewhere = (job) => job.status === 'succeeded' && !job.result && job.file_url;

// A job as every step returns it: always the same keys. The file is fetched when a later step
// uses it.
const shown = (z, job) => ({
  ...job,
  warning: job.warning || (isElsewhere(job) ? ELSEWHERE : null),
  file: job.file_url ? z.dehydrateFile(hydrators.resultFile, { id: job.id }) : null,
});

// What a message had no room for: the result, or why it is not there.
const missing = async (z, bundle, job) => {
  const path = ['jobs', job.id, 'result'];
  const response = await ask(z, bundle, path, { raw: true, skipThrowForStatus: true });
  if (response.status === 410) {
    return { warning: response.problem.detail };
  }
  if (response.status >= 400) {
    throw refusal(z, response);
  }
  if (Number(response.getHeader('content-length')) > LARGEST) {
    response.body.destroy();
    return { warning: 'The result is larger than 6 MB: use Result File.' };
  }
  return { result: await response.json() };
};

const complete = async (z, bundle, job) => {
  const more = job.status === 'succeeded' && !job.result ? await missing(z, bundle, job) : {};
  return shown(z, { ...job, ...more });
};

// Throws for a job that has not succeeded.
const succeeded = (z, job) => {
  if (job.status === 'canceled') {
    // Somebody wanted it so: nothing is broken, and the Zap must not be switched off for it.
    throw new z.errors.HaltedError(job.error_message || job.note || 'The job was canceled.');
  }
  if (job.status === 'failed') {
    throw failure(z, job.error_message || 'The job failed.', job.error_code, 422);
  }
  return job;
};

const isClosed = (job) => CLOSED.includes(job.status);

module.exports = { read, list, shown, complete, succeeded, isClosed };
