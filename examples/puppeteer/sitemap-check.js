'use strict';

/** ABOUT
{
  "name": "sitemap-check",
  "description": "Visits the pages that a sitemap lists, and reports those that are broken, slow or untitled",
  "icon": "fa-sitemap",
  "platform": "Web"
}
*/
/** PARAMS
[
  { "name": "url", "type": "url",
    "title": "Site", "description": "The site's or the sitemap's address", "icon": "fa-link" },
  { "name": "pages", "type": "integer", "default": 50,
    "title": "Pages", "description": "The most to visit", "icon": "fa-list-ol" },
  { "name": "slow_seconds", "type": "number", "default": 2.5,
    "title": "Slow", "description": "Seconds after which a page counts as slow", "icon": "fa-hourglass-half" },
  { "name": "every", "type": "number", "required": false,
    "title": "Every", "description": "Minutes between two rounds; none: one round", "icon": "fa-clock" }
]
*/

const { run, open } = require('./lib/bot');

/** The addresses that a sitemap lists. Read as text, inside the page, so that the site sees a browser ask. */
async function sitemapPages(page, url) {
  const sitemap = /\.xml$/.test(new URL(url).pathname) ? url : new URL('/sitemap.xml', url).href;
  await open(page, new URL('/', url).href, { anyStatus: true });
  const text = await page.evaluate(async (address) => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    return response.text();
  }, sitemap);
  return [...text.matchAll(/<loc>\s*([^<\s]+)\s*<\/loc>/g)]
    .map((match) => match[1].replaceAll('&amp;', '&'))
    .filter((address) => new URL(address).hostname === new URL(url).hostname);
}

async function visit(page, url, slowSeconds) {
  const problems = [];
  const began = Date.now();
  let status = 0;
  let title = '';
  try {
    status = await open(page, url, { anyStatus: true });
    title = await page.title();
  } catch (error) {
    problems.push(error.message);
  }
  const seconds = (Date.now() - began) / 1000;
  if (status >= 400) problems.push(`answered ${status}`);
  if (status > 0 && status < 400 && title.trim() === '') problems.push('has no title');
  if (seconds > slowSeconds) problems.push(`took ${seconds.toFixed(1)} s`);
  return { url, status, title, seconds, problems };
}

run('sitemap-check', { required: ['url'], defaults: { pages: 50, slow_seconds: 2.5 } },
  async ({ page, params, results, signal }) => {
    const listed = await sitemapPages(page, params.url);
    results.log(`the sitemap lists ${listed.length} pages`);
    const visited = [];
    for (const url of listed.slice(0, params.pages)) {
      if (signal.aborted) break;
      const found = await visit(page, url, params.slow_seconds);
      visited.push(found);
      if (found.problems.length === 0) continue;
      results.log(`${url}: ${found.problems.join(', ')}`);
      await results.screenshot(page, `broken-${new URL(url).pathname}`);
    }
    const broken = visited.filter((found) => found.problems.length > 0);
    results.json('sitemap', { url: params.url, listed: listed.length, visited: visited.length, broken });
  });
