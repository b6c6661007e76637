'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { startSite } = require('./site');

let site;
before(async () => { site = await startSite(); });
after(() => site.stop());

/** Runs a bot in a folder of its own, as an instance would, and returns its status and what it left. */
async function runBot(name, values) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bot-'));
  fs.mkdirSync(path.join(folder, 'params'));
  const params = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }]));
  fs.writeFileSync(path.join(folder, 'params', 'params.json'), JSON.stringify(params));
  const bot = spawn(process.execPath, [path.join(__dirname, '..', `${name}.js`)], { cwd: folder, timeout: 90_000 });
  let said = '';
  for (const stream of [bot.stdout, bot.stderr]) stream.on('data', (data) => { said += data; });
  const status = await new Promise((resolve) => { bot.on('close', resolve); });
  const left = (kind) => {
    const at = path.join(folder, 'output', kind);
    return fs.existsSync(at) ? fs.readdirSync(at).map((file) => path.join(at, file)) : [];
  };
  const json = left('json').map((file) => JSON.parse(fs.readFileSync(file, 'utf8')))[0];
  const log = left('logs').map((file) => fs.readFileSync(file, 'utf8')).join('');
  const result = { status, said, json, log, screenshots: left('screenshots').length, images: left('images').length };
  fs.rmSync(folder, { recursive: true });
  return result;
}

test('page-screenshot takes one picture a device', async () => {
  const { status, said, json, screenshots } = await runBot('page-screenshot', { url: `${site.url}/`, device: 'all' });
  assert.equal(status, 0, said);
  assert.equal(screenshots, 3);
  assert.deepEqual(json.pictures.map(({ device, status: code, title }) => [device, code, title]), [
    ['desktop', 200, 'Home'], ['tablet', 200, 'Home'], ['phone', 200, 'Home'],
  ]);
});

test('page-screenshot of a page that is not there fails with its status', async () => {
  const { status, log, screenshots } = await runBot('page-screenshot', { url: `${site.url}/missing` });
  assert.equal(status, 1);
  assert.match(log, /\/missing answered 404/);
  assert.equal(screenshots, 1);
});

test('a bot without its required parameters says which', async () => {
  const { status, log } = await runBot('form-filler', {});
  assert.equal(status, 1);
  assert.match(log, /lacks url, answers/);
});

test('sitemap-check finds the broken page and the one without a title', async () => {
  const { status, said, json } = await runBot('sitemap-check', { url: site.url });
  assert.equal(status, 0, said);
  assert.equal(json.visited, 3);
  assert.deepEqual(json.broken.map(({ url, problems }) => [new URL(url).pathname, problems]), [
    ['/untitled', ['has no title']], ['/missing', ['answered 404']],
  ]);
});

test('price-table reads both pages, their prices and pictures', async () => {
  const { status, said, json, images } = await runBot('price-table', {
    url: `${site.url}/list`, every: 0, pictures: true, below: 1000,
  });
  assert.equal(status, 0, said);
  assert.deepEqual(json.items.map(({ name, price }) => [name, price]), [['cup', 7.9], ['chair', 89]]);
  assert.equal(images, 2);
});

test('form-filler types, chooses, ticks and sends, and keeps the secret out of its log', async () => {
  const { status, said, log, screenshots } = await runBot('form-filler', {
    url: `${site.url}/form`, answers: 'email=a@example.com; plan=team; news=yes', secret_field: 'pin', secret: '4711',
    send: true, speed: 9,
  });
  assert.equal(status, 0, said);
  assert.deepEqual(site.received.at(-1), {
    path: '/sent', email: 'a@example.com', pin: '4711', plan: 'team', news: 'on',
  });
  assert.equal(screenshots, 2);
  assert.doesNotMatch(log, /4711/);
});

test('linkedin-track-companies signs in and reads the numbers', async () => {
  const { status, said, json } = await runBot('linkedin-track-companies', {
    username: 'anna', password: 'right', url: site.url, speed: 9, companies: 'acme, nobody',
  });
  assert.equal(status, 0, said);
  const [acme, nobody] = json.companies;
  assert.deepEqual([acme.name, acme.followers, acme.staff, acme.latest_post], ['Acme', 12345, 678, 'News!']);
  assert.equal(nobody.status, 404);
});

test('linkedin-track-companies that is refused says so, and never the password', async () => {
  const { status, log } = await runBot('linkedin-track-companies', {
    username: 'anna', password: 'wrong-one', url: site.url, speed: 9,
  });
  assert.equal(status, 1);
  assert.match(log, /refused to sign anna in/);
  assert.doesNotMatch(log, /wrong-one/);
});
