'use strict';

// The integration: what provider.json describes, with the functions that make it work.

const zapier = require('zapier-platform-core');
const authentication = require('./authentication');
const { beforeRequest, afterResponse } = require('./middleware');
const creates = require('./creates');
const hydrators = require('./hydrators');
const searches = require('./searches');
const triggers = require('./triggers');

// Searches and creates stay apart (no searchOrCreates): a waiting action that follows a search
// which found nothing may never be resumed.
module.exports = {
  version: require('./package.json').version,
  platformVersion: zapier.version,
  authentication,
  beforeRequest,
  afterResponse,
  hydrators,
  triggers,
  searches,
  creates,
};
