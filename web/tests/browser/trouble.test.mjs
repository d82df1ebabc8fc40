// Faults, in a real browser: no old price must look live, and the page says what is
// the matter and comes back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cell, launch, open, row, until, untilCell, untilConnection } from '../support/browser.mjs';
import { noUpgradeProxy } from '../support/no_upgrade_proxy.mjs';
import { Server } from '../support/server.mjs';

const AWAY = [
  /status of 404 .*\/v1\/sessions\//,
  /ERR_CONNECTION_REFUSED/,
  /ERR_CONNECTION_RESET/,
  /ERR_EMPTY_RESPONSE/,
  /WebSocket connection to .* failed/,
];
let browser;

before(async () => {
  browser = await launch();
});
after(async () => browser?.close());

/** A server, and a context, of a test's own. */
async function withServer(flags, use) {
  const server = await Server.start('--feed', 'push', ...flags);
  const context = await browser.context();
  try {
    await server.push(
      { s: 'AAPL', p: 100, b: 99.99, a: 100.01, bz: 1, az: 2 },
      { s: 'MSFT', p: 200 },
    );
    await use(server, context);
  } finally {
    await context.close();
    await server.stop();
  }
}

const styleOf = (page, ticker, name) =>
  row(page, ticker)
    .locator('.c-last')
    .evaluate((element, property) => getComputedStyle(element)[property], name);
const state = (page, ticker) => row(page, ticker).getAttribute('data-state');
const shown = (page, id) => page.locator(`#${id}`).isVisible();
const text = (page, id) => page.locator(`#${id}`).textContent();

/** What a reader sees that distinguishes old from live: colour, weight, a word. */
async function assertLooks(page, ticker, live) {
  const [colour, weight, mark] = await Promise.all([
    styleOf(page, ticker, 'color'),
    styleOf(page, ticker, 'fontWeight'),
    row(page, ticker).locator('.row-mark').textContent(),
  ]);
  const [textColour, oldColour] = await page.evaluate(() =>
    ['--text', '--old'].map((name) => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = `var(${name})`;
      const found = getComputedStyle(probe).color;
      probe.remove();
      return found;
    }),
  );
  assert.notEqual(textColour, oldColour);
  assert.equal(colour, live ? textColour : oldColour, `colour of ${ticker}`);
  assert.equal(weight, live ? '600' : '400', `weight of ${ticker}`);
  assert.equal(mark === '', live, `mark of ${ticker}: ${mark}`);
}

test('Page_WhenTheServerIsKilledAndComesBack_DimsSaysSoAndIsLiveAgain', () =>
  withServer([], async (server, context) => {
    const page = await open(context, `${server.url}/#tickers=AAPL,MSFT`, AWAY);
    await untilCell(page, 'AAPL', 'last', '100.00');
    await assertLooks(page, 'AAPL', true);
    assert.equal(await shown(page, 'notice'), false);

    await server.kill();
    await untilConnection(page, (words) => words.startsWith('Reconnecting'));
    assert.equal(await state(page, 'AAPL'), 'offline');
    await assertLooks(page, 'AAPL', false);
    await assertLooks(page, 'MSFT', false);
    assert.equal(await row(page, 'AAPL').locator('.row-mark').textContent(), 'offline');
    assert.match(await text(page, 'notice-text'), /connection is lost/);
    assert.equal(await text(page, 'chosen-mark'), 'offline');
    assert.equal(await text(page, 'status-feed'), 'Feed unknown');
    await untilConnection(page, (words) => /^Reconnecting in \d+ s$/.test(words));
    await until(
      () => text(page, 'announcer'),
      (words) => words.includes('connection is lost'),
      'what a screen reader hears',
    );
    await until(() => page.title(), '(offline) AAPL · Tickcast', 'title');

    await server.restart();
    await server.push({ s: 'AAPL', p: 101 });
    await untilConnection(page, 'Live', 30_000);
    await untilCell(page, 'AAPL', 'last', '101.00');
    await assertLooks(page, 'AAPL', true);
    assert.equal(await shown(page, 'notice'), false);
    assert.equal(await shown(page, 'chosen-mark'), false);
    await server.push({ s: 'AAPL', p: 102 });
    await untilCell(page, 'AAPL', 'last', '102.00');
    page.assertNoFaults();
  }));

