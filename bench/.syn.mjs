import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { launchBrowser } from '../test/setup/launch-browser.js';
const server = createServer((q, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body></body>'));
await new Promise((r) => server.listen(0, '127.0.0.1', r));
const browser = await launchBrowser();
async function run(label, opts) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate((o) => {
    const host = document.createElement('div'); document.body.append(host);
    const root = o.shadow ? host.attachShadow({ mode: 'open' }) : host;
    const style = document.createElement('style');
    style.textContent = o.css ?? `.s{content-visibility:auto;contain-intrinsic-size:auto 2500px}`;
    const list = document.createElement('div'); root.append(style, list);
    const inner = (n) => { for (let i = 0; i < o.n; i++) { const s = document.createElement('div'); s.className = 's'; for (let j = 0; j < o.m; j++) { const p = document.createElement('p'); p.textContent = 'text ' + j; s.append(p); } n.append(s); } };
    if (o.chapters) for (let c = 0; c < o.chapters; c++) { const d = document.createElement('div'); d.className = 's c'; inner(d); list.append(d); } else inner(list);
    if (o.listen) list.addEventListener('contentvisibilityautostatechange', () => {});
    if (o.io) { const io = new IntersectionObserver(() => {}); io.observe(list.lastElementChild); }
  }, opts);
  await page.waitForTimeout(1500);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await browser.startTracing(page, { path: '/tmp/an/syn.json', categories: ['devtools.timeline', 'toplevel', 'blink', 'cc', 'blink.user_timing'] });
  await page.evaluate(async (o) => { for (let i = 0; i < 12; i++) { if (o.grow) { const d = document.createElement('div'); d.textContent = 'x'; document.body.append(d); } else scrollBy(0, 5); await new Promise((r) => requestAnimationFrame(() => setTimeout(r, 60))); } }, opts);
  await browser.stopTracing();
  const { traceEvents } = JSON.parse(readFileSync('/tmp/an/syn.json', 'utf8'));
  const ups = traceEvents.filter((e) => e.name === 'WebFrameWidgetImpl::UpdateLifecycle' && e.dur > 1000);
  const gaps = [], durs = [], ios = [];
  for (const u of ups) {
    const inside = traceEvents.filter((e) => e.pid === u.pid && e.tid === u.tid && e.ph === 'X' && e !== u && e.ts >= u.ts && e.ts + e.dur <= u.ts + u.dur).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
    let covered = 0, end = u.ts;
    for (const e of inside) { if (e.ts >= end) { covered += e.dur; end = e.ts + e.dur; } }
    gaps.push((u.dur - covered) / 1000); durs.push(u.dur / 1000);
    ios.push(inside.filter((e) => /computeInter/.test(e.name)).reduce((s, e) => s + e.dur, 0) / 1000);
  }
  const med = (a) => a.sort((x, y) => x - y)[a.length >> 1]?.toFixed(1);
  console.log(label.padEnd(40), 'frames', ups.length, 'lifecycle', med(durs), 'unaccounted', med(gaps), 'io', med(ios));
  await context.close();
}
await run('400 x 24', { n: 400, m: 24 });
await run('400 x 24 grow', { n: 400, m: 24, grow: true });
await run('400 x 2 grow', { n: 400, m: 2, grow: true });
await run('1600 x 6 grow', { n: 1600, m: 6, grow: true });
await run('400 x 24 grow shadow', { n: 400, m: 24, shadow: true, grow: true });
await run('400 x 24 no auto grow', { n: 400, m: 24, grow: true, css: '.s{content-visibility:auto;contain-intrinsic-size:0 2500px}' });
await run('400 x 24 listen grow', { n: 400, m: 24, grow: true, listen: true });
await run('chapters 25x16x24 grow', { n: 16, m: 24, grow: true, chapters: 25 });
await run('chapters 40x40x6 grow', { n: 40, m: 6, grow: true, chapters: 40 });
await run('plain hidden-less grow', { n: 400, m: 24, grow: true, css: '' });
await browser.close(); server.close();
