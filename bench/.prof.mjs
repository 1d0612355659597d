import { launchBrowser } from '../test/setup/launch-browser.js';
import { servePages } from './.tp.mjs';
const served = await servePages();
const browser = await launchBrowser();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
await page.goto(`${served.url}/ours?n=10000&size=40`); await page.waitForTimeout(2000);
const d = await page.context().newCDPSession(page);
const go = (n) => page.evaluate(async (n) => {
  const root = document.querySelector('.thread').shadowRoot; const list = root.querySelector('.list');
  const pause = (ms) => new Promise((r) => setTimeout(r, ms));
  const last = () => list.lastElementChild?.lastElementChild?.lastElementChild; const more = () => list.nextElementSibling;
  let c = 0;
  for (let drawn = last(); c < n && more()?.dataset.read === 'more'; drawn = last(), c++) { more().click(); for (let w = 0; last() === drawn && w < 200; w++) await pause(20); await pause(60); }
  return c;
}, n);
await go(110);
await d.send('Profiler.enable'); await d.send('Profiler.setSamplingInterval', { interval: 200 }); await d.send('Profiler.start');
const n = await go(30);
const { profile } = await d.send('Profiler.stop');
const self = {}, total = {};
const dt = profile.timeDeltas; const byId = new Map(profile.nodes.map((x) => [x.id, x]));
const parent = new Map(); for (const x of profile.nodes) for (const c of x.children ?? []) parent.set(c, x.id);
profile.samples.forEach((s, i) => { const t = dt[i] / 1000; const node = byId.get(s); const key = (x) => `${x.callFrame.functionName || '(anon)'}:${x.callFrame.url.split('/').pop().slice(0, 18)}:${x.callFrame.columnNumber}`; self[key(node)] = (self[key(node)] ?? 0) + t; const seen = new Set(); for (let at = s; at; at = parent.get(at)) { const k = key(byId.get(at)); if (!seen.has(k)) { seen.add(k); total[k] = (total[k] ?? 0) + t; } } });
console.log('clicks', n);
console.log('SELF'); for (const [k, t] of Object.entries(self).sort((a, b) => b[1] - a[1]).slice(0, 22)) console.log((t / n).toFixed(2), k);
console.log('TOTAL'); for (const [k, t] of Object.entries(total).sort((a, b) => b[1] - a[1]).slice(0, 30)) console.log((t / n).toFixed(2), k);
await browser.close(); served.close();