test('Page_WhenTheFeedStalls_MarksEveryPriceStale', () =>
  withServer(['--stale-seconds', '1'], async (server, context) => {
    const page = await open(context, `${server.url}/#tickers=AAPL,MSFT`);
    await untilCell(page, 'AAPL', 'last', '100.00');
    await until(() => text(page, 'status-feed'), 'Feed stale', 'feed');
    assert.equal(await text(page, 'status-connection'), 'Connected');
    assert.equal(await state(page, 'MSFT'), 'stale');
    await assertLooks(page, 'AAPL', false);
    assert.match(await text(page, 'notice-text'), /feed is stale/);
    await server.push({ s: 'AAPL', p: 100.5 });
    await until(() => text(page, 'status-feed'), 'Feed live', 'feed');
    await untilCell(page, 'AAPL', 'last', '100.50');
    await assertLooks(page, 'AAPL', true);
    assert.equal(await shown(page, 'notice'), false);
    page.assertNoFaults();
  }));

test('Page_WhenTheServerStandsStill_NoLongerLooksLiveAndComesBack', () =>
  withServer([], async (server, context) => {
    const page = await open(context, `${server.url}/#tickers=AAPL`);
    await untilCell(page, 'AAPL', 'last', '100.00');
    server.signal('SIGSTOP');
    try {
      const began = performance.now();
      await until(() => state(page, 'AAPL'), 'stale', 'state', 30_000);
      // 5 s by the client, and some for a loaded machine.
      assert.ok(performance.now() - began < 10_000, `${performance.now() - began} ms of silence`);
      await assertLooks(page, 'AAPL', false);
      await until(() => text(page, 'status-connection'), 'No sign of life', 'connection');
      await until(() => page.title(), '(stale) AAPL · Tickcast', 'title');
    } finally {
      server.signal('SIGCONT');
    }
    await server.push({ s: 'AAPL', p: 101 });
    await untilCell(page, 'AAPL', 'last', '101.00');
    await until(() => state(page, 'AAPL'), 'live', 'state');
    page.assertNoFaults();
  }));

test('Page_WhenTheNetworkGoesAndComesBack_SaysSoAtOnceAndIsLiveAgain', () =>
  withServer([], async (server, context) => {
    const page = await open(context, `${server.url}/#tickers=AAPL`, [
      ...AWAY,
      /ERR_INTERNET_DISCONNECTED/,
    ]);
    await untilCell(page, 'AAPL', 'last', '100.00');
    // In the page, because a call from outside takes too long.
    await page.evaluate(() =>
      addEventListener('offline', () => {
        globalThis.said = [document.getElementById('desk').dataset.level, document.title];
        setTimeout(() =>
          globalThis.said.push(
            document.getElementById('desk').dataset.level,
            document.title,
            document.getElementById('status-connection').textContent,
          ),
        );
      }),
    );
    await context.setOffline(true);
    await until(
      () => page.evaluate(() => globalThis.said?.slice(2)),
      ['offline', '(offline) AAPL · Tickcast', 'Offline'],
      'what is said in the same moment',
    );
    assert.equal(await state(page, 'AAPL'), 'offline');
    assert.match(await text(page, 'notice-text'), /computer is offline. Prices below are old/);
    await assertLooks(page, 'AAPL', false);
    await context.setOffline(false);
    await untilConnection(page, 'Live');
    await assertLooks(page, 'AAPL', true);
    await until(
      () => page.title(),
      (title) => title.startsWith('AAPL 100.00'),
      'title',
    );
    page.assertNoFaults();
  }));

