// Debian's Chromium on the page. All complaints of a page (console, exceptions, its
// Content-Security-Policy) is gathered, and a test that ends with complaints it did not expect
// fails.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const WAIT_MS = 40_000; // of a runner that has two loaded cores

export async function launch() {
  const home = mkdtempSync(join(tmpdir(), 'tickcast-chromium-'));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    env: { ...process.env, HOME: home },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  return {
    /** @param {import('playwright-core').BrowserContextOptions} [options] */
    context: async (options = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        colorScheme: 'dark',
        ...options,
      });
      context.setDefaultTimeout(WAIT_MS);
      await context.addInitScript(recordInPage);
      return context;
    },
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Runs in the page before its own scripts: violations become console errors, flashes are written
 * down.
 */
function recordInPage() {
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(
      `CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
    );
  });
  globalThis.flashes = [];
  new MutationObserver((records) => {
    for (const { target } of records) {
      const way = target.dataset.flash;
      if (way)
        globalThis.flashes.push({
          ticker: target.closest('.row')?.dataset.ticker,
          cell: target.parentElement.className,
          way,
        });
    }
  }).observe(document, { subtree: true, attributeFilter: ['data-flash'] });
}

/**
 * A page that reports its faults. `expected`: patterns of complaints that are allowed, e.g. a
 * server that was killed.
 * @param {import('playwright-core').BrowserContext} context @param {string} url @param {RegExp[]}
 * [expected]
 */
export async function open(context, url, expected = []) {
  const page = await context.newPage();
  const faults = [];
  const note = (text) => {
    if (!expected.some((pattern) => pattern.test(text))) faults.push(text);
  };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      note(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => note(error.stack ?? String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(url).host) note(`third party: ${request.url()}`);
  });
  await page.goto(url);
  return Object.assign(page, { assertNoFaults: () => assert.deepEqual(faults, []) });
}

/** @param {import('playwright-core').Page} page @param {string} ticker */
export const row = (page, ticker) => page.locator(`.rows .row[data-ticker="${ticker}"]`);

/** @param {import('playwright-core').Page} page */
export const order = (page) =>
  page.locator('.rows .row').evaluateAll((rows) => rows.map((one) => one.dataset.ticker));

/**
 * Waits until `read` gives `wanted` (or satisfies it).
 * @param {() => Promise<any>} read
 * @param {any} wanted
 * @param {string} what
 */
export async function until(read, wanted, what, waitMs = WAIT_MS) {
  const holds =
    typeof wanted === 'function'
      ? wanted
      : (value) => {
          try {
            assert.deepEqual(value, wanted);
            return true;
          } catch {
            return false;
          }
        };
  const deadline = Date.now() + waitMs;
  let value;
  do {
    value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  } while (Date.now() < deadline);
  assert.fail(
    `${what}: still ${JSON.stringify(value)}${typeof wanted === 'function' ? '' : `, not ${JSON.stringify(wanted)}`}`,
  );
}

/** @param {import('playwright-core').Page} page @param {string} ticker @param {string} cell */
export const cell = async (page, ticker, cell) =>
  (await row(page, ticker).locator(`.c-${cell}`).textContent())?.trim();

/**
 * @param {import('playwright-core').Page} page
 * @param {string} ticker
 * @param {string} name
 * @param {any} wanted
 */
export const untilCell = (page, ticker, name, wanted) =>
  until(() => cell(page, ticker, name), wanted, `${name} of ${ticker}`);

/**
 * @param {import('playwright-core').Page} page
 * @param {string | ((text: string) => boolean)} wanted
 */
export const untilConnection = (page, wanted, waitMs) =>
  until(() => page.locator('#status-connection').textContent(), wanted, 'connection', waitMs);
