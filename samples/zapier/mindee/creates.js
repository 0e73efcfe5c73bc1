'use strict';

// Which actions are there? For each of the provider's: one that waits, one that does not.

const crypto = require('crypto');
const provider = require('./provider.json');
const { failure, refusal } = require('./errors');
const { filled } = require('./filled');
const { complete, isClosed, read, shown, succeeded } = require('./jobs');
const outputs = require('./outputs');
const { post } = require('./service');

const LONGEST_WAIT = 25; // seconds: Zapier gives a step 30
const SHORT_WAIT = 20;

// What a maker filled in. Zapier hands over where a file is found, not the file.
const given = (action, inputData) => {
  const { files } = provider.actions[action];
  const known = provider.creates[action].operation.inputFields.map((field) => field.key);
  const entries = Object.entries(filled(known, inputData));
  return Object.fromEntries(entries.map(([key, value]) => [files[key] || key, value]));
};

// The job that a refusal speaks of, where the step goes on with it all the same.
const spokenOf = (problem) => {
  if (problem.code === 'key_reused') {
    return problem.operation; // asked before, when the file had another address
  }
  return provider.failedJobs === 'answer' && problem.operation_status ? problem.id : undefined;
};

const submit = async (z, bundle, action, words, headers) => {
  const body = { ...given(action, bundle.inputData), ...words };
  const response = await post(z, bundle, [action], body, { headers, skipThrowForStatus: true });
  if (response.status < 400) {
    return response.data;
  }
  const id = spokenOf(response.problem);
  if (id) {
    return read(z, bundle, id);
  }
  throw refusal(z, response);
};

// A run has no id that an app could see; only the callback URL belongs to just this step of just
// this run. When the platform repeats the request with the same URL, there is one job all the
// same. A replay of the Zap comes with another URL, and is another job.
const keyOf = (callback) =>
  callback && { 'Idempotency-Key': crypto.createHash('sha256').update(callback).digest('hex') };

const waiting = (action) => ({
  perform: async (z, bundle) => {
    if (bundle.meta?.isLoadingSample) {
      // A test of one step in the editor is not resumed, and merely asking for the callback URL
      // would park it.
      const job = await submit(z, bundle, action, { wait: LONGEST_WAIT });
      return complete(z, bundle, job);
    }
    const callback = z.generateCallbackUrl(); // parks the step, unless something is thrown
    return shown(z, await submit(z, bundle, action, { callback_url: callback }, keyOf(callback)));
  },

  performResume: async (z, bundle) => {
    const { id } = bundle.outputData;
    const told = bundle.cleanedRequest?.id;
    if (!id || (told && told !== id)) {
      throw failure(z, 'What resumed this step is about another job.', 'other_job', 409);
    }
    // Whoever knows the callback URL can post to it, so that nothing else of it is used.
    const job = await read(z, bundle, id, { wait: SHORT_WAIT });
    if (!isClosed(job)) {
      throw failure(z, 'This step was resumed before its job had ended.', 'not_finished', 409);
    }
    return complete(z, bundle, provider.failedJobs === 'answer' ? job : succeeded(z, job));
  },
});

const submitting = (action) => ({
  perform: async (z, bundle) => shown(z, await submit(z, bundle, action)),
});

const canceling = {
  perform: async (z, bundle) => {
    const response = await post(z, bundle, ['jobs', bundle.inputData.job_id, 'cancel'], {});
    return shown(z, response.data);
  },
};

const withFunctions = (key, functions) => {
  const create = provider.creates[key];
  return { ...create, operation: { ...create.operation, ...functions } };
};

const creates = { cancel_job: withFunctions('cancel_job', canceling) };

for (const action of Object.keys(provider.actions)) {
  const { outputFields } = provider.creates[action].operation;
  creates[action] = withFunctions(action, {
    ...waiting(action),
    outputFields: [...outputFields, ...outputs.ofAction(action)],
  });
  creates[`${action}_submit`] = withFunctions(`${action}_submit`, submitting(action));
}

module.exports = creates;
