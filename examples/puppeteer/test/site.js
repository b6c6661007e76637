'use strict';

const http = require('node:http');

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const page = (title, body) => `<!doctype html><html lang="en"><title>${title}</title><body>${body}</body></html>`;

const product = (name, price) => `<div class="product">
  <h2>${name}</h2><img src="/picture.png"><a href="/p/${name}">more</a><b class="price">${price}</b></div>`;

const LOGIN = page('Sign in', `<form action="/session" method="post">
  <input id="username" name="session_key"><input id="password" name="session_password" type="password">
  <button type="submit">Sign in</button></form>`);

const FORM = page('Form', `<form action="/sent" method="post"><input name="email"><input name="pin">
  <select name="plan"><option>free</option><option>team</option></select>
  <input type="checkbox" name="news"><button>Send</button></form>`);

const COMPANY = '<h1>Acme</h1><p>12,345 followers</p><p>678 employees</p><article>News!</article>';
const FIRST = `${product('lamp', '1.234,50 €')}${product('cup', '7.90')}<a rel="next" href="/list2">next</a>`;

const PAGES = {
  '/': page('Home', '<h1>Home</h1>'),
  '/untitled': '<!doctype html><p>no title</p>',
  '/list': page('List', FIRST),
  '/list2': page('List 2', product('chair', '$89')),
  '/form': FORM,
  '/login': LOGIN,
  '/feed': page('Feed', '<h1>Feed</h1>'),
  '/company/acme/': page('Acme', COMPANY),
};

/** What a form's sending leads to: a wrong password shows the form again, all else goes on to a page. */
function afterForm(path, sent) {
  if (path !== '/session') return { redirect: '/' };
  return sent.session_password === 'right' ? { redirect: '/feed' } : { body: LOGIN };
}

function answer(response, status, type, body) {
  response.writeHead(status, { 'content-type': type }).end(body);
}

/** A small site on loopback that has what the bots look for. `site.received` is what forms sent. */
function startSite() {
  const site = { received: [] };
  const sitemap = () => ['/', '/untitled', '/missing'].map((path) => `<url><loc>${site.url}${path}</loc></url>`);
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'POST') {
        const sent = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
        site.received.push({ path: request.url, ...sent });
        const { redirect, body } = afterForm(request.url, sent);
        if (redirect) response.writeHead(303, { location: redirect }).end();
        else answer(response, 200, 'text/html', body);
      } else if (request.url === '/picture.png') {
        answer(response, 200, 'image/png', PICTURE);
      } else if (request.url === '/sitemap.xml') {
        answer(response, 200, 'application/xml', `<urlset>${sitemap().join('')}</urlset>`);
      } else if (PAGES[request.url]) {
        answer(response, 200, 'text/html; charset=utf-8', PAGES[request.url]);
      } else {
        answer(response, 404, 'text/html', page('Not found', 'Not found'));
      }
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      site.url = `http://127.0.0.1:${server.address().port}`;
      site.stop = () => { server.closeAllConnections(); server.close(); };
      resolve(site);
    });
  });
}

module.exports = { startSite };
