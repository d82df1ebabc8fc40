// 500 rows at full rate: several sessions, one animation frame for all ticks in between, and only
// rows in sight touched.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cell, launch, open, order, row, until, untilConnection } from '../support/browser.mjs';
import { Server } from '../support/server.mjs';

const ROWS = 500;
const RATE = 2000;
// Generous: continuous integration has two loaded cores and draws without a graphics processor.
const MEDIAN_GAP_MS = 120;
const WORK_P99_MS = 200;

let server;
let browser;
let context;
let page;

before(async () => {
  server = await Server.start(
    '--feed',
    `sim?tickers=${ROWS}&rate=${RATE}`,
    '--max-tickers-per-session',
    '64',
  );
  browser = await launch();
  context = await browser.context();
  const { tickers } = (await server.request('GET', '/v1/tickers')).body;
  assert.equal(tickers.length, ROWS);
  page = await open(context, `${server.url}/#tickers=${tickers.join(',')}`, [
    /status of 422 .*\/v1\/sessions/,
  ]);
  await untilConnection(page, 'Live', 30_000);
});
after(async () => {
  await context?.close();
  await browser?.close();
  await server?.stop();
});

test('Page_WhenAListExceedsASession_UsesAsManyAsTheLimitSays', async () => {
  await until(
    () => page.locator('#status-transport').textContent(),
    'WebSocket · 8 sessions',
    'sessions',
  );
  assert.equal(await page.locator('.rows .row[data-state="live"]').count(), ROWS);
  assert.equal(await server.metric('tickcast_subscriptions'), ROWS);
});

test('Page_WithManyRowsAtRate_StaysSmooth', async (t) => {
  await until(
    async () => Number((await page.locator('#status-rate').textContent()).replace(',', '')),
    (rate) => rate > RATE / 4,
    'updates/s',
  );
  const gaps = await page.evaluate(
    (wanted) =>
      new Promise((resolve) => {
        const found = [];
        let last = performance.now();
        const frame = (now) => {
          found.push(now - last);
          last = now;
          if (found.length < wanted) requestAnimationFrame(frame);
          else resolve(found);
        };
        requestAnimationFrame(frame);
      }),
    120,
  );
  gaps.sort((a, b) => a - b);
  // The status line shows the last frames' figures once per second.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const [median, p95] = [gaps[60], gaps[114]];
  const work = Number.parseFloat(await page.locator('#status-frame').textContent());
  t.diagnostic(
    `frames every ${median.toFixed(1)} ms (95th percentile ${p95.toFixed(1)} ms); the page's own work: ${work} ms (99th)`,
  );
  assert.ok(median < MEDIAN_GAP_MS, `a frame every ${median} ms`);
  assert.ok(work > 0 && work < WORK_P99_MS, `work in a frame: ${work} ms`);
});

test('Page_WithManyRowsAtRate_TouchesOnlyRowsInSight', async () => {
  const found = await page.evaluate(
    (forMs) =>
      new Promise((resolve) => {
        const grid = document.getElementById('grid');
        const inSight = [...document.querySelectorAll('.rows .row')].filter(
          (one) => one.getBoundingClientRect().top < grid.getBoundingClientRect().bottom,
        ).length;
        const touched = new Set();
        let mutations = 0;
        const observer = new MutationObserver((records) => {
          mutations += records.length;
          for (const { target } of records) {
            const element = target instanceof Element ? target : target.parentElement;
            touched.add(element.closest('.row').dataset.ticker);
          }
        });
        observer.observe(document.getElementById('rows'), {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
        setTimeout(() => {
          observer.disconnect();
          resolve({ inSight, touched: touched.size, mutations });
        }, forMs);
      }),
    2000,
  );
  assert.ok(found.inSight > 10 && found.inSight < 60, JSON.stringify(found));
  assert.ok(
    found.touched >= found.inSight / 2 && found.touched <= found.inSight + 10,
    JSON.stringify(found),
  );
  // At most every cell that can change, for every tick of a row that is drawn: 4 ticks/s per
  // ticker, 10 texts and 3 marks.
  assert.ok(found.mutations < found.touched * 2 * (RATE / ROWS) * 2 * 13, JSON.stringify(found));
});

test('Page_WhenScrolled_ShowsTheRowsThatComeInSight', async () => {
  const last = (await order(page)).at(-1);
  await row(page, last).evaluate((element) => element.scrollIntoView());
  await until(
    () => cell(page, last, 'last'),
    (text) => /^[\d,]+\.\d\d$/.test(text),
    `last price of ${last}`,
  );
  await until(
    () => cell(page, last, 'age'),
    (text) => /^(now|\d+s)$/.test(text),
    `age of ${last}`,
  );
  page.assertNoFaults();
});

test('Page_WhenUpdatesAreThrottled_GetsFewerAndSaysHowManyWereLeftOut', async () => {
  const rate = async () =>
    Number((await page.locator('#status-rate').textContent()).replace(',', ''));
  const conflated = async () =>
    Number((await page.locator('#status-conflated').textContent()).replaceAll(',', ''));
  const before = await conflated();
  await page.locator('#throttle').selectOption('5000');
  // one a ticker in 5 s: about 100/s
  await until(rate, (now) => now < 400, 'updates/s under a throttle of 5 s', 20_000);
  await until(conflated, (now) => now > before + RATE, 'conflated', 20_000);
  page.assertNoFaults();
});
