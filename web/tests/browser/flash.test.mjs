// The cost of a flash: the styles of its own cell, twice, and nothing while it shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, open, until, untilCell } from '../support/browser.mjs';
import { Server } from '../support/server.mjs';

const TICKERS = Array.from({ length: 20 }, (_, i) => `T${i + 10}`);
const SHOWN_MS = 300;

/** Elements whose styles the browser worked out, by its own trace, in each of the times it did. */
async function restyled(browser, during) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['devtools.timeline'] },
  });
  await during();
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return events
    .filter(({ name, args }) => name === 'UpdateLayoutTree' && args?.elementCount > 0)
    .map(({ args }) => args.elementCount);
}

test('Page_WhenPricesFlash_WorksOutNoStylesWhileTheyDo', async (t) => {
  const server = await Server.start('--feed', 'push', '--stale-seconds', '3600');
  const browser = await launch();
  try {
    const context = await browser.context();
    const page = await open(context, `${server.url}/#tickers=${TICKERS}`);
    const pushAll = async (p) => {
      await server.push(
        ...TICKERS.map((s) => ({ s, p, b: p - 0.25, a: p + 0.25, bz: 100, az: 100 })),
      );
      await untilCell(page, TICKERS.at(-1), 'last', p.toFixed(2));
    };
    const lit = () => page.locator('#rows [data-flash]').count();
    for (const p of [100, 101, 102]) await pushAll(p);
    await until(lit, 0, 'flashes');
    await page.evaluate(() => globalThis.flashes.splice(0));
    const counts = await restyled(context.browser(), async () => {
      await pushAll(103);
      await page.evaluate(
        (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        SHOWN_MS + 300,
      );
      await until(lit, 0, 'flashes');
    });
    const flashes = await page.evaluate(() => globalThis.flashes.length);
    assert.equal(flashes, 3 * TICKERS.length);
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    const sum = counts.reduce((a, b) => a + b, 0);
    t.diagnostic(
      `${flashes} flashes: styles of ${sum} elements, in ${counts.length} goes: ${counts}`,
    );
    // On and off; the ages, the chart and the status line have their own share, which goes by time.
    assert.ok(
      sum <= flashes * 3.5,
      `${sum} elements for ${flashes} flashes, in ${counts.length} goes: ${counts}`,
    );
    page.assertNoFaults();
  } finally {
    await browser.close();
    await server.stop();
  }
});