for (const [name, ms] of [
  ['Fast', 3_600_000],
  ['Slow', -3_600_000],
]) {
  test(`Page_WhenTheComputersClockIs${name}AndJumps_ShowsTheSameAges`, () =>
    withServer([], async (server, context) => {
      await context.addInitScript((wrong) => {
        const { now } = Date;
        globalThis.wrongMs = wrong;
        Date.now = () => now() + globalThis.wrongMs;
      }, ms);
      const page = await open(context, `${server.url}/#tickers=AAPL,MSFT`);
      await untilCell(page, 'AAPL', 'last', '100.00');
      await server.push({ s: 'AAPL', p: 101 });
      await untilCell(page, 'AAPL', 'last', '101.00');
      const fresh = (words) => /^(now|\d\ds?|\ds)$/.test(words);
      assert.ok(fresh(await cell(page, 'AAPL', 'age')), await cell(page, 'AAPL', 'age'));
      await page.evaluate((jump) => {
        globalThis.wrongMs = jump;
      }, -2 * ms);
      await server.push({ s: 'MSFT', p: 201 });
      await untilCell(page, 'MSFT', 'last', '201.00');
      // ages are worked out each second
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1100)));
      for (const ticker of ['AAPL', 'MSFT'])
        assert.ok(
          fresh(await cell(page, ticker, 'age')),
          `${ticker}: ${await cell(page, ticker, 'age')}`,
        );
      assert.deepEqual(
        [await text(page, 'status-connection'), await state(page, 'AAPL')],
        ['Live', 'live'],
      );
      page.assertNoFaults();
    }));
}

/** Columns of the chart with the line's colour, and the widest stretch between them without it. */
const chartsGap = (page) =>
  page.evaluate(() => {
    const wanted = getComputedStyle(document.documentElement)
      .getPropertyValue('--chart-line')
      .trim();
    const probe = document.createElement('canvas').getContext('2d');
    probe.fillStyle = wanted;
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(probe.fillStyle.slice(at, at + 2), 16));
    const canvas = [...document.querySelectorAll('#chart canvas')].sort(
      (x, y) => y.width * y.height - x.width * x.height,
    )[0];
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const isLine = (x, y) => {
      const at = (y * width + x) * 4;
      return Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 60;
    };
    const all = (length) => Array.from({ length }, (_, i) => i);
    // But for the dotted line of the last price, which runs through all of it.
    const rows = all(height).filter(
      (y) => all(width).filter((x) => isLine(x, y)).length < width / 4,
    );
    const hit = all(width).filter((x) => rows.some((y) => isLine(x, y)));
    return hit.reduce((widest, x, i) => (i === 0 ? 0 : Math.max(widest, x - hit[i - 1] - 1)), 0);
  });

test('Page_AfterAConnectionWasLost_ShowsAGapInChartAndRow', () =>
  withServer([], async (server, context) => {
    const page = await open(context, `${server.url}/#tickers=AAPL`, AWAY);
    await untilCell(page, 'AAPL', 'last', '100.00');
    const pens = () =>
      row(page, 'AAPL')
        .locator('.line path')
        .first()
        .evaluate((path) => (path.getAttribute('d') ?? '').split('M').length - 1);
    const pricesFor = async (from, seconds) => {
      for (let i = 0; i < seconds; i += 1) {
        await server.push({ s: 'AAPL', p: from + i });
        await untilCell(page, 'AAPL', 'last', (from + i).toFixed(2));
        // the chart has a place per second
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1000)));
      }
    };
    await pricesFor(101, 2);
    assert.equal(await pens(), 1);
    await server.kill();
    await until(() => state(page, 'AAPL'), 'offline', 'state');
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2500)));
    await server.restart();
    await server.push({ s: 'AAPL', p: 111 });
    await untilConnection(page, 'Live', 30_000);
    await pricesFor(112, 2);
    await until(pens, 2, 'strokes of the line in the row');
    await until(
      () => chartsGap(page),
      (pixels) => pixels >= 8,
      'pixels of the gap in the chart',
    );
    page.assertNoFaults();
  }));

