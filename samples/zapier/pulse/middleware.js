'use strict';

// What happens to every request and every answer?

const { isOurs } = require('./service');
const { raise } = require('./errors');
const { name, version } = require('./package.json');

const identify = (request, z, bundle) => {
  // A file may lie anywhere: the key goes to the service and to nobody else.
  if (!isOurs(request.url, z, bundle)) {
    return request;
  }
  const { api_key: key, provider_key: providerKey } = bundle.authData;
  request.headers['X-API-Key'] = key;
  if (providerKey) {
    request.headers['X-Provider-Key'] = providerKey;
  }
  // User-Agent stays "Zapier": the platform recognises its own requests by it.
  request.headers['X-Client'] = `${name}/${version}`;
  // The key would follow a redirect to another host.
  request.redirect = 'manual';
  return request;
};

// 429 never comes here: the platform itself turns it into a ThrottledError.
const explain = async (response, z, bundle) => {
  if (response.status >= 300) {
    await raise(response, z, isOurs(response.request.url, z, bundle));
  }
  return response;
};

module.exports = { beforeRequest: [identify], afterResponse: [explain] };
