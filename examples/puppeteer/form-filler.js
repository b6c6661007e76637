'use strict';

/** ABOUT
{
  "name": "form-filler",
  "description": "Fills a form with given answers, sends it if told to, and keeps a picture of before and after",
  "icon": "fa-pen",
  "platform": "Web"
}
*/
/** PARAMS
{
  // As an object keyed by name: the order is kept all the same.
  "url": { "type": "url", "title": "Page", "description": "The page with the form", "icon": "fa-link" },
  "form": { "type": "string", "default": "form",
    "title": "Form", "description": "A CSS selector of the form", "icon": "fa-code" },
  "answers": { "type": "string",
    "title": "Answers", "description": "field=answer, separated by semicolons", "icon": "fa-list" },
  "secret_field": { "type": "string", "required": false,
    "title": "Secret field", "description": "The field that takes the secret answer", "icon": "fa-key" },
  "secret": { "type": "password", "required": false,
    "title": "Secret answer", "description": "An answer that no picture or log shows", "icon": "fa-lock" },
  "send": { "type": "boolean", "default": false,
    "title": "Send", "description": "Send the form, or only fill it", "icon": "fa-paper-plane" },
  "speed": { "type": "range", "range": "1-9", "default": 7,
    "title": "Speed", "description": "1 types like a beginner, 9 at once", "icon": "fa-tachometer-alt" }
}
*/

const { run, open } = require('./lib/bot');

/** `a=1; b=2` as pairs; an answer may hold an equals sign. */
function parseAnswers(text) {
  return String(text).split(';').map((pair) => pair.trim()).filter((pair) => pair !== '').map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new Error(`'${pair}' is no field=answer`);
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
}

/** Gives one answer, in the way of its field: chosen, ticked or typed. */
async function answer(page, form, name, value, delay) {
  const field = `${form} [name="${name.replace(/["\\]/g, '\\$&')}"]`;
  const kind = await page.$eval(field, (element) => element.type);
  if (kind === 'checkbox') {
    const ticked = await page.$eval(field, (element) => element.checked);
    if (ticked !== ['yes', 'true', 'on', '1'].includes(value.toLowerCase())) await page.click(field);
  } else if (kind === 'select-one') {
    await page.select(field, value);
  } else {
    await page.$eval(field, (element) => { element.value = ''; });
    await page.type(field, value, { delay });
  }
}

run('form-filler', { required: ['url', 'answers'], defaults: { form: 'form', send: false, speed: 7 } },
  async ({ page, params, results }) => {
    await open(page, params.url);
    const delay = (9 - params.speed) * 40;
    const answers = parseAnswers(params.answers);
    for (const [name, value] of answers) await answer(page, params.form, name, value, delay);
    if (params.secret_field && params.secret) {
      await answer(page, params.form, params.secret_field, params.secret, delay);
      // Whatever the field's own type, the pictures must not show it.
      await page.$eval(`${params.form} [name="${params.secret_field}"]`, (element) => { element.type = 'password'; });
    }
    await results.screenshot(page, 'filled', { fullPage: true });
    results.log(`filled ${answers.map(([name]) => name).join(', ')}`);
    if (params.send !== true) return;

    const [response] = await Promise.all([
      page.waitForNavigation({ waitUntil: 'load' }),
      page.$eval(params.form, (form) => form.requestSubmit()),
    ]);
    await results.screenshot(page, 'sent', { fullPage: true });
    const status = response ? response.status() : 0;
    results.json('form', { url: params.url, landed: page.url(), status, title: await page.title() });
    results.log(`sent; the answer was ${status}`);
    if (status >= 400) throw new Error(`the form was refused: ${status}`);
  });
