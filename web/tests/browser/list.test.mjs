// The watchlist in a real browser on the real server: it shows the pushed prices, and changes of
// the list last.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  cell,
  launch,
  open,
  order,
  row,
  until,
  untilCell,
  untilConnection,
} from '../support/browser.mjs';
import { Server } from '../support/server.mjs';

const LIST = '#tickers=AAPL,MSFT,NVDA';
let server;
let browser;

before(async () => {
  // nothing is pushed between tests
  server = await Server.start('--feed', 'push', '--stale-seconds', '3600');
  browser = await launch();
  await server.push(
    { s: 'AAPL', p: 189.34, z: 100, b: 189.33, bz: 300, a: 189.35, az: 1500 },
    { s: 'MSFT', p: 191.9, b: 191.89, a: 191.9, bz: 5, az: 7 },
    { s: 'NVDA', p: 1235.97, b: 1235.94, a: 1235.975, bz: 1, az: 2 },
    { s: 'TSLA', p: 0.5 },
  );
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page of its own context, closed at the end, without complaints. */
async function withPage(hash, use, options) {
  const context = await browser.context(options);
  try {
    const page = await open(context, `${server.url}/${hash}`);
    await use(page, context);
    page.assertNoFaults();
  } finally {
    await context.close();
  }
}

const text = (page, id) => page.locator(`#${id}`).textContent();
const flashes = (page) => page.evaluate(() => globalThis.flashes.splice(0));

test('Page_WhenPricesChange_ShowsThemExactlyWithTheirDirection', () =>
  withPage(LIST, async (page) => {
    await untilCell(page, 'AAPL', 'last', '189.34');
    assert.equal(await cell(page, 'AAPL', 'bid'), '189.33×300');
    assert.equal(await cell(page, 'AAPL', 'ask'), '189.35×1,500');
    assert.equal(await cell(page, 'AAPL', 'spread'), '0.02');
    assert.equal(await cell(page, 'NVDA', 'ask'), '1,235.975×2');
    assert.equal(await cell(page, 'NVDA', 'last'), '1,235.970');
    assert.equal(await cell(page, 'AAPL', 'change'), '0.00');
    assert.deepEqual(await flashes(page), [], 'a first price is no change');

    await server.push({ s: 'AAPL', p: 190.34, b: 190.3 });
    await untilCell(page, 'AAPL', 'last', '190.34');
    assert.equal(await cell(page, 'AAPL', 'change'), '+1.00');
    assert.equal(await cell(page, 'AAPL', 'percent'), '+0.53%');
    assert.equal(await row(page, 'AAPL').locator('.c-last').getAttribute('data-way'), '1');
    assert.equal(await row(page, 'AAPL').locator('.c-change').getAttribute('data-sign'), '1');
    assert.deepEqual(await flashes(page), [
      { ticker: 'AAPL', cell: 'cell c-last', way: '1' },
      { ticker: 'AAPL', cell: 'cell c-bid', way: '1' },
    ]);
    const colour = (name) =>
      row(page, 'AAPL')
        .locator(name)
        .evaluate((element) => getComputedStyle(element).backgroundColor);
    await until(
      () => colour('.c-last .price'),
      'rgba(0, 0, 0, 0)',
      'the colour of the flash goes off',
    );

    await server.push({ s: 'AAPL', p: 187.34 });
    await untilCell(page, 'AAPL', 'last', '187.34');
    assert.equal(await cell(page, 'AAPL', 'change'), '\u22122.00');
    assert.equal(await row(page, 'AAPL').locator('.c-last').getAttribute('data-way'), '-1');
    assert.equal(await row(page, 'AAPL').locator('.c-change').getAttribute('data-sign'), '-1');
    assert.deepEqual(await flashes(page), [{ ticker: 'AAPL', cell: 'cell c-last', way: '-1' }]);
    await untilCell(page, 'AAPL', 'age', '2s');
    await server.push({ s: 'AAPL', p: 189.34, b: 189.33 });
  }));

test('Page_WhenOneFieldChanges_TouchesItsCellsAlone', () =>
  withPage(LIST, async (page) => {
    await untilCell(page, 'AAPL', 'last', '189.34');
    await page.evaluate(() => {
      globalThis.touched = [];
      new MutationObserver((records) => {
        for (const { target, type } of records) {
          const element = target instanceof Element ? target : target.parentElement;
          const cell = element.closest('.cell')?.className ?? element.className;
          // Ages and sparklines have a clock of their own.
          if (!/c-(age|spark)/.test(cell))
            globalThis.touched.push(`${element.closest('.row')?.dataset.ticker} ${cell} ${type}`);
        }
      }).observe(document.getElementById('rows'), {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
    });
    await server.push({ s: 'AAPL', az: 1600 });
    await untilCell(page, 'AAPL', 'ask', '189.35×1,600');
    assert.deepEqual(await page.evaluate(() => globalThis.touched.splice(0)), [
      'AAPL cell c-ask characterData',
    ]);
    await server.push({ s: 'AAPL', az: 1600 }, { s: 'MSFT', bz: 6 });
    await untilCell(page, 'MSFT', 'bid', '191.89×6');
    assert.deepEqual(await page.evaluate(() => globalThis.touched.splice(0)), [
      'MSFT cell c-bid characterData',
    ]);
    await server.push({ s: 'AAPL', az: 1500 }, { s: 'MSFT', bz: 5 });
  }));

test('Page_WhenTickersAreTypedOrChosen_AddsAndStreamsThem', () =>
  withPage(LIST, async (page) => {
    await untilConnection(page, 'Live');
    const field = page.locator('#search');
    await page.keyboard.press('/');
    await field.pressSequentially('ts');
    await page.locator('#suggestions li', { hasText: 'TSLA' }).waitFor();
    assert.equal(await field.getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('ArrowDown');
    const active = await field.getAttribute('aria-activedescendant');
    assert.equal(await page.locator(`#${active}`).getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Enter');
    await untilCell(page, 'TSLA', 'last', '0.50');
    assert.equal(await field.getAttribute('aria-expanded'), 'false');
    await server.push({ s: 'TSLA', p: 0.75 });
    await untilCell(page, 'TSLA', 'last', '0.75');

    await field.fill('ibm, brk.b');
    await page.keyboard.press('Enter');
    assert.deepEqual(await order(page), ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'IBM', 'BRK.B']);
    await until(() => row(page, 'IBM').getAttribute('data-state'), 'live', 'state of IBM');
    assert.equal(await cell(page, 'IBM', 'last'), '\u2013', 'nothing is known of it yet');
    await server.push({ s: 'IBM', p: 250 });
    await untilCell(page, 'IBM', 'last', '250.00');

    await field.fill('no good!');
    await page.keyboard.press('Enter');
    await until(
      () => text(page, 'refused-text'),
      (words) => words.includes('GOOD!'),
      'the refusal',
    );
    await server.push({ s: 'TSLA', p: 0.5 });
  }));

test('Page_WhenATickerIsRemoved_StopsItAndCanBringItBack', () =>
  withPage(LIST, async (page) => {
    await untilCell(page, 'MSFT', 'last', '191.90');
    await row(page, 'MSFT').hover();
    await row(page, 'MSFT').getByRole('button', { name: 'Remove MSFT' }).click();
    assert.deepEqual(await order(page), ['AAPL', 'NVDA']);
    await until(() => server.metric('tickcast_subscriptions'), 2, 'subscriptions');
    await page.locator('#note-undo').click();
    assert.deepEqual(await order(page), ['AAPL', 'MSFT', 'NVDA']);
    await untilCell(page, 'MSFT', 'last', '191.90');
    assert.equal(await page.evaluate(() => document.activeElement?.dataset.ticker), 'MSFT');
  }));

test('Page_WhenTheLastTickerIsRemoved_SaysHowToGoOn', () =>
  withPage('#tickers=AAPL', async (page) => {
    await untilCell(page, 'AAPL', 'last', '189.34');
    await row(page, 'AAPL').focus();
    await page.keyboard.press('Delete');
    await page.getByText('No tickers yet').waitFor();
    await untilConnection(page, 'No tickers');
    await page.keyboard.type('nvda');
    await page.keyboard.press('Enter');
    await untilCell(page, 'NVDA', 'last', '1,235.970');
    assert.equal(await page.getByText('No tickers yet').isVisible(), false);
  }));

test('Page_WhenRowsAreMoved_KeepsTheOrderAndSaysSo', () =>
  withPage(LIST, async (page) => {
    await untilConnection(page, 'Live');
    await row(page, 'AAPL').focus();
    await page.keyboard.press('Alt+ArrowDown');
    assert.deepEqual(await order(page), ['MSFT', 'AAPL', 'NVDA']);
    assert.equal(await text(page, 'announcer'), 'AAPL moved to row 2 of 3');
    assert.equal(await page.evaluate(() => document.activeElement?.dataset.ticker), 'AAPL');
    await page.keyboard.press('Alt+ArrowUp');
    await page.keyboard.press('Alt+ArrowUp');
    assert.deepEqual(await order(page), ['AAPL', 'MSFT', 'NVDA'], 'the first stays the first');

    const [grip, target] = await Promise.all([
      row(page, 'AAPL').locator('.grip').boundingBox(),
      row(page, 'NVDA').boundingBox(),
    ]);
    await page.mouse.move(grip.x + 5, grip.y + 10);
    await page.mouse.down();
    await page.mouse.move(grip.x + 5, target.y + 20, { steps: 6 });
    assert.deepEqual(await order(page), ['MSFT', 'NVDA', 'AAPL'], 'shown where it would be');
    await page.keyboard.press('Escape');
    assert.deepEqual(await order(page), ['AAPL', 'MSFT', 'NVDA'], 'Escape puts it back');
    await page.mouse.up();
    await page.mouse.move(grip.x + 5, grip.y + 10);
    await page.mouse.down();
    await page.mouse.move(grip.x + 5, target.y + 20, { steps: 6 });
    await page.mouse.up();
    assert.deepEqual(await order(page), ['MSFT', 'NVDA', 'AAPL']);
    await page.reload();
    await untilConnection(page, 'Live');
    assert.deepEqual(await order(page), ['MSFT', 'NVDA', 'AAPL'], 'after a reload');
  }));

test('Page_WhenAColumnIsChosen_SortsByItAndBack', () =>
  withPage(LIST, async (page) => {
    await untilCell(page, 'NVDA', 'last', '1,235.970');
    const last = page.getByRole('columnheader', { name: 'Last' });
    await last.getByRole('button').click();
    assert.deepEqual(await order(page), ['NVDA', 'MSFT', 'AAPL']);
    assert.equal(await last.getAttribute('aria-sort'), 'descending');
    await last.getByRole('button').click();
    assert.deepEqual(await order(page), ['AAPL', 'MSFT', 'NVDA']);
    assert.equal(await last.getAttribute('aria-sort'), 'ascending');
    await page.getByRole('columnheader', { name: 'Ticker' }).getByRole('button').click();
    await page.getByRole('columnheader', { name: 'Ticker' }).getByRole('button').click();
    assert.deepEqual(await order(page), ['NVDA', 'MSFT', 'AAPL']);
    await row(page, 'NVDA').focus();
    await page.keyboard.press('Alt+ArrowDown');
    assert.deepEqual(await order(page), ['MSFT', 'NVDA', 'AAPL'], 'moved in the order on screen');
    assert.equal(
      await page.getByRole('columnheader', { name: 'Ticker' }).getAttribute('aria-sort'),
      'none',
    );
  }));

test('Page_WhenReloaded_KeepsListChoiceAndThrottle', () =>
  withPage(LIST, async (page) => {
    await untilConnection(page, 'Live');
    assert.equal(
      new URL(page.url()).hash,
      '',
      "with no list of one's own a link's simply becomes it",
    );
    await row(page, 'NVDA').click();
    await page.locator('#throttle').selectOption('250');
    await page.locator('#search').fill('IBM');
    await page.keyboard.press('Enter');
    await row(page, 'AAPL').focus();
    await page.keyboard.press('Delete');
    await page.reload();
    await untilConnection(page, 'Live');
    assert.deepEqual(await order(page), ['MSFT', 'NVDA', 'IBM']);
    assert.equal(await text(page, 'chosen-ticker'), 'NVDA');
    assert.equal(await page.locator('#throttle').inputValue(), '250');
  }));

test('Page_WhenALinkIsShared_ShowsItsListAndSparesOnesOwn', () =>
  withPage(LIST, async (page, context) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await untilConnection(page, 'Live');
    await row(page, 'MSFT').click();
    await page.locator('#copy-link').click();
    await until(() => text(page, 'note-text'), 'Link copied', 'the note');
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, `${server.url}/#tickers=AAPL,MSFT,NVDA&chart=MSFT`);

    const other = await browser.context();
    const theirs = await open(other, `${server.url}/#tickers=TSLA`);
    await untilCell(theirs, 'TSLA', 'last', '0.50');
    await theirs.goto(link); // changes the fragment alone
    await untilCell(theirs, 'MSFT', 'last', '191.90');
    assert.deepEqual(await order(theirs), ['AAPL', 'MSFT', 'NVDA']);
    assert.equal(await text(theirs, 'chosen-ticker'), 'MSFT');
    await theirs.getByText('You see a shared list.').waitFor();
    await theirs.reload();
    await untilConnection(theirs, 'Live');
    assert.deepEqual(await order(theirs), ['AAPL', 'MSFT', 'NVDA'], 'a shared list lasts too');
    await theirs.locator('#shared-leave').click();
    assert.deepEqual(await order(theirs), ['TSLA']);
    await untilCell(theirs, 'TSLA', 'last', '0.50');
    theirs.assertNoFaults();
    await other.close();
  }));

test('Page_WhenTheClipboardIsRefused_ShowsTheLink', () =>
  withPage(LIST, async (page) => {
    await untilConnection(page, 'Live');
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));
    });
    await page.locator('#copy-link').click();
    assert.equal(
      await page.locator('#share-link').inputValue(),
      `${server.url}/#tickers=AAPL,MSFT,NVDA&chart=AAPL`,
    );
  }));

test('Page_WhenARowIsChosen_ChartsIt', () =>
  withPage(LIST, async (page) => {
    await untilCell(page, 'MSFT', 'last', '191.90');
    await row(page, 'MSFT').click();
    assert.equal(await text(page, 'chosen-ticker'), 'MSFT');
    assert.equal(await text(page, 'chosen-last'), '191.90');
    assert.equal(
      await page.locator('#chart').getAttribute('aria-label'),
      "Chart of MSFT's last price",
    );
    assert.equal(await row(page, 'MSFT').getAttribute('aria-selected'), 'true');
    assert.equal(await row(page, 'AAPL').getAttribute('aria-selected'), 'false');
    const picture = () => page.locator('#chart').screenshot();
    const before = await picture();
    await server.push({ s: 'MSFT', p: 192.5 });
    await until(() => text(page, 'chosen-change'), '▲ +0.60 (+0.31%)', 'change');
    await until(
      async () => (await picture()).equals(before),
      false,
      'the chart draws the new price',
    );
    await server.push({ s: 'MSFT', p: 191.9 });
  }));
