// Parts of a style sheet that a browser drops silently, and parts that a rule must have.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../../style/', import.meta.url);
const sheets = readdirSync(folder)
  .filter((name) => name.endsWith('.css'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
const selectorsOf = (text) =>
  [...text.replace(/\/\*.*?\*\//gs, '').matchAll(/([^{}]+)\{/g)].map(([, selector]) =>
    selector.replace(/\s+/g, ' ').trim(),
  );

test('Styles_HaveNoPseudoElementWithinIsOrWhere', () => {
  for (const { name, text } of sheets)
    for (const selector of selectorsOf(text))
      assert.doesNotMatch(selector, /:(is|where)\([^)]*::/, name);
});

test('Styles_OfAStateWithOldPrices_NameThemAll', () => {
  const old = ['offline', 'stale', 'refused', 'unserved'];
  let found = 0;
  for (const { name, text } of sheets)
    for (const selector of selectorsOf(text)) {
      const named = old.filter((state) => selector.includes(`[data-state='${state}']`));
      if (named.length === 0) continue;
      found += 1;
      assert.deepEqual(named, old, `${name}: ${selector}`);
    }
  assert.ok(found >= 4);
});
