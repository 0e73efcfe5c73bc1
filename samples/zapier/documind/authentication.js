'use strict';

// How does a maker connect? With the service's address and a key for it.

const provider = require('./provider.json');
const { root } = require('./service');

const test = async (z, bundle) => {
  const response = await z.request(`${root(z, bundle)}/v1/me`);
  return response.data;
};

module.exports = {
  type: 'custom', // Zapier's word for API keys
  fields: provider.authentication.fields,
  test,
  connectionLabel: '{{owner}} at {{base_url}}',
};
