'use strict';

// How is a job found that another step submitted?

const provider = require('./provider.json');
const { failure, refusal } = require('./errors');
const { complete, list } = require('./jobs');
const { ask } = require('./service');

const ANY = 'pending,running,needs_review,succeeded,failed,canceled';

const byId = async (z, bundle, id) => {
  const response = await ask(z, bundle, ['jobs', id], { skipThrowForStatus: true });
  if (response.status === 404) {
    return []; // for a search, nothing found is no error
  }
  if (response.status >= 400) {
    throw refusal(z, response);
  }
  return [response.data];
};

const perform = async (z, bundle) => {
  const { job_id: id, client_ref: reference } = bundle.inputData;
  if (!id && !reference) {
    throw failure(z, 'Give the ID of the job, or your own reference.', 'nothing_to_find', 400);
  }
  const found = id
    ? await byId(z, bundle, id)
    : await list(z, bundle, { client_ref: reference, status: ANY, limit: 1 });
  return Promise.all(found.map((job) => complete(z, bundle, job)));
};

const { find_job: findJob } = provider.searches;

module.exports = {
  find_job: { ...findJob, operation: { ...findJob.operation, perform } },
};
