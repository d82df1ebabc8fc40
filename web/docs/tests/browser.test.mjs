// The page in Chromium, as the real server serves it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import test, { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { serve } from './served.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wide = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
let server;
let browser;

before(async () => {
  server = await serve();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.end(), 0);
});

/** The page, opened; what it complained about is in `complaints`. */
async function open(t, viewport, colorScheme, path = '/docs') {
  const context = await browser.newContext({ viewport, colorScheme });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  page.on(
    'response',
    (response) =>
      response.status() >= 400 && complaints.push(`${response.url()} ${response.status()}`),
  );
  const response = await page.goto(server.public + path, { waitUntil: 'networkidle' });
  return { page, response, complaints };
}

for (const [name, viewport, scheme] of [
  ['dark', wide, 'dark'],
  ['light', wide, 'light'],
  ['dark, at phone width', phone, 'dark'],
  ['light, at phone width', phone, 'light'],
]) {
  test(`${name}: nothing is amiss by axe, nothing breaks the policy, nothing is cut off`, async (t) => {
    const { page, response, complaints } = await open(t, viewport, scheme);
    assert.equal(response.status(), 200);
    assert.match(
      response.headers()['content-security-policy'],
      /default-src 'none'; script-src 'self'; style-src 'self'/,
    );
    assert.deepEqual(complaints, []);
    await page.evaluate(() =>
      document.querySelectorAll('details').forEach((each) => (each.open = true)),
    );
    const { scrollWidth, innerWidth } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      innerWidth: window.innerWidth,
    }));
    assert.ok(scrollWidth <= innerWidth, `${scrollWidth} in ${innerWidth}`);
    await page.evaluate(axe);
    // This rule is off by default; it also lets small targets pass that have room around them.
    const { violations, passes } = await page.evaluate(() =>
      window.axe.run({ rules: { 'target-size': { enabled: true } } }),
    );
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('a, summary, button')]
        .filter(
          (each) =>
            each.checkVisibility() && !each.closest('.skip, p:not([class]), .about, .notes'),
        )
        .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
        .filter(([, { width, height }]) => width < 24 || height < 24)
        .map(([words, { width, height }]) => `${words} ${width} × ${height}`),
    );
    assert.deepEqual(small, [], 'targets smaller than 24 by 24');
    assert.deepEqual(
      violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .map((node) => node.html)
            .join(' ')
            .slice(0, 300)}`,
      ),
      [],
    );
    assert.ok(passes.some(({ id }) => id === 'color-contrast'));
  });
}

test('dark and light are two, and follow the system', async (t) => {
  const colours = [];
  for (const scheme of ['dark', 'light']) {
    const { page } = await open(t, wide, scheme);
    colours.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
  }
  assert.notEqual(colours[0], colours[1]);
});

test('every tag is closed where it should be', async (t) => {
  const { page, response } = await open(t, wide, 'dark');
  const wrong = await page.evaluate(
    (text) =>
      new DOMParser().parseFromString(text, 'application/xml').querySelector('parsererror')
        ?.textContent,
    await response.text(),
  );
  assert.equal(wrong, undefined);
  // The browser's HTML parser moves elements that stand where they must not, such as a list in a
  // paragraph: then the two trees differ.
  const [asXml, asHtml] = await page.evaluate(
    (text) => {
      const shape = (node) => `${node.localName}(${[...node.children].map(shape).join()})`;
      return ['application/xml', 'text/html'].map((type) =>
        shape(new DOMParser().parseFromString(text, type).documentElement),
      );
    },
    await response.text(),
  );
  assert.equal(asXml, asHtml);
});

test('links lead to the documents, to the page and to each operation', async (t) => {
  const { page } = await open(t, wide, 'dark');
  for (const name of ['openapi.yaml', 'asyncapi.yaml']) {
    const served = await fetch(
      new URL(await page.getAttribute(`header a[href="${name}"]`, 'href'), page.url()),
    );
    assert.equal(
      await served.text(),
      await readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8'),
    );
  }
  assert.equal(
    (await fetch(new URL(await page.getAttribute('.brand a', 'href'), page.url()))).status,
    200,
  );
  await page.click('nav a[href="#patchSession"]');
  await page.waitForFunction(
    () =>
      document.querySelector('#patchSession').getBoundingClientRect().top < window.innerHeight / 2,
  );
});

test('it reads without script, and a command is taken by one click', async (t) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: wide });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${server.public}/docs/`);
  assert.match(await page.locator('main').innerText(), /Makes a session/);

  const { page: other } = await open(t, wide, 'dark');
  const command = other.locator('pre.command').first();
  await command.click();
  assert.equal(
    await other.evaluate(() => window.getSelection().toString().trim()),
    await command.innerText(),
  );
});
