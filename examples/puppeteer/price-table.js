'use strict';

/** ABOUT
{
  "name": "price-table",
  "description": "Reads names, prices and pictures from a shop's list, page by page, and tells what became cheaper",
  "icon": "fa-tags",
  "platform": "Shops"
}
*/
/** PARAMS
[
  { "name": "url", "type": "url", "title": "List", "description": "The first page of the list", "icon": "fa-link" },
  { "name": "item", "type": "string", "default": ".product",
    "title": "Item", "description": "A CSS selector of one item", "icon": "fa-code" },
  { "name": "pages", "type": "integer", "default": 3,
    "title": "Pages", "description": "The most to read", "icon": "fa-list-ol" },
  { "name": "currency", "type": "select", "options": ["EUR", "USD", "GBP"], "default": "EUR",
    "title": "Currency", "description": "What the prices are in", "icon": "fa-money-bill" },
  { "name": "below", "type": "number", "required": false,
    "title": "Only below", "description": "Dearer ones are left out", "icon": "fa-filter" },
  { "name": "pictures", "type": "boolean", "default": false,
    "title": "Pictures", "description": "Keep the items' pictures as well", "icon": "fa-image" },
  { "name": "every", "type": "number", "default": 60,
    "title": "Every", "description": "Minutes between two rounds; 0: one round", "icon": "fa-clock" }
]
*/

const { run, open } = require('./lib/bot');

/** '1.234,50 €', '$1,234.50' and '1234.5' are all 1234.5; nothing that has no digit is a price. */
function priceOf(text) {
  const digits = String(text).replace(/[^\d.,]/g, '');
  if (!/\d/.test(digits)) return undefined;
  const mark = Math.max(digits.lastIndexOf(','), digits.lastIndexOf('.'));
  const isDecimal = mark >= 0 && digits.length - mark - 1 !== 3;
  if (!isDecimal) return Number(digits.replace(/[.,]/g, ''));
  return Number(`${digits.slice(0, mark).replace(/[.,]/g, '')}.${digits.slice(mark + 1)}`);
}

/** What one page lists, and where the next one is. */
async function readPage(page, selector) {
  const items = await page.$$eval(selector, (elements) => elements.map((element) => {
    const text = (name) => element.querySelector(name)?.textContent.trim();
    const link = element.querySelector('a[href]');
    return {
      name: text('.name, h2, h3, a') ?? element.textContent.trim().slice(0, 80),
      price: text('.price, [itemprop=price]') ?? '',
      link: link ? link.href : undefined,
      picture: element.querySelector('img')?.src,
    };
  }));
  const next = await page.$$eval('a[rel=next]', (links) => links.map((link) => link.href)[0]);
  return { items, next };
}

/** A picture's bytes, fetched as the page itself would, so cookies and the referrer are right. */
async function pictureBytes(page, url) {
  const encoded = await page.evaluate(async (address) => {
    const response = await fetch(address);
    if (!response.ok) return null;
    const bytes = new Uint8Array(await response.arrayBuffer());
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  }, url);
  return encoded === null ? undefined : Buffer.from(encoded, 'base64');
}

const last = new Map(); // link or name → price, of the round before

run('price-table', { required: ['url'], defaults: { item: '.product', pages: 3, currency: 'EUR', every: 60 } },
  async ({ page, params, results, signal }) => {
    const found = [];
    let url = params.url;
    for (let number = 1; url && number <= params.pages && !signal.aborted; number += 1) {
      await open(page, url);
      await results.screenshot(page, `page-${number}`);
      const { items, next } = await readPage(page, params.item);
      for (const item of items) {
        const price = priceOf(item.price);
        if (price === undefined || (params.below !== undefined && price >= params.below)) continue;
        found.push({ ...item, price, currency: params.currency });
        if (params.pictures !== true || !item.picture) continue;
        const bytes = await pictureBytes(page, item.picture);
        if (bytes) results.image(new URL(item.picture).pathname.split('/').pop(), bytes);
      }
      url = next;
    }
    const cheaper = found.filter((item) => item.price < last.get(item.link ?? item.name));
    for (const item of found) last.set(item.link ?? item.name, item.price);
    for (const item of cheaper) results.log(`cheaper: ${item.name}, now ${item.price} ${item.currency}`);
    results.log(`${found.length} items, ${cheaper.length} of them cheaper than in the round before`);
    results.json('prices', { url: params.url, items: found, cheaper });
  });
