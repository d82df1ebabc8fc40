// The page below a prefix, behind a proxy: its files, its calls and its stream go there, and
// nothing goes to the root.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, untilCell } from '../support/browser.mjs';
import { prefixProxy } from '../support/prefix_proxy.mjs';
import { Server } from '../support/server.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(async () => browser?.close());

test('Page_BelowAPrefix_IsLoadedAndIsLive', async () => {
  const server = await Server.start('--feed', 'push');
  const proxy = await prefixProxy(server.url, '/prices/');
  const context = await browser.context();
  try {
    await server.push({ s: 'AAPL', p: 100 });
    const page = await open(context, `${proxy.url}#tickers=AAPL`);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    page.on('websocket', (socket) => asked.push(new URL(socket.url()).pathname));
    await page.reload();
    await untilCell(page, 'AAPL', 'last', '100.00');
    await server.push({ s: 'AAPL', p: 101 });
    await untilCell(page, 'AAPL', 'last', '101.00');
    assert.ok(
      asked.some((path) => path.startsWith('/prices/v1/stream/')),
      asked.join(),
    );
    assert.deepEqual(
      asked.filter((path) => !path.startsWith('/prices/')),
      [],
    );
    page.assertNoFaults();
  } finally {
    await context.close();
    proxy.close();
    await server.stop();
  }
});
