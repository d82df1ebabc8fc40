// Sessions and connections: as few as the list needs, no more than a browser has, and a word where
// there is none.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, row, until, untilCell, untilConnection } from '../support/browser.mjs';
import { Server } from '../support/server.mjs';

const REFUSED = /status of 4(22|29)/;
let browser;

before(async () => {
  browser = await launch();
});
after(async () => browser?.close());

async function withServer(flags, use) {
  const server = await Server.start(...flags);
  const context = await browser.context();
  try {
    await use(server, context);
  } finally {
    await context.close();
    await server.stop();
  }
}

const text = (page, id) => page.locator(`#${id}`).textContent();
const states = (page) =>
  page.locator('#rows .row').evaluateAll((rows) => {
    const count = {};
    for (const one of rows) count[one.dataset.state] = (count[one.dataset.state] ?? 0) + 1;
    return count;
  });
const sessions = async (server) => {
  const metrics = await (await fetch(`${server.adminUrl}/metrics`)).text();
  return Number(/^tickcast_sessions\{state="streaming"\} (\S+)$/m.exec(metrics)?.[1]);
};

test('Page_WhenEntriesHoldUnknownTickers_StaysWithOneSession', () =>
  withServer(['--feed', 'sim'], async (server, context) => {
    const page = await open(context, `${server.url}/#tickers=AAPL,MSFT`, [REFUSED]);
    await untilConnection(page, 'Live');
    for (const [n, ticker] of ['BA', 'CAT', 'DIS'].entries()) {
      await page.locator('#search').fill(`${ticker},NOPE${n}`);
      await page.keyboard.press('Enter');
      await until(() => row(page, ticker).getAttribute('data-state'), 'live', ticker);
      await until(
        () => text(page, 'refused-text'),
        (words) => words.includes(`NOPE${n} (the server has no such ticker)`),
        'the refusal',
      );
    }
    await row(page, 'BA').focus();
    await page.keyboard.press('Delete');
    await page.keyboard.press('Control+z');
    await until(() => row(page, 'BA').getAttribute('data-state'), 'live', 'BA again');
    assert.equal(await sessions(server), 1);
    assert.equal(await page.locator('#rows .row').count(), 5);
    page.assertNoFaults();
  }));

test('Page_WhenItsSessionIsRefused_SaysWhyWithTheLimit', () =>
  withServer(['--feed', 'sim', '--max-sessions-per-address', '1'], async (server, context) => {
    const first = await open(context, `${server.url}/#tickers=AAPL`);
    await untilConnection(first, 'Live');
    const second = await open(context, `${server.url}/#tickers=AAPL`, [REFUSED]);
    await untilConnection(second, (words) =>
      /^Refused, (next try in \d+ s|trying again): too many sessions are open from this address \(the server’s limit is 1\)$/.test(
        words,
      ),
    );
    assert.match(
      await text(second, 'notice-text'),
      /refuses the stream: too many sessions .* limit is 1\)/,
    );
    assert.deepEqual(
      await Promise.all([
        text(second, 'chosen-mark'),
        row(second, 'AAPL').locator('.row-mark').textContent(),
      ]),
      ['refused', 'refused'],
    );
    await until(
      () => text(second, 'announcer'),
      (words) => words.includes('too many sessions'),
      'what a screen reader hears',
    );
    assert.equal(
      await second
        .locator('#status')
        .evaluate((element) => element.scrollWidth <= element.clientWidth),
      true,
    );
    await first.close();
    await server.request('GET', '/v1/tickers');
    second.assertNoFaults();
  }));

test('Page_WhenEvenTheListOfTickersIsRefused_SaysWhyAndAsksAgain', () =>
  withServer(['--feed', 'sim'], async (server, context) => {
    let isRefused = true;
    await context.route('**/v1/tickers', (route) =>
      isRefused
        ? route.fulfill({
            status: 429,
            contentType: 'application/problem+json',
            body: JSON.stringify({ code: 'rate_limited', limit: 5 }),
          })
        : route.continue(),
    );
    const page = await open(context, server.url, [REFUSED]);
    await until(
      () => page.locator('#empty').innerText(),
      (words) => /did not come: too many requests .* limit is 5\)/.test(words),
      'why there is no list',
    );
    isRefused = false;
    await untilConnection(page, 'Live');
    assert.equal(await page.locator('#empty').isVisible(), false);
    page.assertNoFaults();
  }));

test('Page_WhenAReaderTypesBeforeTheFirstListComes_KeepsWhatWasTyped', () =>
  withServer(['--feed', 'sim'], async (server, context) => {
    let letThrough;
    const isAsked = new Promise((resolve) => {
      letThrough = resolve;
    });
    await context.route('**/v1/tickers', async (route) => {
      await isAsked;
      await route.continue();
    });
    const page = await open(context, server.url);
    await page.locator('#search').fill('NVDA');
    await page.locator('#search').press('Enter');
    await untilConnection(page, 'Live');
    const answered = page.waitForResponse('**/v1/tickers');
    letThrough();
    await (await answered).finished();
    await page.evaluate(() => new Promise((go) => setTimeout(go, 100)));
    assert.equal(await page.locator('.rows .row').count(), 1);
    page.assertNoFaults();
  }));

