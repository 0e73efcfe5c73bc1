'use strict';

// What did a maker fill in? `false` and 0 are something.

const EMPTY = [undefined, null, ''];

// The values of those inputs, of these names, that hold something.
const filled = (names, inputData) =>
  Object.fromEntries(
    names.filter((name) => !EMPTY.includes(inputData[name])).map((name) => [name, inputData[name]]),
  );

module.exports = { filled };
