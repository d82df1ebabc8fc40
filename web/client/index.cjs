// For require(). Node 20.19, 22.12 and newer can require an ES module; with an older one the error
// says what to write in its place.
'use strict';

try {
  module.exports = require('./index.js');
} catch (error) {
  if (error.code !== 'ERR_REQUIRE_ESM') throw error;
  const advice =
    "write `const { connect } = await import('@tickcast/client')`, or use Node 20.19, 22.12 or newer";
  const readable = new Error(
    `@tickcast/client is an ES module, which this Node can't require: ${advice}`,
  );
  throw Object.assign(readable, { code: error.code });
}
