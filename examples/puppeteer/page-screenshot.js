'use strict';

/** ABOUT
{
  "name": "page-screenshot",
  "description": "Takes a picture of a page, in one width or in three, and notes its title and how fast it came",
  "icon": "fa-camera",
  "platform": "Web"
}
*/
/** PARAMS
[
  // The page.
  { "name": "url", "type": "url", "title": "Page", "description": "Its address", "icon": "fa-link" },
  { "name": "device", "type": "select", "options": ["desktop", "tablet", "phone", "all"], "default": "desktop",
    "title": "Device", "description": "The width of the window", "icon": "fa-mobile" },
  { "name": "full_page", "type": "boolean", "default": true,
    "title": "Whole page", "description": "The whole page, or what a first look shows", "icon": "fa-arrows-alt-v" },
  { "name": "every", "type": "number", "required": false,
    "title": "Every", "description": "Minutes between two pictures; none: one picture", "icon": "fa-clock" }
]
*/

const { run, open } = require('./lib/bot');

const WIDTHS = { desktop: [1366, 900], tablet: [820, 1180], phone: [390, 844] };

run('page-screenshot', { required: ['url'], defaults: { device: 'desktop', full_page: true } },
  async ({ page, params, results }) => {
    const devices = params.device === 'all' ? Object.keys(WIDTHS) : [params.device];
    const pictures = [];
    for (const device of devices) {
      const [width, height] = WIDTHS[device] ?? WIDTHS.desktop;
      await page.setViewport({ width, height });
      const began = Date.now();
      const status = await open(page, params.url);
      const milliseconds = Date.now() - began;
      const file = await results.screenshot(page, `${new URL(params.url).hostname}-${device}`, {
        fullPage: params.full_page === true,
      });
      pictures.push({ device, status, milliseconds, title: await page.title(), file });
      results.log(`${params.url} as a ${device} sees it: ${status} in ${milliseconds} ms`);
    }
    results.json('page', { url: params.url, pictures });
  });
