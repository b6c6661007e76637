'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * The parameters of this run, `{name: value}`, from params/params.json: `{"name": {"value": …}}`.
 *
 * `defaults` fills what is missing; a name of `required` that is missing even then is an error that names all of them.
 */
function readParams({ required = [], defaults = {} } = {}, file = path.resolve('params', 'params.json')) {
  let given;
  try {
    given = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} can't be read: ${error.message}`);
  }
  const values = { ...defaults };
  for (const [name, entry] of Object.entries(given)) {
    if (entry !== null && typeof entry === 'object' && 'value' in entry) values[name] = entry.value;
  }
  const missing = required.filter((name) => values[name] === undefined || values[name] === '');
  if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(', ')}`);
  return values;
}

/** A comma-separated text as a list, without blanks and empty items. */
function listOf(text) {
  return String(text ?? '').split(',').map((item) => item.trim()).filter((item) => item !== '');
}

module.exports = { readParams, listOf };
