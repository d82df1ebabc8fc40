// Reads the few figures of the server's /metrics (text format 0.0.4) that must be zero after a run.
// No k6 imports.

const mustBeZero = ['tickcast_connections', 'tickcast_sessions', 'tickcast_subscriptions'];

/**
 * Sum over the labels of each family; null where the text has none of it, which is no zero.
 * @param {string} text
 * @returns {Record<string, number | null>}
 */
export function heldByServer(text) {
  /** @type {Record<string, number | null>} */
  const held = {};
  for (const family of mustBeZero) {
    held[family] = null;
  }
  for (const line of text.split('\n')) {
    const match = /^([a-z_]+)(\{[^}]*\})? (\S+)/.exec(line);
    if (match !== null && match[1] in held) {
      held[match[1]] = (held[match[1]] || 0) + Number(match[3]);
    }
  }
  return held;
}

/** @param {Record<string, number | null>} held */
export function isZero(held) {
  return mustBeZero.every((family) => held[family] === 0);
}
