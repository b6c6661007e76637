'use strict';

/** ABOUT
{
  "name": "linkedin-track-companies",
  "description": "Signs in, visits companies' pages at a human pace, notes followers, staff and the latest post",
  "icon": "fa-linkedin",
  "platform": "Linkedin"
}
*/
/** PARAMS
[
  { "name": "username", "type": "string",
    "title": "User name", "description": "Whom to sign in as", "icon": "fa-user" },
  { "name": "password", "type": "password", "title": "Password", "description": "Its password", "icon": "fa-key" },
  { "name": "url", "type": "url", "title": "Site", "description": "Where to sign in", "icon": "fa-link" },
  { "name": "speed", "type": "range", "range": "1-9",
    "title": "Speed", "description": "1 is slow, 9 is fast", "icon": "fa-tachometer-alt" },
  { "name": "companies", "type": "string", "default": "acme",
    "title": "Companies", "description": "Their names in addresses, separated by commas", "icon": "fa-building" },
  { "name": "every", "type": "number", "required": false,
    "title": "Every", "description": "Minutes between two rounds; none: one round", "icon": "fa-clock" }
]
*/

const { run, open, pause } = require('./lib/bot');
const { listOf } = require('./lib/params');

/** A pause as a person makes one: speed 1 is about eight seconds, 9 half a second, never twice the same. */
function breathe(speed, signal) {
  const seconds = 0.5 + (9 - Math.min(9, Math.max(1, Number(speed)))) * 0.95;
  return pause(seconds * 1000 * (0.7 + Math.random() * 0.6), signal);
}

/** Signs in unless the site knows us already; a form that stays is a refusal. */
async function signIn(page, params) {
  await open(page, new URL('/login', params.url).href, { anyStatus: true });
  const form = await page.$('#username, input[name=session_key]');
  if (!form) return;
  const delay = (10 - params.speed) * 15;
  await page.type('#username, input[name=session_key]', String(params.username), { delay });
  await page.type('#password, input[name=session_password]', String(params.password), { delay });
  await Promise.all([
    page.waitForNavigation({ waitUntil: 'load' }),
    page.click('button[type=submit]'),
  ]);
  if (await page.$('#password, input[name=session_password]')) {
    throw new Error(`${new URL(params.url).hostname} refused to sign ${params.username} in`);
  }
}

/** What a company's page says about it; a number that it doesn't say is null. */
async function readCompany(page) {
  return page.evaluate(() => {
    const text = document.body.innerText;
    const count = (pattern) => {
      const match = text.match(pattern);
      return match ? Number(match[1].replace(/[.,\s]/g, '')) : null;
    };
    const post = document.querySelector('.feed-shared-update-v2, article');
    return {
      name: (document.querySelector('h1')?.textContent ?? document.title).trim(),
      followers: count(/([\d.,\s]*\d)\s+followers/i),
      staff: count(/([\d.,\s]*\d)\s+(?:employees|associated members)/i),
      latest_post: post ? post.innerText.trim().slice(0, 500) : null,
    };
  });
}

const EXPECTATIONS = { required: ['username', 'password', 'url'], defaults: { speed: 5, companies: 'acme' } };

run('linkedin-track-companies', EXPECTATIONS,
  async ({ page, params, results, signal }) => {
    await signIn(page, params);
    results.log(`signed in as ${params.username}`);
    const companies = [];
    for (const company of listOf(params.companies)) {
      if (signal.aborted) break;
      await breathe(params.speed, signal);
      const url = new URL(`/company/${encodeURIComponent(company)}/`, params.url).href;
      const status = await open(page, url, { anyStatus: true });
      if (status >= 400) {
        results.log(`${company}: the site answered ${status}`);
        companies.push({ company, url, status });
        continue;
      }
      const read = await readCompany(page);
      await results.screenshot(page, `company-${company}`);
      results.log(`${company}: ${read.followers ?? 'unknown'} followers`);
      companies.push({ company, url, status, ...read });
    }
    results.json('companies', { taken_at: new Date().toISOString(), companies });
  });
