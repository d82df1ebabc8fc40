// The page for everyone: axe-core, keyboard alone, reduced motion, phone width, both themes; and
// the pictures of it.
import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  launch,
  open,
  order,
  row,
  until,
  untilCell,
  untilConnection,
} from '../support/browser.mjs';
import { Server } from '../support/server.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};
const LIST =
  '#tickers=AAPL,MSFT,NVDA,AMZN,GOOGL,META,TSLA,JPM,V,XOM,UNH,JNJ,WMT,PG,HD,KO,BRK.B,AVGO,COST,PEP,ADBE,CRM,AMD,NFLX,DIS,CSCO';
let server;
let browser;

before(async () => {
  server = await Server.start('--feed', 'sim');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function withPage(options, use, hash = LIST, url = server.url, expected = []) {
  const context = await browser.context(options);
  try {
    const page = await open(context, `${url}/${hash}`, expected);
    await use(page);
    page.assertNoFaults();
  } finally {
    await context.close();
  }
}

/** WCAG 2.2 A and AA, and axe's best practices. */
async function assertNoViolation(page, where) {
  await page.evaluate(axe); // through the debugger: the page's own policy stays as strict as it is
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      resultTypes: ['violations'],
      rules: { 'target-size': { enabled: true } },
    }),
  );
  const found = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map((node) => `${node.target} ${node.failureSummary}`)
        .join(' | ')}`,
  );
  assert.deepEqual(found, [], where);
}

/** Nothing scrolls sideways and no figure is cut off. */
async function assertFits(page, width, height) {
  await page.setViewportSize({ width, height });
  const found = await page.evaluate(() => {
    const wide = [
      document.documentElement,
      document.getElementById('grid'),
      document.getElementById('status'),
    ].filter((element) => element.scrollWidth > element.clientWidth);
    const cut = [
      ...document.querySelectorAll('.row:first-child .cell, .figures, .figures dd, .status-item'),
    ].filter(
      (element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1,
    );
    return [...wide, ...cut].map((element) => element.id || element.className || element.tagName);
  });
  assert.deepEqual(found, [], `too wide at ${width}`);
}

for (const colorScheme of ['dark', 'light']) {
  test(`Page_In${colorScheme === 'dark' ? 'Dark' : 'Light'}_HasNoAxeViolation`, () =>
    withPage({ colorScheme }, async (page) => {
      await untilCell(page, 'KO', 'last', (text) => /^\d/.test(text));
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), colorScheme);
      await assertNoViolation(page, 'list');
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('button, select, input, a:not(.skip)')]
          .filter((target) => target.checkVisibility())
          .map((target) => [target.textContent.slice(0, 20), target.getBoundingClientRect()])
          .filter(([, { width, height }]) => width < 24 || height < 24)
          .map(([words, { width, height }]) => `${words} ${width} × ${height}`),
      );
      assert.deepEqual(small, [], 'targets of WCAG 2.5.8 are 24 by 24 at least');
      await page.locator('#search').fill('a');
      await page.locator('#suggestions li').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await assertNoViolation(page, 'suggestions open');
      await page.keyboard.press('Escape');
      await page.locator('#help').click();
      await assertNoViolation(page, 'dialog open');
      await page.keyboard.press('Escape');
      await page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));
      });
      await page.locator('#copy-link').click();
      await assertNoViolation(page, 'link dialog open');
    }));

  test(`Page_OnAPhoneIn${colorScheme === 'dark' ? 'Dark' : 'Light'}_FitsAndHasNoAxeViolation`, () =>
    withPage({ ...PHONE, colorScheme }, async (page) => {
      await untilCell(page, 'AAPL', 'last', (text) => /^\d/.test(text));
      for (const width of [390, 320]) await assertFits(page, width, 700);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('button')]
          .filter((button) => button.offsetParent)
          .map((button) => [button.className, button.offsetWidth, button.offsetHeight])
          .filter(([, width, height]) => width < 24 || height < 24),
      );
      assert.deepEqual(small, [], 'targets of WCAG 2.5.8 are 24 by 24 at least');
      await assertNoViolation(page, 'phone');
      await page.locator('#help').click();
      await assertNoViolation(page, 'phone, dialog open');
    }));

  test(`Page_WhenPricesAreOldIn${colorScheme === 'dark' ? 'Dark' : 'Light'}_HasNoAxeViolation`, async () => {
    const own = await Server.start('--feed', 'push', '--stale-seconds', '0.5');
    try {
      await own.push({ s: 'AAPL', p: 100, b: 99, a: 101, bz: 1, az: 1 }, { s: 'MSFT', p: 5 });
      await withPage(
        { colorScheme },
        async (page) => {
          await until(() => page.locator('#status-feed').textContent(), 'Feed stale', 'feed');
          await assertNoViolation(page, 'stale');
          await own.kill();
          await untilConnection(page, (words) => words.startsWith('Reconnecting'));
          await assertNoViolation(page, 'offline');
        },
        '#tickers=AAPL,MSFT',
        own.url,
        [/ERR_/, /WebSocket connection to .* failed/],
      );
    } finally {
      await own.stop();
    }
  });
}

test('Page_AtEveryWidthOfADesk_CutsNothingOff', () =>
  withPage({}, async (page) => {
    await untilCell(page, 'AAPL', 'last', (text) => /^\d/.test(text));
    for (const width of [1920, 1440, 1360, 1280, 1024, 820, 768, 641, 640, 481])
      await assertFits(page, width, 800);
  }));

test('Page_WhenColoursAreChosen_KeepsThemAgainstTheSystem', () =>
  withPage({ colorScheme: 'dark' }, async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.getByRole('button', { name: 'Colours: as the system' }).click();
    const light = await ground();
    assert.notEqual(light, dark);
    await page.reload();
    assert.equal(await ground(), light);
    await page.getByRole('button', { name: 'Colours: light' }).click();
    assert.equal(await ground(), dark);
    await page.emulateMedia({ colorScheme: 'light' });
    assert.equal(await ground(), dark);
    await page.getByRole('button', { name: 'Colours: dark' }).click();
    assert.equal(await ground(), light, 'the system again');
  }));

test('Page_ByKeyboardAlone_DoesEverything', () =>
  withPage({}, async (page) => {
    await untilConnection(page, 'Live');
    const focused = () =>
      page.evaluate(
        () =>
          document.activeElement.id ||
          document.activeElement.dataset.ticker ||
          document.activeElement.dataset.sort,
      );
    await page.keyboard.press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /^Skip/);
    await page.keyboard.press('Enter');
    assert.equal(await focused(), 'AAPL', 'the link to the list');
    await page.locator('#skip').focus();
    const stops = [];
    for (let i = 0; i < 9; i += 1) {
      await page.keyboard.press('Tab');
      stops.push(await focused());
    }
    assert.deepEqual(stops.filter(Boolean).slice(0, 4), ['search', 'copy-link', 'theme', 'help']);
    assert.ok(stops.includes('AAPL'), `the list is one stop of: ${stops}`);
    assert.ok(stops.includes('throttle'), `and the throttle another: ${stops}`);
    await row(page, 'AAPL').focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'MSFT');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#chosen-ticker').textContent(), 'MSFT');
    await page.keyboard.press('End');
    assert.equal(await focused(), 'CSCO');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowUp');
    assert.equal(await focused(), 'ticker');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    assert.equal(
      await page.getByRole('columnheader', { name: 'Last' }).getAttribute('aria-sort'),
      'descending',
    );
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'AAPL');
    await page.keyboard.press('Delete');
    assert.equal(await focused(), 'MSFT');
    await page.keyboard.press('Control+z');
    assert.deepEqual((await order(page)).slice(0, 2), ['AAPL', 'MSFT']);
    await page.keyboard.press('?');
    assert.equal(await page.locator('#help-dialog').isVisible(), true);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#help-dialog').isVisible(), false);
  }));

test('Page_WhenMotionIsUnwanted_ShowsChangesWithoutIt', () =>
  withPage({ reducedMotion: 'reduce' }, async (page) => {
    await untilConnection(page, 'Live');
    await until(
      () => row(page, 'AAPL').locator('.c-last').getAttribute('data-way'),
      (way) => way === '1' || way === '-1',
      'direction',
    );
    assert.deepEqual(
      await page.evaluate(() => [globalThis.flashes.length, document.getAnimations().length]),
      [0, 0],
    );
  }));

test('Pictures_OfThePage_AreMade', async () => {
  const folder = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'tickcast-pictures-'));
  mkdirSync(folder, { recursive: true });
  // for a picture that is kept the lines have to grow
  const waitMs = process.env.SCREENSHOTS ? 75_000 : 1500;
  const shoot = (name, options) =>
    withPage(options, async (page) => {
      await untilConnection(page, 'Live');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await page.screenshot({ path: join(folder, `${name}.png`) });
      assert.ok(statSync(join(folder, `${name}.png`)).size > 20_000, name);
    });
  // One after the other: three pages at a time would show each other's load in their latency.
  await shoot('dark', { colorScheme: 'dark' });
  await shoot('light', { colorScheme: 'light' });
  await shoot('phone', { ...PHONE, colorScheme: 'dark' });
  if (!process.env.SCREENSHOTS) rmSync(folder, { recursive: true });
});