test('Page_WithOldPricesOverEventStreams_ShowsHowOldTheyAre', () =>
  withServer(['--feed', 'push', '--stale-seconds', '3600'], async (server, context) => {
    await context.addInitScript(() => {
      delete globalThis.WebSocket;
    });
    await server.push({ s: 'AAPL', p: 100 });
    await new Promise((resolve) => setTimeout(resolve, 3100)); // the price gets older
    const page = await open(context, `${server.url}/#tickers=AAPL`);
    await untilConnection(page, 'Live');
    const age = await until(
      async () => Number.parseInt(await row(page, 'AAPL').locator('.c-age').textContent(), 10),
      (seconds) => seconds >= 2,
      'age',
    );
    const shown = await page.evaluate(() => performance.now() / 1000);
    assert.ok(
      age + 1.5 >= 3.1 && age <= 3.1 + shown + 2,
      `${age} s, ${shown} s after the page was opened`,
    );
    page.assertNoFaults();
  }));

test('Windows_OverEventStreams_ShareTheBrowsersConnections', () =>
  withServer(
    ['--feed', 'sim?tickers=500&rate=500', '--max-tickers-per-session', '200'],
    async (server, context) => {
      await context.addInitScript(() => {
        delete globalThis.WebSocket;
      });
      const { tickers } = (await server.request('GET', '/v1/tickers')).body;
      const windows = [];
      const openWith = async (list) => {
        const page = await open(context, `${server.url}/#tickers=${list}`, [REFUSED]);
        windows.push(page);
        return page;
      };
      const passes = async (page) =>
        assert.equal(
          await page.evaluate(() =>
            fetch('v1/quotes?tickers=AAPL').then((answer) => answer.status),
          ),
          200,
          'a request beside the streams',
        );
      const first = await openWith(tickers);
      await until(
        () => states(first),
        { live: 400, unserved: 100 },
        'two sessions of 200, and what is left',
      );
      assert.match(
        await text(first, 'notice-text'),
        /^100 tickers below get no prices: .* two of the browser’s six connections/,
      );
      assert.match(
        await row(first, tickers[499]).getAttribute('aria-description'),
        /no line: no connection/,
      );
      assert.equal(await row(first, tickers[499]).locator('.row-mark').textContent(), 'no line');
      assert.equal(await text(first, 'status-transport'), 'SSE · 2 sessions');
      await passes(first);

      const second = await openWith(tickers.slice(0, 250));
      await until(() => states(second), { live: 250 }, 'the second window');
      const third = await openWith(tickers.slice(0, 3));
      await until(() => states(third), { unserved: 3 }, 'the third window');
      await until(
        () => text(third, 'notice-text'),
        (words) => /^3 tickers below get no prices: other windows .* connections/.test(words),
        'why',
      );
      await passes(third);
      await second.close();
      windows.splice(windows.indexOf(second), 1);
      await until(() => states(third), { live: 3 }, 'once another window was closed');
      assert.equal(await third.locator('#notice').isVisible(), false);
      for (const page of windows) page.assertNoFaults();
    },
  ));

test('Page_WhereNoStreamComesThrough_PollsAndSaysSoAtAnyWidth', () =>
  withServer(['--feed', 'push'], async (server, context) => {
    await context.addInitScript(() => {
      delete globalThis.WebSocket;
    });
    await context.route('**/v1/stream/**', (route) => route.abort());
    await server.push({ s: 'AAPL', p: 100 });
    const page = await open(context, `${server.url}/#tickers=AAPL`, [/ERR_FAILED/]);
    await untilConnection(page, 'Live');
    await untilCell(page, 'AAPL', 'last', '100.00');
    await until(() => text(page, 'status-transport'), 'Polling each second or two', 'transport');
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await page.locator('#status-transport').isVisible(), true);
    await server.push({ s: 'AAPL', p: 101 });
    await untilCell(page, 'AAPL', 'last', '101.00');
    page.assertNoFaults();
  }));

