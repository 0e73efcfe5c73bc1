'use strict';

// Runs apps as Zapier's platform does: one event per line on standard input, as
// {"app": folder, "event": {...}}, one answer per line on standard output, as {"answer": ...} or
// {"error": {"name", "message"}}. An event is what zapier-platform-core's handler takes: command
// (execute, validate, definition), method, bundle, callback_url.
//
// A process of its own, as the core patches node's http module.

const readline = require('readline');
const zapier = require('zapier-platform-core');

// Whatever the core prints must not get between the answers.
console.log = console.error;

const handled = async ({ app, event }) => {
  try {
    return { answer: await zapier.createAppHandler(app)(event) };
  } catch (error) {
    return { error: { name: error.name, message: error.message } };
  }
};

const main = async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await handled(JSON.parse(line)))}\n`);
  }
};

main();
