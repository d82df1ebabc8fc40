// Folders for a test's own use.
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A new folder, removed when the test ends. */
export async function scratch(test) {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function writeTree(folder, tree) {
  for (const [name, content] of Object.entries(tree)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** {name: text} of all files below FOLDER. */
export async function readTree(folder, prefix = '') {
  const tree = {};
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const name = prefix + entry.name;
    if (entry.isDirectory()) Object.assign(tree, await readTree(folder, `${name}/`));
    else tree[name] = await readFile(join(folder, name), 'utf8');
  }
  return tree;
}
