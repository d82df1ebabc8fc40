// The examples of docs/CLIENTS.md for pages, in Chromium, from another origin than the server's.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import ts from 'typescript';

import { examplesIn } from './support/examples.js';
import { launch, withPage } from './support/pages.js';
import { withProxy } from './support/proxy.js';
import { startServer, withServer } from './support/server.js';
import { until } from './support/wait.js';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Waits until the element's text is so, and gives it. */
async function textOf(page, selector, pattern) {
  return until(async () => {
    const text = await page.textContent(selector);
    return pattern.test(text) && text;
  }, `${selector} shows ${pattern}`);
}

const live = /^live \n(AAPL|MSFT) \d\S*\n(AAPL|MSFT) \d\S*$/;

async function plainPage(url) {
  const examples = await examplesIn('html', url);
  assert.equal(examples.length, 1);
  return { '/': examples[0] };
}

describe('pages', { concurrency: 2, timeout: 120_000 }, () => {
  test('PlainPage_ShowsPricesThatChange_AndOutlivesARestart', async () => {
    const server = await startServer();
    await withPage(browser, await plainPage(server.url), async (page, faults) => {
      const first = await textOf(page, '#prices', live);
      await until(async () => (await page.textContent('#prices')) !== first);
      assert.equal(await server.metric('tickcast_connections{transport="websocket"}'), 1);
      await server.kill();
      await textOf(page, '#prices', /^reconnecting [^\n]*\n/);
      const again = await startServer([], server.port);
      try {
        await textOf(page, '#prices', live);
        assert.deepEqual(faults, []);
      } finally {
        await again.kill();
      }
    });
  });

  test('PlainPage_WhereWebSocketIsBlocked_StreamsBySse_AndComesBack', async () => {
    await withServer([], (server) =>
      withProxy(server.port, async (proxy) => {
        proxy.blocksUpgrades = true;
        await withPage(browser, await plainPage(proxy.url), async (page, faults) => {
          const first = await textOf(page, '#prices', live);
          await until(async () => (await page.textContent('#prices')) !== first);
          assert.equal(await server.metric('tickcast_connections{transport="sse"}'), 1);
          assert.equal(proxy.refused, 2);
          proxy.cut();
          await textOf(page, '#prices', /^reconnecting [^\n]*\n/);
          await textOf(page, '#prices', live);
          // Asked for from another origin: the server's preflight answer allowed it.
          assert.ok(proxy.requests.some((each) => /^last-event-id: \S+\r$/im.test(each)));
          assert.deepEqual(faults, []);
        });
      }),
    );
  });

  for (const transport of ['websocket', 'sse']) {
    test(`Browser_ThatIsOffline_Over_${transport}_SaysSoAtOnce_AndIsLiveAgainOnline`, async () => {
      await withServer([], async (server) => {
        const program = `import { connect } from '/client/index.js';
                    window.client = connect({ url: '${server.url}', tickers: ['AAPL'], transport: '${transport}' });
                    window.news = [];
                    client.on('state', ({ state, reason }) => news.push([state, reason, performance.now()]));
                    addEventListener('offline', () => news.push(['event', 'offline', performance.now()]));`;
        await withPage(
          browser,
          { '/': `<!doctype html><script type="module">${program}</script>` },
          async (page, faults) => {
            await until(() => page.evaluate(() => window.client?.state === 'live'));
            await page.context().setOffline(true);
            await until(() =>
              page.evaluate(() => window.news.some(([, reason]) => reason === 'offline')),
            );
            await until(() => page.evaluate(() => window.news.some(([what]) => what === 'event')));
            const news = await page.evaluate(() => window.news);
            const at = (state) =>
              news.find(([what, reason]) => what === state && reason === 'offline')[2];
            assert.ok(Math.abs(at('reconnecting') - at('event')) < 500, JSON.stringify(news));
            await page.context().setOffline(false);
            await until(() => page.evaluate(() => window.client.state === 'live'), 'live', 20_000);
            assert.deepEqual(faults, []);
          },
        );
      });
    });
  }

  test('Worker_Streams_AndListensToTheNetwork', async () => {
    await withServer([], async (server) => {
      const worker = `import { connect } from '/client/index.js';
                const client = connect({ url: '${server.url}', tickers: ['AAPL'] });
                client.on('state', ({ state, reason }) => postMessage([state, reason ?? '']));
                client.on('ticks', (ticks) => postMessage(['ticks', ticks[0].s]));`;
      const program = `window.news = [];
                new Worker('/worker.js', { type: 'module' }).onmessage = ({ data }) => news.push(data.join(' ').trim());`;
      const texts = { '/': `<!doctype html><script>${program}</script>`, '/worker.js': worker };
      await withPage(browser, texts, async (page, faults) => {
        await until(() =>
          page.evaluate(() => window.news.includes('live') && window.news.includes('ticks AAPL')),
        );
        assert.deepEqual(faults, []);
      });
    });
  });

  test('React_ShowsPrices_AndChangesWithItsTickers', async () => {
    await withServer([], async (server) => {
      const examples = await examplesIn('jsx', server.url);
      assert.equal(examples.length, 1);
      const { outputText } = ts.transpileModule(`import React from 'react';\n${examples[0]}`, {
        fileName: 'prices.jsx',
        compilerOptions: {
          jsx: ts.JsxEmit.React,
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ES2022,
        },
      });
      const texts = {
        '/': `<!doctype html><div id="root"></div><script src="/react.js"></script><script src="/react-dom.js"></script>
                    <script type="importmap">{"imports": {"react": "/react-module.js", "@tickcast/client": "/client/index.js"}}</script>
                    <script type="module">
                        import { Prices } from '/prices.js';
                        const root = ReactDOM.createRoot(document.getElementById('root'));
                        window.show = (tickers) => root.render(tickers && React.createElement(React.StrictMode, null,
                            React.createElement(Prices, { url: '${server.url}', tickers })));
                        window.show(['AAPL', 'MSFT']);
                    </script>`,
        '/prices.js': outputText,
        '/react-module.js': 'export default React; export const { useEffect, useState } = React;',
      };
      await withPage(browser, texts, async (page, faults) => {
        const first = await textOf(page, 'ul.live', /^AAPL \d\S*MSFT \d/);
        await until(async () => (await page.textContent('ul.live')) !== first);
        await page.evaluate(() => window.show(['IBM']));
        await textOf(page, 'ul.live', /^IBM \d/);
        await page.evaluate(() => window.show(null));
        await until(
          async () => (await server.metric('tickcast_sessions{state="streaming"}')) === 0,
        );
        await until(
          async () => (await server.metric('tickcast_sessions{state="detached"}')) === 0,
          'each is deleted',
        );
        assert.equal(await server.metric('tickcast_sessions_ended_total{reason="deleted"}'), 2);
        assert.deepEqual(faults, []);
      });
    });
  });
});
