// Reads what the install folder is made of.
import { readFile, readdir, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { assetEndings, parts } from './parts.mjs';
import { Refused } from './install.mjs';

// The packages that rendering needs.
export const packages = [
  'web/node_modules/marked/package.json',
  'web/node_modules/yaml/package.json',
];

/** Each file of the install folder: a map of its name there (with /) to its bytes or text. */
export async function collect(source) {
  const sources = [...parts, ...(await assetsOf(source))];
  refuseMissing(source, sources);
  const files = new Map();
  for (const { from, to } of sources) {
    for (const [name, path] of await filesOf(join(source, from), to)) {
      put(files, name, await readFile(path));
    }
  }
  put(files, 'docs/index.html', await apiPageOf(files));
  return files;
}

// Loaded here and not at the top: it needs packages, and a clear message must say when they are
// missing.
async function apiPageOf(files) {
  const { apiPage } = await import('../docs/page.mjs');
  return apiPage(String(files.get('docs/openapi.yaml')), String(files.get('docs/asyncapi.yaml')));
}

function put(files, name, content) {
  if (files.has(name)) throw new Refused(`two parts make ${name}`);
  files.set(name, content);
}

async function assetsOf(source) {
  const entries = existsSync(join(source, 'web'))
    ? await readdir(join(source, 'web'), { withFileTypes: true })
    : [];
  return entries
    .filter((entry) => entry.isFile() && assetEndings.includes(extname(entry.name)))
    .map((entry) => ({ from: `web/${entry.name}`, to: entry.name }));
}

function refuseMissing(source, sources) {
  const missing = [...sources.map(({ from }) => from), ...packages].filter(
    (from) => !existsSync(join(source, from)),
  );
  if (missing.length === 0) return;
  const hint = missing.some((from) => from.startsWith('web/node_modules/'))
    ? ' (first: npm ci in web/)'
    : '';
  throw new Refused(`not there: ${missing.join(', ')}${hint}`);
}

/**
 * [name in the install folder, path] of a file, or of each file below a folder. Hidden ones
 * (editors', systems') stay behind.
 */
async function filesOf(path, name) {
  const kind = await stat(path);
  if (kind.isFile()) return [[name, path]];
  const found = [];
  for (const entry of (await readdir(path)).sort()) {
    if (!entry.startsWith('.'))
      found.push(...(await filesOf(join(path, entry), `${name}/${entry}`)));
  }
  return found;
}