test('Page_WhenOnePriceStandsWhileOthersMove_FadesThatRowAndSaysSo', () =>
  withServer([], async (server, context) => {
    const page = await open(context, `${server.url}/#tickers=AAPL,MSFT`);
    await untilCell(page, 'AAPL', 'last', '100.00');
    const colour = (ticker) => styleOf(page, ticker, 'color');
    let p = 200;
    await server.push({ s: 'AAPL', p: 100.5 }, { s: 'MSFT', p });
    await untilCell(page, 'AAPL', 'last', '100.50');
    const live = await colour('AAPL');
    await until(
      async () => {
        await server.push({ s: 'MSFT', p: (p += 1) });
        return row(page, 'AAPL').getAttribute('data-faded');
      },
      '1',
      'the first step, at 10 s',
      30_000,
    );
    assert.notEqual(await colour('AAPL'), live);
    assert.equal(await colour('MSFT'), live);
    assert.equal(
      await row(page, 'AAPL').getAttribute('aria-description'),
      'no new price for 10 seconds',
    );
    assert.equal(
      await row(page, 'AAPL').locator('.c-age').getAttribute('title'),
      'no new price for 10 seconds',
    );
    assert.equal(await state(page, 'AAPL'), 'live', 'it may well be right');
    await server.push({ s: 'AAPL', p: 101 });
    await untilCell(page, 'AAPL', 'last', '101.00');
    await until(() => colour('AAPL'), live, 'colour of a price that moved again');
    page.assertNoFaults();
  }));

test('Page_WhenAnotherWindowTakesItsSession_SaysSoAndTakesItBack', () =>
  withServer([], async (server, context) => {
    const session = await server.request('POST', '/v1/sessions', { tickers: ['AAPL', 'MSFT'] });
    const link = `${server.url}/?session=${session.body.session_id}`;
    const first = await open(context, link);
    await untilCell(first, 'AAPL', 'last', '100.00');
    const second = await open(context, link);
    await untilCell(second, 'AAPL', 'last', '100.00');
    await untilConnection(first, 'Closed: another window took it over');
    await assertLooks(first, 'AAPL', false);
    await server.push({ s: 'AAPL', p: 105 });
    await untilCell(second, 'AAPL', 'last', '105.00');
    assert.equal(await cell(first, 'AAPL', 'last'), '100.00');
    await first.bringToFront(); // a page behind another draws nothing
    await first.getByRole('button', { name: 'Take it back' }).click();
    await untilConnection(first, 'Live');
    await untilCell(first, 'AAPL', 'last', '105.00');
    await assertLooks(first, 'AAPL', true);
    await untilConnection(second, 'Closed: another window took it over');
    assert.equal(
      (await server.request('GET', `/v1/sessions/${session.body.session_id}`)).body.state,
      'streaming',
    );
    first.assertNoFaults();
    second.assertNoFaults();
  }));

test('Page_WhenASharedSessionIsChangedElsewhere_FollowsIt', () =>
  withServer([], async (server, context) => {
    const { body } = await server.request('POST', '/v1/sessions', { tickers: ['AAPL', 'MSFT'] });
    const page = await open(context, `${server.url}/?session=${body.session_id}`);
    await untilCell(page, 'MSFT', 'last', '200.00');
    await server.request('PATCH', `/v1/sessions/${body.session_id}`, {
      add: ['TSLA'],
      remove: ['MSFT'],
    });
    const list = () =>
      page.locator('.rows .row').evaluateAll((rows) => rows.map((one) => one.dataset.ticker));
    await until(list, ['AAPL', 'TSLA'], 'the list');
    await server.push({ s: 'TSLA', p: 7 });
    await untilCell(page, 'TSLA', 'last', '7.00');
    page.assertNoFaults();
  }));

