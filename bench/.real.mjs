import { readFileSync } from 'node:fs';
import { launchBrowser } from '../test/setup/launch-browser.js';
import { servePages } from './.tp.mjs';
const served = await servePages();
const browser = await launchBrowser();
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
const page = await context.newPage();
await page.goto(`${served.url}/ours?n=${process.argv[2] ?? 4000}&size=40`, { waitUntil: 'load' });
await page.waitForTimeout(2000);
await page.evaluate(async () => {
  const root = document.querySelector('.thread').shadowRoot;
  const pause = (ms) => new Promise((r) => setTimeout(r, ms));
  const list = root.querySelector('.list');
  const more = () => list.nextElementSibling;
  for (let drawn = 0; more()?.dataset.read === 'more';) { more().click(); for (let w = 0; list.childElementCount === drawn && w < 200; w++) await pause(10); drawn = list.childElementCount; await pause(60); }
});
const devtools = await context.newCDPSession(page);
await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
async function measure(label, grow) {
  await page.waitForTimeout(800);
  await browser.startTracing(page, { path: '/tmp/an/real.json', categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'blink', 'cc'] });
  await page.evaluate(async (o) => { for (let i = 0; i < 12; i++) { if (o) { const d = document.createElement('div'); d.textContent = 'x'; document.body.append(d); } else scrollBy(0, i % 2 ? 5 : -5); await new Promise((r) => requestAnimationFrame(() => setTimeout(r, 60))); } }, grow);
  await browser.stopTracing();
  const { traceEvents } = JSON.parse(readFileSync('/tmp/an/real.json', 'utf8'));
  const ups = traceEvents.filter((e) => e.name === 'WebFrameWidgetImpl::UpdateLifecycle' && e.dur > 500);
  const gaps = [], durs = [], ios = [];
  for (const u of ups) {
    const inside = traceEvents.filter((e) => e.pid === u.pid && e.tid === u.tid && e.ph === 'X' && e !== u && e.ts >= u.ts && e.ts + e.dur <= u.ts + u.dur).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
    let covered = 0, end = u.ts;
    for (const e of inside) { if (e.ts >= end) { covered += e.dur; end = e.ts + e.dur; } }
    gaps.push((u.dur - covered) / 1000); durs.push(u.dur / 1000);
    ios.push(inside.filter((e) => /computeInter/.test(e.name)).reduce((s, e) => s + e.dur, 0) / 1000);
  }
  const med = (a) => a.sort((x, y) => x - y)[a.length >> 1]?.toFixed(1);
  console.log(label.padEnd(30), 'frames', ups.length, 'lifecycle', med(durs), 'unaccounted', med(gaps), 'io', med(ios), 'max', durs.at(-1)?.toFixed(1));
}
console.log(await page.evaluate(() => document.querySelector('.thread').shadowRoot.querySelectorAll('.stretch').length), 'stretches');
await measure('scroll'); await measure('grow', true);
await page.evaluate(() => document.querySelector('.thread').shadowRoot.activeElement?.blur());
await measure('blurred grow', true);
const steps = {
  'no article tabindex': () => document.querySelector('.thread').shadowRoot.querySelectorAll('article').forEach((a) => a.removeAttribute('tabindex')),
  'no ids in articles': () => document.querySelector('.thread').shadowRoot.querySelectorAll('.list [id]').forEach((a) => a.removeAttribute('id')),
  'no aria': () => document.querySelector('.thread').shadowRoot.querySelectorAll('.list [aria-labelledby]').forEach((a) => a.removeAttribute('aria-labelledby')),
  'no parts': () => document.querySelector('.thread').shadowRoot.querySelectorAll('.list [part]').forEach((a) => a.removeAttribute('part')),
  'no buttons': () => document.querySelector('.thread').shadowRoot.querySelectorAll('.list button').forEach((a) => a.remove()),
  'no after-list': () => { const l = document.querySelector('.thread').shadowRoot.querySelector('.list'); while (l.nextSibling) l.nextSibling.remove(); },
  'no dir=auto': () => document.querySelector('.thread').shadowRoot.querySelectorAll('.list [dir]').forEach((a) => a.removeAttribute('dir')),
  'no bdi': () => document.querySelector('.thread').shadowRoot.querySelectorAll('.list bdi').forEach((a) => a.remove()),
  'no style': () => { const r = document.querySelector('.thread').shadowRoot; const s = new CSSStyleSheet(); s.replaceSync('.stretch{content-visibility:auto;contain-intrinsic-size:auto 2500px}'); r.adoptedStyleSheets = [s]; },
  'empty stretches': () => document.querySelector('.thread').shadowRoot.querySelectorAll('.stretch').forEach((a) => a.replaceChildren()),
};
for (const [name, f] of Object.entries(steps)) { await page.evaluate(f); await measure(name, true); }
await browser.close(); served.close();
