import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { assemble } from '../assemble.mjs';
import { packages } from '../collect.mjs';
import { parts } from '../parts.mjs';
import { readTree, scratch, writeTree } from './scratch.mjs';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const program = join(repository, 'web/tools/assemble.mjs');

const needed = [...parts.map(({ from }) => from), ...packages];

function run(...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** A checkout with a page of a few bytes; documents and packages are the real ones. */
async function sourceFor(t) {
  const source = await scratch(t);
  await writeTree(source, {
    'web/index.html': '<!doctype html>',
    'web/app/main.js': 'main',
    'web/app/deep/er.js': 'deeper',
    'web/app/.main.js.swp': 'an editor was here',
    'web/style/page.css': 'style',
    'web/favicon.svg': '<svg/>',
    'web/package.json': '{}',
    'web/client/index.js': 'client',
    'web/client/index.d.ts': 'types',
    'web/client/src/a.js': 'a',
    'web/client/tests/a.test.js': 'test',
  });
  for (const from of needed) {
    if (/^web\/(node_modules|tools)\/|docs\//.test(from))
      await cp(join(repository, from), join(source, from));
  }
  return source;
}

test('each part has its place; what is for development alone stays behind', async (t) => {
  const source = await sourceFor(t);
  const folder = join(await scratch(t), 'page');
  await assemble(folder, source);
  const tree = await readTree(folder);
  assert.equal(tree['index.html'], '<!doctype html>');
  assert.equal(tree['app/main.js'], 'main');
  assert.equal(tree['app/deep/er.js'], 'deeper');
  assert.equal(tree['style/page.css'], 'style');
  assert.equal(tree['favicon.svg'], '<svg/>');
  assert.equal(tree['client/index.js'], 'client');
  assert.equal(tree['client/src/a.js'], 'a');
  for (const name of ['openapi.yaml', 'asyncapi.yaml']) {
    assert.equal(tree[`docs/${name}`], await readFile(join(repository, 'docs', name), 'utf8'));
  }
  assert.match(tree['docs/index.html'], /createSession/);
  assert.match(tree['docs/docs.css'], /article/);
  assert.match(tree['vendor/lightweight-charts.js'], /export\s*\{[^}]*createChart/);
  assert.match(tree['vendor/lightweight-charts.LICENSE.txt'], /Apache License/);
  assert.match(tree['vendor/NOTICE.txt'], /Copyright \(c\) 2019 TradingView/);
  const strangers = Object.keys(tree).filter((name) => /swp|package|\.d\.ts|test/.test(name));
  assert.deepEqual(strangers, []);
});

test('what is missing is named, all of it', async (t) => {
  for (const from of needed) {
    const source = await sourceFor(t);
    await rm(join(source, from), { recursive: true });
    const folder = join(await scratch(t), 'page');
    await assert.rejects(assemble(folder, source), (error) => {
      assert.ok(error.message.includes(from), error.message);
      assert.equal(error.message.includes('npm ci'), from.includes('node_modules'), error.message);
      return true;
    });
    assert.deepEqual(await readdir(join(folder, '..')), []);
  }
  const nothing = await scratch(t);
  await assert.rejects(assemble(join(nothing, 'page'), nothing), (error) =>
    needed.every((from) => error.message.includes(from)),
  );
});

test('the page of this repository', async (t) => {
  const parent = await scratch(t);
  const folder = join(parent, 'page');
  for (let again = 0; again !== 2; ++again) {
    const { status, stdout, stderr } = run(folder);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.match(stdout, /^\d+ files in .*page\n$/);
  }
  const tree = await readTree(folder);
  for (const name of ['index.html', 'client/index.js', 'docs/index.html'])
    assert.ok(tree[name], name);
});

test('two parts of one name are refused', async (t) => {
  const source = await sourceFor(t);
  await writeTree(source, { 'web/files.txt': 'the name of the list' });
  await assert.rejects(assemble(join(await scratch(t), 'page'), source), /files\.txt/);
});

test('the notice speaks of all that is in the chart library', async () => {
  const lock = JSON.parse(
    await readFile(join(repository, 'web/package-lock.json'), 'utf8'),
  ).packages;
  assert.deepEqual(lock['node_modules/lightweight-charts'].dependencies, {
    'fancy-canvas': '2.1.0',
  });
  assert.equal(lock['node_modules/fancy-canvas'].dependencies, undefined);
});

test('on the command line: one folder, or a word about it', async (t) => {
  for (const words of [[], ['a', 'b'], ['--help'], ['']]) {
    const { status, stdout, stderr } = run(...words);
    assert.deepEqual(
      [status, stdout, stderr],
      [2, '', 'usage: node web/tools/assemble.mjs FOLDER\n'],
    );
  }
  const taken = await scratch(t);
  await mkdir(join(taken, 'thesis'));
  const { status, stdout, stderr } = run(taken);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^assemble: .* was not made here; give another folder, or remove it\n$/);
});
