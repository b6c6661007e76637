'use strict';

const fs = require('node:fs');
const path = require('node:path');
const puppeteer = require('puppeteer-core');
const { readParams } = require('./params');
const { Results } = require('./results');

const CHROMIUMS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
];

/** The Chromium of this machine: the one that CHROMIUM names, else the first of the usual places. */
function findChromium() {
  const found = [process.env.CHROMIUM, ...CHROMIUMS].find((file) => file && fs.existsSync(file));
  if (!found) throw new Error(`no Chromium found in ${CHROMIUMS.join(', ')}; CHROMIUM may name one`);
  return found;
}

/** The developer's own settings; an instance's bundle has no config.js. */
function localConfig() {
  const file = path.join(__dirname, '..', 'config.js');
  return fs.existsSync(file) ? require(file) : {};
}

async function launch() {
  const config = localConfig();
  return puppeteer.launch({
    executablePath: findChromium(),
    headless: config.headless ?? true,
    slowMo: config.slowMo ?? 0,
    defaultViewport: { width: 1366, height: 900 },
    // Small instances have a small /dev/shm; root, as whom containers run, has no sandbox to use.
    args: ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
}

/** Waits, or stops waiting when the bot is told to end. */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

/**
 * Runs a bot: once, or with the parameter `every` in rounds that begin so many minutes apart, until SIGTERM.
 *
 * `round({ page, params, results, signal })` is one round, on a page of its own. An error ends the bot with status 1
 * after a last screenshot; on an instance it is started again, with a pause.
 */
async function run(name, expectations, round) {
  const results = new Results(name);
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      results.log(`${signal}: ending`);
      ending.abort();
    });
  }
  let browser;
  try {
    const params = readParams(expectations);
    browser = await launch();
    do {
      const began = Date.now();
      await oneRound(browser, { params, results, signal: ending.signal }, round);
      const minutes = Number(params.every) || 0;
      if (minutes <= 0) break;
      await pause(Math.max(0, began + minutes * 60_000 - Date.now()), ending.signal);
    } while (!ending.signal.aborted);
    results.log('done');
  } catch (error) {
    results.log(`failed: ${error.stack || error}`);
    process.exitCode = 1;
  } finally {
    await browser?.close().catch((error) => results.log(`the browser did not close: ${error.message}`));
  }
}

async function oneRound(browser, context, round) {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  try {
    await round({ page, ...context });
  } catch (error) {
    // The page as it was says more than the error; that it can't be taken any more is no second failure.
    await context.results.screenshot(page, 'failed').catch(() => {});
    throw error;
  } finally {
    await page.close().catch(() => {});
  }
}

/** Opens an address and returns the answer's status; an answer of 400 or more is an error unless `anyStatus`. */
async function open(page, url, { anyStatus = false } = {}) {
  const response = await page.goto(url, { waitUntil: 'load', timeout: 45_000 });
  const status = response ? response.status() : 0;
  if (!anyStatus && status >= 400) throw new Error(`${url} answered ${status}`);
  return status;
}

module.exports = { run, open, pause };
