// Why something failed, in words. Node's fetch says "fetch failed" and why in `cause`; a browser
// says nothing at all.

/** @type {Record<string, string>} the platform's code → its name in plain words */
const calledBy = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'name not found',
  EAI_AGAIN: 'name not found',
  ETIMEDOUT: 'timed out',
  UND_ERR_CONNECT_TIMEOUT: 'timed out',
  UND_ERR_HEADERS_TIMEOUT: 'timed out',
  UND_ERR_SOCKET: 'connection lost',
  EPROTO: 'no TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no TLS there',
};

/** Codes of Node and OpenSSL for a certificate that is not trusted. */
const aboutTls = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/;

/** The innermost error that says something. @param {any} error */
export function rootOf(error) {
  let root = error;
  while (root?.cause instanceof Error) root = root.cause;
  return root;
}

/** @param {any} error as fetch or WebSocket gave it @returns {string} */
export function inWords(error) {
  const root = rootOf(error);
  const code = typeof root?.code === 'string' ? root.code : '';
  const name = calledBy[code] ?? (aboutTls.test(code) ? 'TLS failed' : '');
  // A name with several addresses: one error for each, and no common message.
  const parts = Array.isArray(root?.errors)
    ? root.errors.map((/** @type {any} */ each) => each?.message)
    : [root?.message];
  const said = parts.filter(Boolean).join(', ') || code || String(root);
  const withCode = code === '' || said.includes(code) ? said : `${said} (${code})`;
  return name === '' ? withCode : `${name}: ${withCode}`;
}

/**
 * A refusal or a failure in words, with the HTTP status and the limit that was exceeded.
 * @param {import('./errors.js').TickcastError} error
 */
export function describe({ code, status, detail, limit }) {
  const exceeded =
    limit === undefined
      ? ''
      : ` (limit: ${typeof limit === 'object' ? JSON.stringify(limit) : limit})`;
  return `${status === undefined ? '' : `${status} ${code}: `}${detail}${exceeded}`;
}

/** @param {number} ms @returns {Error} with the code that Node has for it */
export function timeout(ms) {
  return Object.assign(new Error(`nothing came within ${ms / 1000} s`), { code: 'ETIMEDOUT' });
}
