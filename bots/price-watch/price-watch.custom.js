'use strict';

/** ABOUT
{
  "name": "price-watch",
  "description": "Watches the price on one page and takes a picture when it falls below a limit",
  "icon": "fa-tag",
  "platform": "Shops"
}
*/
/** PARAMS
[
  { "name": "url", "type": "url", "title": "Page", "description": "The page with the price", "icon": "fa-link" },
  { "name": "selector", "type": "string", "default": ".price",
    "title": "Selector", "description": "A CSS selector of the price", "icon": "fa-code" },
  { "name": "below", "type": "number",
    "title": "Below", "description": "The price below which a picture is taken", "icon": "fa-filter" },
  { "name": "minutes", "type": "range", "range": "1-60", "default": 10,
    "title": "Every", "description": "Minutes between two looks", "icon": "fa-clock" }
]
*/

const fs = require('node:fs');
const path = require('node:path');
const puppeteer = require('puppeteer-core');

const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/snap/bin/chromium'];

/** What the instance wrote for this bot: `{"url": {"value": "…"}, …}`, with the defaults of the list above. */
function readParams() {
  const written = JSON.parse(fs.readFileSync('params/params.json', 'utf8'));
  const values = { selector: '.price', minutes: 10 };
  for (const [name, { value }] of Object.entries(written)) values[name] = value;
  return values;
}

/** '1.234,50 €' and '$1,234.50' are both 1234.5; nothing without a digit is a price. */
function priceOf(text) {
  const digits = String(text).replace(/[^\d.,]/g, '');
  const mark = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  const isDecimal = mark >= 0 && digits.length - mark - 1 !== 3;
  const plain = (part) => part.replace(/[.,]/g, '');
  const price = Number(isDecimal ? `${plain(digits.slice(0, mark))}.${digits.slice(mark + 1)}` : plain(digits));
  return /\d/.test(digits) && Number.isFinite(price) ? price : undefined;
}

/** Results lie in output/, from where the instance sends them to the bucket. */
function output(folder, name) {
  fs.mkdirSync(path.join('output', folder), { recursive: true });
  return path.join('output', folder, name);
}

async function look(browser, params) {
  const page = await browser.newPage();
  try {
    await page.goto(params.url, { waitUntil: 'domcontentloaded', timeout: 60_000 });
    const price = priceOf(await page.$eval(params.selector, (element) => element.textContent));
    const at = new Date().toISOString();
    fs.appendFileSync(output('json', 'prices.jsonl'), `${JSON.stringify({ at, url: params.url, price })}\n`);
    if (price === undefined) throw new Error(`no price in ${params.selector}`);
    if (price < Number(params.below)) {
      await page.screenshot({ path: output('screenshots', `${at.replaceAll(':', '')}-${price}.png`) });
    }
    console.log(`${at} ${price}`);
  } finally {
    await page.close();
  }
}

async function main() {
  const params = readParams();
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => ending.abort());
  const executablePath = [process.env.CHROMIUM, ...CHROMIUMS].find((file) => file && fs.existsSync(file));
  const args = ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const browser = await puppeteer.launch({ executablePath, args });
  try {
    while (!ending.signal.aborted) {
      await look(browser, params);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, Number(params.minutes) * 60_000);
        ending.signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
      });
    }
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
