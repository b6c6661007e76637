'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** The moment as a file's name may hold it: 2026-11-23T08-15-30-250Z. Names sort by time. */
function stamp(now = new Date()) {
  return now.toISOString().replace(/[:.]/g, '-');
}

/** A text as part of a file's name: letters, digits, dots and dashes, at most 80 of them. */
function fileName(text) {
  return String(text).replace(/[^A-Za-z0-9.]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 80) || 'unnamed';
}

/**
 * What a bot leaves: files below output/, from where they go to the fleet's bucket.
 *
 * A file appears under its name only when it is whole, since whatever watches the folder may take it at any moment.
 */
class Results {
  constructor(bot, folder = path.resolve('output')) {
    this.bot = bot;
    this.folder = folder;
    for (const kind of ['screenshots', 'images', 'logs', 'json']) {
      fs.mkdirSync(path.join(folder, kind), { recursive: true });
    }
  }

  /** Writes bytes to output/KIND/NAME and returns the path. */
  write(kind, name, bytes) {
    const file = path.join(this.folder, kind, name);
    const unfinished = path.join(this.folder, kind, `.${name}.part`);
    fs.writeFileSync(unfinished, bytes);
    fs.renameSync(unfinished, file);
    return file;
  }

  /** Writes a value as JSON: output/json/STAMP-NAME.json. */
  json(name, value) {
    return this.write('json', `${stamp()}-${fileName(name)}.json`, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Takes a picture of a page: output/screenshots/STAMP-NAME.png. */
  async screenshot(page, name, options = {}) {
    const bytes = await page.screenshot({ type: 'png', ...options });
    return this.write('screenshots', `${stamp()}-${fileName(name)}.png`, bytes);
  }

  /** Keeps a picture that a page showed: output/images/STAMP-NAME. */
  image(name, bytes) {
    return this.write('images', `${stamp()}-${fileName(name)}`, bytes);
  }

  /** Says something: on standard output, and in the day's output/logs/BOT-DATE.log. */
  log(message) {
    const line = `${new Date().toISOString()} ${message}\n`;
    process.stdout.write(line);
    fs.appendFileSync(path.join(this.folder, 'logs', `${this.bot}-${line.slice(0, 10)}.log`), line);
  }
}

module.exports = { Results, stamp, fileName };
