// Every figure is whole, or visibly not: with any prices, names and width of the window.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, row, until, untilCell, untilConnection } from '../support/browser.mjs';
import { Server } from '../support/server.mjs';

const WIDTHS = [
  1920, 1440, 1360, 1359, 1100, 1024, 821, 820, 768, 721, 720, 641, 560, 481, 390, 360, 320,
];
/** Sets of rows as the server takes them: more and more digits. */
const SETS = {
  usual: [
    { s: 'AAPL', p: 189.34, b: 189.33, bz: 300, a: 189.35, az: 1500 },
    { s: 'BRK.B', p: 1235.97, b: 1235.94, bz: 1, a: 1235.98, az: 2 },
  ],
  coins: [
    { s: 'BTC-USDT', p: 104250.5, b: 104250.41, bz: 1.52345678, a: 104251.6, az: 2500000 },
    { s: 'SHIB-USDT', p: 0.00000711, b: 0.0000071, bz: 1234567890, a: 0.00000712, az: 999999999 },
  ],
  twelve: [
    { s: 'IDX', p: 1234567890.25, b: 1234567890.12, bz: 12345678, a: 1234567891, az: 1 },
    { s: 'NEG', p: -37.63, b: -37.64, bz: 100, a: -37.62, az: 200 },
  ],
  extreme: [
    {
      s: 'CBOE:SPX-261218-6000-P#WEEKLY_OTC',
      p: -92233720367.5,
      b: -92233720368.125,
      bz: 92233720368,
      a: 92233720368.125,
      az: 12345678.12345678,
    },
    { s: 'EURUSD', p: 1.08765432, b: 1.08765431, bz: 1e6, a: 1.08765433, az: 3e6 },
  ],
};
SETS.extreme[0].s = SETS.extreme[0].s.slice(0, 32);
let server;
let browser;

