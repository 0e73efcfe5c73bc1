'use strict';

// How does a later step get the file of a result? Its link is signed and expires, so that a fresh
// one is asked for.

const { failure } = require('./errors');
const { get } = require('./service');

const resultFile = async (z, bundle) => {
  const job = await get(z, bundle, ['jobs', bundle.inputData.id]);
  if (!job.file_url) {
    throw failure(z, 'The file was deleted; results are kept for a limited time.', 'gone', 410);
  }
  return z.stashFile(z.request({ url: job.file_url, raw: true }));
};

module.exports = { resultFile };
