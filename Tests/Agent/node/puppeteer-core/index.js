'use strict';

// A stand-in for puppeteer-core in tests that have no npm registry: the part of its interface that the example bots use, on a
// real headless Chromium by the DevTools protocol over two pipes. Not for use outside of tests.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** The DevTools protocol: messages that end with a NUL, answers by their id, events by session. */
class Connection {
  constructor(input, output) {
    this.input = input;
    this.next = 1;
    this.waiting = new Map();
    this.listeners = new Set();
    let rest = Buffer.alloc(0);
    output.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
        this.receive(JSON.parse(rest.subarray(0, end).toString('utf8')));
        rest = rest.subarray(end + 1);
      }
    });
    output.on('close', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('the browser is gone'));
      this.waiting.clear();
    });
  }

  receive(message) {
    if (message.id === undefined) {
      for (const listener of [...this.listeners]) listener(message);
      return;
    }
    const { resolve, reject } = this.waiting.get(message.id) ?? {};
    this.waiting.delete(message.id);
    if (message.error) reject?.(new Error(`${message.error.message}`));
    else resolve?.(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** The first event of a session that passes; fails after a time. */
  event(sessionId, passes, milliseconds) {
    return new Promise((resolve, reject) => {
      const listener = (message) => {
        if (message.sessionId !== sessionId || !passes(message)) return;
        done();
        resolve(message.params);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`Navigation timeout of ${milliseconds} ms exceeded`));
      }, milliseconds);
      const done = () => {
        clearTimeout(timer);
        this.listeners.delete(listener);
      };
      this.listeners.add(listener);
    });
  }
}

class Response {
  constructor(response) { this.response = response; }
  status() { return this.response.status; }
  url() { return this.response.url; }
}

class Page {
  constructor(connection, sessionId, targetId, viewport) {
    this.connection = connection;
    this.sessionId = sessionId;
    this.targetId = targetId;
    this.timeout = 30_000;
    this.viewport = viewport;
    this.address = 'about:blank';
    this.answer = null;
    connection.listeners.add((message) => {
      if (message.sessionId !== sessionId) return;
      const { method, params } = message;
      if (method === 'Network.responseReceived' && params.type === 'Document') this.answer = new Response(params.response);
      if (method === 'Page.frameNavigated' && !params.frame.parentId) this.address = params.frame.url;
    });
  }

  send(method, params) { return this.connection.send(method, params, this.sessionId); }

  async begin() {
    for (const domain of ['Page', 'Network', 'Runtime']) await this.send(`${domain}.enable`);
    if (this.viewport) await this.setViewport(this.viewport);
  }

  setDefaultTimeout(milliseconds) { this.timeout = milliseconds; }

  setViewport({ width, height, deviceScaleFactor = 1, isMobile = false }) {
    return this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor, mobile: isMobile });
  }

  async goto(url, { timeout = this.timeout } = {}) {
    this.answer = null;
    const loaded = this.waitForNavigation({ timeout });
    loaded.catch(() => {});
    const { errorText } = await this.send('Page.navigate', { url });
    if (errorText) throw new Error(`${errorText} at ${url}`);
    return loaded;
  }

  async waitForNavigation({ timeout = this.timeout } = {}) {
    await this.connection.event(this.sessionId, ({ method }) => method === 'Page.loadEventFired', timeout);
    return this.answer;
  }

  async evaluate(body, ...values) {
    const given = values.map((value) => JSON.stringify(value) ?? 'undefined').join(', ');
    const expression = typeof body === 'function' ? `(${body})(${given})` : String(body);
    const { result, exceptionDetails } = await this.send(
      'Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, userGesture: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  $(selector) { return this.evaluate((s) => document.querySelector(s) !== null, selector).then((is) => (is ? {} : null)); }

  $eval(selector, body, ...values) {
    const given = [JSON.stringify(selector), ...values.map((value) => JSON.stringify(value))];
    return this.evaluate(`(() => {
      const element = document.querySelector(${given[0]});
      if (!element) throw new Error('failed to find element matching selector ' + ${given[0]});
      return (${body})(${['element', ...given.slice(1)].join(', ')});
    })()`);
  }

  $$eval(selector, body) {
    return this.evaluate(`(${body})([...document.querySelectorAll(${JSON.stringify(selector)})])`);
  }

  async type(selector, text) {
    await this.$eval(selector, (element) => element.focus());
    await this.send('Input.insertText', { text });
  }

  click(selector) { return this.$eval(selector, (element) => element.click()); }

  select(selector, value) {
    return this.$eval(selector, (element, chosen) => {
      element.value = chosen;
      element.dispatchEvent(new Event('change', { bubbles: true }));
    }, value);
  }

  title() { return this.evaluate('document.title'); }
  url() { return this.address; }

  async screenshot({ type = 'png', fullPage = false } = {}) {
    const { data } = await this.send('Page.captureScreenshot', { format: type, captureBeyondViewport: fullPage });
    return Buffer.from(data, 'base64');
  }

  close() { return this.connection.send('Target.closeTarget', { targetId: this.targetId }); }
}

class Browser {
  constructor(process, connection, profile, viewport) {
    Object.assign(this, { process, connection, profile, viewport });
  }

  async newPage() {
    const { targetId } = await this.connection.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.connection.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this.connection, sessionId, targetId, this.viewport);
    await page.begin();
    return page;
  }

  async close() {
    const ended = new Promise((resolve) => { this.process.once('exit', resolve); });
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 5_000);
    await this.connection.send('Browser.close').catch(() => {});
    await ended;
    clearTimeout(timer);
    fs.rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function launch({ executablePath, args = [], defaultViewport } = {}) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'chromium-'));
  const browser = spawn(
    executablePath,
    ['--headless=new', '--remote-debugging-pipe', '--no-first-run', '--disable-gpu', `--user-data-dir=${profile}`, ...args],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const connection = new Connection(browser.stdio[3], browser.stdio[4]);
  browser.stdio[3].on('error', () => {});
  await connection.send('Browser.getVersion');
  return new Browser(browser, connection, profile, defaultViewport);
}

module.exports = { launch };
