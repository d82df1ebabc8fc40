// The files of the image's page: all that .dockerignore lets through, and no more.
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { assemble } from '../assemble.mjs';
import { readTree, scratch } from './scratch.mjs';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

test('the page of the image is that of the repository', async (t) => {
  const rules = (await readFile(join(repository, '.dockerignore'), 'utf8')).split('\n');
  const through = rules.filter((rule) => /^!(web|docs\/)/.test(rule)).map((rule) => rule.slice(1));
  const kept = rules
    .filter((rule) => rule.startsWith('web/**/'))
    .map((rule) => rule.slice('web/**/'.length));
  assert.deepEqual(through.sort(), ['docs/asyncapi.yaml', 'docs/openapi.yaml', 'web']);
  const source = await scratch(t);
  for (const name of through) {
    await mkdir(dirname(join(source, name)), { recursive: true });
    await cp(join(repository, name), join(source, name), {
      recursive: true,
      filter: (path) =>
        !relative(repository, path)
          .split('/')
          .some((part) => kept.includes(part)),
    });
  }
  // As npm ci does in the image.
  await symlink(join(repository, 'web/node_modules'), join(source, 'web/node_modules'));
  const { assemble: itsOwn } = await import(join(source, 'web/tools/assemble.mjs'));
  const made = await scratch(t);
  await itsOwn(join(made, 'image'));
  await assemble(join(made, 'repository'));
  assert.deepEqual(await readTree(join(made, 'image')), await readTree(join(made, 'repository')));
});