before(async () => {
  server = await Server.start(
    '--feed',
    'push',
    '--stale-seconds',
    '3600',
    '--max-tickers-per-session',
    '256',
  );
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/**
 * In the page: texts with a digit (and names) that are cut by the edge of something that hides what
 * is beyond it, without an ellipsis of their own and a title that has them whole; and those that
 * overlap.
 */
function findFaults() {
  const selector =
    '#rows .price, #rows .size, #rows .c-change, #rows .c-percent, #rows .c-spread, #rows .c-age, #rows .ticker, ' +
    '#rows .row-mark, .chosen h2, .chosen-last, .chosen-change span, .chosen dd, .status-item';
  const faults = [];
  const boxes = [];
  for (const element of document.querySelectorAll(selector)) {
    const words = element.textContent.trim();
    if (!element.checkVisibility() || words === '' || element.closest('#grid')?.hidden) continue;
    const range = document.createRange();
    range.selectNodeContents(element);
    const text = range.getBoundingClientRect();
    let edge = text;
    for (let box = element; box; box = box.parentElement) {
      const style = getComputedStyle(box);
      // Paint containment hides as well.
      if (style.overflowX === 'visible' && !/strict|content|paint/.test(style.contain)) continue;
      if (['auto', 'scroll'].includes(style.overflowX)) break;
      const bounds = box.getBoundingClientRect();
      const hidden = Math.max(
        text.right - bounds.right,
        bounds.left - text.left,
        text.bottom - bounds.bottom - 4,
      );
      const isTold =
        box === element && style.textOverflow === 'ellipsis' && element.title === words;
      if (isTold) edge = bounds;
      if (isTold && hidden > 1) break;
      if (hidden > 1) {
        faults.push(`${words} is cut by ${Math.round(hidden)} px of .${box.className || box.id}`);
        break;
      }
    }
    if (element.closest('#rows'))
      boxes.push({
        words,
        row: element.closest('.row'),
        left: edge.left,
        right: Math.min(edge.right, text.right),
        top: text.top,
        bottom: text.bottom,
      });
  }
  for (const [i, one] of boxes.entries()) {
    for (const other of boxes.slice(i + 1)) {
      if (other.row !== one.row) break;
      const over = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const beside = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (over > 1 && beside > 3)
        faults.push(`${one.words} and ${other.words} overlap by ${Math.round(over)} px`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways');
  const grid = document.getElementById('grid');
  if (grid.scrollWidth > grid.clientWidth) faults.push('the list scrolls sideways');
  return faults;
}

for (const [name, ticks] of Object.entries(SETS)) {
  test(`Page_With${name[0].toUpperCase()}${name.slice(1)}FiguresAtAnyWidth_CutsNoneSilently`, async () => {
    const context = await browser.context();
    const page = await open(
      context,
      `${server.url}/#tickers=${encodeURIComponent(ticks.map((tick) => tick.s))}`,
    );
    await untilConnection(page, 'Live');
    for (const up of [0, 1]) {
      // the second one brings the arrow, and a change
      await server.push(
        ...ticks.map((tick) => ({ ...tick, p: Number((tick.p + up / 4).toFixed(8)) })),
      );
      await until(
        () => row(page, ticks[0].s).locator('.c-change').textContent(),
        (text) => (up ? text.startsWith('+') : /\d/.test(text)),
        'change',
      );
    }
    const found = {};
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      );
      const faults = await page.evaluate(findFaults);
      if (faults.length > 0) found[width] = faults;
    }
    assert.deepEqual(found, {});
    await page.setViewportSize({ width: 1440, height: 900 });
    const prices = await page
      .locator('#rows .c-last .price')
      .evaluateAll((all) =>
        all.map((one) => [one.scrollWidth <= one.clientWidth, getComputedStyle(one).textOverflow]),
      );
    assert.deepEqual(
      prices,
      ticks.map(() => [true, 'clip']),
      'the prices themselves are whole on a desk',
    );
    page.assertNoFaults();
    await context.close();
  });
}

test('Page_WhenAFigureGetsLonger_WidensItsColumnAtOnceAndNarrowsItLater', async () => {
  const context = await browser.context();
  const page = await open(context, `${server.url}/#tickers=WIDE,OTHER`);
  await server.push({ s: 'WIDE', p: 1.5 }, { s: 'OTHER', p: 2.5 });
  await untilCell(page, 'WIDE', 'last', '1.50');
  const column = () =>
    row(page, 'OTHER')
      .locator('.c-last')
      .evaluate((element) => element.offsetWidth);
  const narrow = await column();
  await server.push({ s: 'WIDE', p: 92233720368.12 });
  await untilCell(page, 'WIDE', 'last', '92,233,720,368.12');
  assert.ok((await column()) > narrow, 'in the frame that wrote it');
  assert.deepEqual(await page.evaluate(findFaults), []);
  await row(page, 'WIDE').focus();
  await page.keyboard.press('Delete');
  await until(column, narrow, 'the column of what is left');
  page.assertNoFaults();
  await context.close();
});

for (const width of [1440, 390]) {
  test(`Page_WhenPricesAreStaleAt${width}_KeepsEveryNameWhole`, async () => {
    const own = await Server.start('--feed', 'push', '--stale-seconds', '0.5');
    const context = await browser.context({ viewport: { width, height: 844 } });
    try {
      // the last has as many as there may be
      const names = ['NOLAST', 'NOBID', 'BTC-USDT', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ&+#@-1'];
      await own.push(...names.map((s) => ({ s, p: 104250.5 })));
      const page = await open(context, `${own.url}/#tickers=${encodeURIComponent(names)}`);
      await until(() => row(page, 'NOBID').locator('.row-mark').textContent(), 'stale', 'mark');
      const shown = await page
        .locator('#rows .ticker')
        .evaluateAll((all) =>
          all.map((one) => [one.textContent, one.scrollWidth - one.clientWidth <= 1]),
        );
      assert.deepEqual(
        shown,
        names.map((one) => [one, true]),
      );
      assert.equal(
        await row(page, 'NOBID').getAttribute('aria-description'),
        'stale: this price is old',
      );
      assert.deepEqual(await page.evaluate(findFaults), []);
    } finally {
      await context.close();
      await own.stop();
    }
  });
}

test('Chart_WithLongPrices_ShowsItsScaleWhole', async () => {
  const context = await browser.context({ viewport: { width: 390, height: 844 } });
  const page = await open(context, `${server.url}/#tickers=SCALE`);
  await untilConnection(page, 'Live');
  // Texts on a canvas have to lie within it.
  await page.evaluate(() => {
    globalThis.written = [];
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, ...more) {
      const at = this.getTransform();
      const width = this.measureText(text).width * at.a;
      const left =
        x * at.a + at.e - { right: width, end: width, center: width / 2 }[this.textAlign] ||
        x * at.a + at.e;
      globalThis.written.push({ text, left, right: left + width, within: this.canvas.width });
      return fillText.call(this, text, x, ...more);
    };
  });
  for (const p of [-92233720368.5, -92233720360.25, 92233720368.125]) {
    await server.push({ s: 'SCALE', p });
    await until(
      () => page.locator('#chosen-last').textContent(),
      (text) => text.replace('\u2212', '-').replaceAll(',', '').startsWith(String(p)),
      'price',
    );
  }
  const labels = await until(
    () => page.evaluate(() => globalThis.written.filter(({ text }) => /\d{3},\d{3}/.test(text))),
    (all) => all.length > 3,
    'labels',
  );
  assert.deepEqual(
    labels.filter(({ left, right, within }) => left < -1 || right > within + 1),
    [],
  );
  page.assertNoFaults();
  await context.close();
});
