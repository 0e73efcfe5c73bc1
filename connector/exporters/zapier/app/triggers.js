'use strict';

// What starts a Zap? A job that has ended: told by the service, or asked for every few minutes.
// The hidden triggers fill dropdowns.

const provider = require('./provider.json');
const { filled } = require('./filled');
const { complete, list, shown } = require('./jobs');
const outputs = require('./outputs');
const { ask, get, post } = require('./service');

const SAMPLES = 3; // that the editor shows
const MOST = 100; // that a poll may bring

const filters = (bundle) => filled(['status', 'action'], bundle.inputData);

const ended = (z, bundle, limit) => list(z, bundle, { ...filters(bundle), limit });

// As they would be told.
const samples = async (z, bundle) => {
  const jobs = await ended(z, bundle, SAMPLES);
  return Promise.all(jobs.map((job) => complete(z, bundle, job)));
};

// Without their large results: there may be many jobs, and a poll has 30 seconds.
const polled = async (z, bundle) => {
  const jobs = await ended(z, bundle, MOST);
  return jobs.map((job) => shown(z, job));
};

const subscribe = async (z, bundle) => {
  const body = { target_url: bundle.targetUrl, ...filters(bundle) };
  const response = await post(z, bundle, ['hooks'], body);
  return response.data;
};

const unsubscribe = async (z, bundle) => {
  await ask(z, bundle, ['hooks', bundle.subscribeData.id], { method: 'DELETE' });
  return {};
};

const told = async (z, bundle) => {
  const { querystring, ...job } = bundle.cleanedRequest; // the platform adds the query string
  return [await complete(z, bundle, job)];
};

// The inputs of the step narrow its list down.
const choices = (name) => (z, bundle) =>
  get(z, bundle, ['choices', name], filled(provider.choices[name], bundle.inputData));

const openJobs = async (z, bundle) => {
  const jobs = await list(z, bundle, { status: 'open', limit: MOST });
  const titleOf = (job) => provider.actions[job.action]?.title || job.action;
  return jobs.map((job) => ({
    id: job.id,
    name: [titleOf(job), job.client_ref, job.status, job.created_at].filter(Boolean).join(', '),
  }));
};

const withFunctions = (key, functions) => {
  const trigger = provider.triggers[key];
  const { outputFields } = trigger.operation;
  const fields = outputFields && { outputFields: [...outputFields, outputs.ofChosenAction] };
  return { ...trigger, operation: { ...trigger.operation, ...fields, ...functions } };
};

const triggers = {
  job_finished: withFunctions('job_finished', {
    performSubscribe: subscribe,
    performUnsubscribe: unsubscribe,
    perform: told,
    performList: samples,
  }),
  job_finished_polling: withFunctions('job_finished_polling', { perform: polled }),
  open_jobs: withFunctions('open_jobs', { perform: openJobs }),
};

for (const name of Object.keys(provider.choices)) {
  triggers[`choices_${name}`] = withFunctions(`choices_${name}`, { perform: choices(name) });
}

module.exports = triggers;
