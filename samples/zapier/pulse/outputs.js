'use strict';

// Which fields will a result have? Where the inputs decide that, the service is asked.

const provider = require('./provider.json');
const { filled } = require('./filled');
const { get } = require('./service');

const asText = (value) => (typeof value === 'object' ? JSON.stringify(value) : value);

const asked = async (z, bundle, action) => {
  const { shaping, fields } = provider.actions[action];
  const entries = Object.entries(filled(shaping, bundle.inputData));
  const params = Object.fromEntries(entries.map(([name, value]) => [name, asText(value)]));
  try {
    return await get(z, bundle, ['fields', action], params);
  } catch {
    return fields; // an error would leave the editor without any fields
  }
};

// What follows the fields of the job itself.
const ofAction = (action) => {
  const { shaping } = provider.actions[action];
  return shaping.length ? [(z, bundle) => asked(z, bundle, action)] : [];
};

// The same where an input names the action.
const ofChosenAction = (z, bundle) => {
  const { action } = bundle.inputData;
  return action in provider.actions ? asked(z, bundle, action) : [];
};

module.exports = { ofAction, ofChosenAction };