test('Page_WhenItsSessionIsDeleted_OffersANewOne', () =>
  withServer([], async (server, context) => {
    const opened = new Promise((resolve) =>
      context.once('page', (page) => page.once('websocket', (socket) => resolve(socket.url()))),
    );
    const page = await open(context, `${server.url}/#tickers=AAPL`);
    await untilCell(page, 'AAPL', 'last', '100.00');
    const id = new URL(await opened).pathname.split('/').at(-1);
    await server.request('DELETE', `/v1/sessions/${id}`);
    await untilConnection(page, 'Closed: its session was deleted');
    await assertLooks(page, 'AAPL', false);
    await page.getByRole('button', { name: 'Start a new session' }).click();
    await untilConnection(page, 'Live');
    await assertLooks(page, 'AAPL', true);
    page.assertNoFaults();
  }));

test('Page_WhenALinksSessionIsGone_SaysSoAndShowsOnesOwnList', () =>
  withServer([], async (server, context) => {
    const page = await open(context, `${server.url}/?session=${'A'.repeat(22)}`, AWAY);
    await untilConnection(page, 'Closed: the session of this link is gone');
    await page.getByRole('button', { name: 'Show my own list' }).click();
    await untilCell(page, 'AAPL', 'last', '100.00');
    page.assertNoFaults();
  }));

test('Page_WhenALinkNamesUnknownTickers_ShowsTheGoodAndNamesTheBad', async () => {
  const server = await Server.start('--feed', 'sim');
  const context = await browser.context();
  try {
    const page = await open(context, `${server.url}/#tickers=AAPL,NOSUCH,MSFT,ALSONOT,B%C3%84D`, [
      /status of 422/,
    ]);
    await untilConnection(page, 'Live');
    await untilCell(page, 'MSFT', 'last', (words) => /^\d/.test(words));
    assert.deepEqual(
      await page.locator('.rows .row').evaluateAll((rows) => rows.map((one) => one.dataset.ticker)),
      ['AAPL', 'MSFT'],
    );
    const words = await text(page, 'refused-text');
    for (const bad of ['NOSUCH', 'ALSONOT', 'BÄD'])
      assert.ok(words.includes(bad), `${bad} is named in: ${words}`);
    await page.locator('#search').fill('WRONG');
    await page.keyboard.press('Enter');
    await until(
      () => text(page, 'refused-text'),
      (now) => now.includes('WRONG'),
      'the refusal',
    );
    assert.equal(await row(page, 'WRONG').count(), 0);
    page.assertNoFaults();
  } finally {
    await context.close();
    await server.stop();
  }
});

test('Page_WhenWebSocketsAreBlocked_StreamsBySse', () =>
  withServer([], async (server, context) => {
    const proxy = await noUpgradeProxy(server.url);
    try {
      const page = await open(context, `${proxy.url}/#tickers=AAPL,MSFT`, [
        /WebSocket connection to .* failed/,
      ]);
      await untilConnection(page, 'Live', 30_000);
      await until(() => text(page, 'status-transport'), 'SSE', 'transport');
      await untilCell(page, 'AAPL', 'last', '100.00');
      await server.push({ s: 'AAPL', p: 103 });
      await untilCell(page, 'AAPL', 'last', '103.00');
      await page.locator('#search').fill('tsla');
      await page.keyboard.press('Enter');
      await until(() => state(page, 'TSLA'), 'live', 'state of TSLA');
      await server.push({ s: 'TSLA', p: 7 });
      await untilCell(page, 'TSLA', 'last', '7.00');
      assert.ok(proxy.refused() > 0);
      page.assertNoFaults();
    } finally {
      await context.close();
      proxy.close();
    }
  }));
