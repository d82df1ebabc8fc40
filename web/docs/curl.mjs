// A request as a command, made of the document's examples. A part of the path without one, {id},
// becomes the shell's $id.

const quoted = (text) => `'${text.replace(/'/g, "'\\''")}'`;

/** The command, or nothing for what curl is not the tool for: a preflight, a WebSocket. */
export function curlFor({ method, path, parameters, requestBody, responses, server }, document) {
  if (['head', 'options'].includes(method)) return undefined;
  const streams =
    document.resolved(responses['200'] ?? {}).content?.['text/event-stream'] !== undefined;
  if (responses['101'] !== undefined && !streams) return undefined;
  const words = ['curl', streams ? '-sN' : '-s'];
  if (streams) words.push('-H', quoted('Accept: text/event-stream'));
  if (method !== 'get' && requestBody === undefined) words.push('-X', method.toUpperCase());
  if (requestBody !== undefined)
    words.push(...bodyOf(method, document.resolved(requestBody).content));
  const query = parameters
    .filter((each) => each.in === 'query' && each.example !== undefined)
    .map(({ name, example }) => `${name}=${example}`)
    .join('&');
  const filled = path.replace(
    /\{(\w+)\}/g,
    (all, name) =>
      parameters.find((each) => each.in === 'path' && each.name === name)?.example ?? all,
  );
  const url = server.url + filled + (query === '' ? '' : `?${query}`);
  words.push(
    /\{/.test(url) ? `"${url.replace(/\{(\w+)\}/g, '$$$1')}"` : query === '' ? url : quoted(url),
  );
  return words.join(' ');
}

function bodyOf(method, content) {
  const [type, { example }] = Object.entries(content)[0];
  const verb = method === 'post' ? [] : ['-X', method.toUpperCase()];
  if (example === undefined) throw new Error(`${type} of a ${method} has no example`);
  if (type === 'application/json') return [...verb, '--json', quoted(JSON.stringify(example))];
  return [
    ...verb,
    '-H',
    quoted(`Content-Type: ${type}`),
    '--data-binary',
    quoted(example.trimEnd()),
  ];
}
