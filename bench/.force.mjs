import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { launchBrowser } from '../test/setup/launch-browser.js';
const server = createServer((q, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body></body>'));
await new Promise((r) => server.listen(0, '127.0.0.1', r));
const browser = await launchBrowser();
for (const mode of ['none', 'style', 'force', 'forceTwice', 'forceRaf', 'visit', 'none', 'force']) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate(() => {
    const style = document.createElement('style'); style.textContent = '.s{content-visibility:auto;contain-intrinsic-size:auto 1500px}';
    const list = document.createElement('div'); document.body.append(style, list);
    for (let i = 0; i < 60; i++) { const s = document.createElement('div'); s.className = 's'; for (let j = 0; j < 12; j++) { const p = document.createElement('p'); p.innerHTML = ('word' + i + ' text' + j + ' <b>bold</b> ').repeat(20) + '<button>one</button><button>two</button>'; s.append(p); } list.append(s); }
  });
  await page.waitForTimeout(500);
  const d = await context.newCDPSession(page);
  await d.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.evaluate(async (mode) => {
    const all = [...document.querySelectorAll('.s')].slice(28, 36);
    const raf = () => new Promise((r) => requestAnimationFrame(() => setTimeout(r)));
    if (mode === 'style') for (const s of all) void getComputedStyle(s.lastElementChild).color;
    if (/force/.test(mode)) for (const s of all) s.lastElementChild.getBoundingClientRect();
    await raf(); 
    if (mode === 'forceTwice') for (const s of all) s.lastElementChild.getBoundingClientRect();
    if (mode === 'visit') { scrollTo(0, 30 * 1500); await raf(); await raf(); scrollTo(0, 0); await raf(); await raf(); }
    await new Promise((r) => setTimeout(r, 300));
  }, mode);
  await browser.startTracing(page, { path: '/tmp/an/f.json', categories: ['devtools.timeline', 'toplevel', 'blink.user_timing'] });
  await page.evaluate(async () => { performance.mark('go'); scrollTo(0, 30 * 1500); await new Promise((r) => setTimeout(r, 400)); });
  await browser.stopTracing();
  const { traceEvents } = JSON.parse(readFileSync('/tmp/an/f.json', 'utf8'));
  const go = traceEvents.find((e) => e.name === 'go');
  const sum = (n) => (traceEvents.filter((e) => e.name === n && e.ph === 'X' && e.pid === go.pid && e.ts >= go.ts).reduce((s, e) => s + e.dur, 0) / 1000).toFixed(1);
  console.log(mode.padEnd(10), 'style', sum('UpdateLayoutTree'), 'layout', sum('Layout'), 'prepaint', sum('PrePaint'), 'paint', sum('Paint'));
  await context.close();
}
await browser.close(); server.close();