test('Page_WhereNoConnectionIsLeftForATrialOfEvents_PollsOnAndSaysSo', () =>
  withServer(['--feed', 'push'], async (server, context) => {
    await context.addInitScript(() => {
      delete globalThis.WebSocket;
    });
    const streams = { asked: 0, areCut: true };
    await context.route('**/v1/stream/**', (route) => {
      streams.asked += 1;
      return streams.areCut ? route.abort() : route.continue();
    });
    await server.push({ s: 'AAPL', p: 100 });
    const page = await open(context, `${server.url}/#tickers=AAPL`, [/ERR_FAILED/]);
    await until(() => text(page, 'status-transport'), 'Polling each second or two', 'transport');
    const other = await open(context, `${server.url}/livez`);
    await other.evaluate(() =>
      Promise.all(
        [1, 2, 3, 4].map(
          (number) =>
            new Promise((isHeld) => {
              navigator.locks.request(`tickcast-events-${number}`, () => {
                isHeld();
                return new Promise((free) => {
                  (globalThis.held ??= []).push(free);
                });
              });
            }),
        ),
      ),
    );
    const { asked } = streams;
    streams.areCut = false;
    // A look at the page ends the wait before a trial.
    const noticeSeen = () =>
      page.evaluate(() => {
        document.dispatchEvent(new Event('visibilitychange'));
        const notice = document.getElementById('notice');
        return notice.hidden ? '' : document.getElementById('notice-text').textContent;
      });
    await until(
      noticeSeen,
      (words) => /^Prices of 1 ticker come every second or two: other windows .*/.test(words),
      'why it polls',
    );
    assert.equal(streams.asked, asked, 'no stream without a connection');
    await server.push({ s: 'AAPL', p: 101 });
    await untilCell(page, 'AAPL', 'last', '101.00');
    await other.evaluate(() => globalThis.held.forEach((free) => free()));
    await until(noticeSeen, '', 'once there is a connection');
    await until(() => text(page, 'status-transport'), 'SSE', 'transport');
    const held = await page.evaluate(async () => (await navigator.locks.query()).held.length);
    assert.equal(held, 1, 'the stream that took over holds its connection');
    page.assertNoFaults();
  }));

test('Page_WhenAChangeIsRefusedForTheMoment_SaysWhyAndWhenUntilItPasses', () =>
  withServer(['--feed', 'sim'], async (server, context) => {
    let isRefused = true;
    await context.route('**/v1/sessions/*', (route) =>
      isRefused && route.request().method() === 'PATCH'
        ? route.fulfill({
            status: 429,
            headers: { 'Retry-After': '8' },
            contentType: 'application/problem+json',
            body: JSON.stringify({ code: 'rate_limited', limit: 5 }),
          })
        : route.continue(),
    );
    const page = await open(context, `${server.url}/#tickers=AAPL`, [REFUSED]);
    await untilConnection(page, 'Live');
    await page.locator('#search').fill('MSFT');
    await page.keyboard.press('Enter');
    const why = 'too many requests came from this address in a short time \\(.* limit is 5\\)';
    await untilConnection(page, (words) =>
      new RegExp(`^Live; change refused, next try in \\d+ s: ${why}$`).test(words),
    );
    assert.match(
      await text(page, 'notice-text'),
      new RegExp(`^1 ticker below waits to be added: ${why}\\. The page goes on trying\\.$`),
    );
    assert.equal(await page.locator('#notice').isVisible(), true);
    const mark = row(page, 'MSFT').locator('.row-mark');
    assert.deepEqual(await states(page), { live: 1, refused: 1 });
    assert.equal(await mark.textContent(), 'refused');
    const said = () => row(page, 'MSFT').getAttribute('aria-description');
    const whole = new RegExp(`^refused by the server: ${why}, next try in (\\d+) s$`);
    const first = Number(whole.exec(await said())?.[1]);
    assert.ok(first <= 9, `${first} s of 8, and half a one by chance`);
    assert.match(await mark.getAttribute('title'), whole);
    await until(said, (words) => Number(whole.exec(words)?.[1]) < first, 'its countdown');
    await until(
      () => text(page, 'announcer'),
      (words) => words.includes('1 ticker below waits to be added'),
      'what a screen reader hears',
    );
    isRefused = false;
    await until(() => states(page), { live: 2 }, 'once it has passed');
    await untilConnection(page, 'Live');
    assert.deepEqual(
      [await mark.textContent(), await page.locator('#notice').isVisible()],
      ['', false],
    );
    page.assertNoFaults();
  }));

test('Page_WhenNothingAnswersAChange_SaysSoUntilItPasses', () =>
  withServer(['--feed', 'sim'], async (server, context) => {
    let isCut = true;
    await context.route('**/v1/sessions/*', (route) =>
      isCut && route.request().method() === 'PATCH' ? route.abort() : route.continue(),
    );
    const page = await open(context, `${server.url}/#tickers=AAPL`, [/ERR_FAILED/]);
    await untilConnection(page, 'Live');
    await page.locator('#search').fill('MSFT');
    await page.keyboard.press('Enter');
    await untilConnection(page, (words) =>
      /^Live; change refused, .*: the server does not answer$/.test(words),
    );
    await until(
      () => row(page, 'MSFT').getAttribute('aria-description'),
      (words) => /^waiting for a price: the server does not answer, /.test(words),
      'the row',
    );
    assert.equal(await row(page, 'MSFT').locator('.row-mark').textContent(), 'waiting');
    isCut = false;
    await until(() => states(page), { live: 2 }, 'once it is answered');
    await untilConnection(page, 'Live');
    assert.equal(await page.locator('#notice').isVisible(), false);
    assert.equal(await row(page, 'MSFT').locator('.row-mark').textContent(), '');
    page.assertNoFaults();
  }));
