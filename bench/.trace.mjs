import { writeFileSync, readFileSync } from 'node:fs';
import { launchBrowser } from '../test/setup/launch-browser.js';
import { servePages } from './.tp.mjs';
const rate = Number(process.argv[2] ?? 4);
const served = await servePages();
const browser = await launchBrowser();
await browser.startTracing(undefined, { path: '/tmp/an/trace.json', categories: ['devtools.timeline','toplevel','v8','blink.user_timing',].slice(0,5) }).catch((e)=>console.log(e));
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
const page = await context.newPage();
await page.goto(`${served.url}/blank`);
const devtools = await context.newCDPSession(page);
await devtools.send('Emulation.setCPUThrottlingRate', { rate });
await page.goto(`${served.url}/ours?n=10000&size=40`, { waitUntil: 'load' });
await page.waitForTimeout(2500);
const clicks = await page.evaluate(async () => {
  const root = document.querySelector('.thread').shadowRoot;
  const pause = (ms) => new Promise((r) => setTimeout(r, ms));
  const list = root.querySelector('.list');
  const more = () => list.nextElementSibling;
  let clicks = 0; const last = () => list.lastElementChild.lastElementChild.lastElementChild;
  for (let drawn = last(); more()?.dataset.read === 'more';) {
    performance.mark('click');
    more().click(); clicks++;
    for (let wait = 0; last() === drawn && wait < 200; wait++) await pause(20);
    drawn = last();
    await pause(150);
  }
  return clicks;
});
await browser.stopTracing();
await browser.close(); served.close();
const { traceEvents } = JSON.parse(readFileSync('/tmp/an/trace.json', 'utf8'));
const mains = traceEvents.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain').map((e) => e.pid + ':' + e.tid);
const count = {};
for (const e of traceEvents) { const k = e.pid + ':' + e.tid; if (mains.includes(k)) count[k] = (count[k] ?? 0) + 1; }
const main = Object.entries(count).sort((a, b) => b[1] - a[1])[0][0];
const ev = traceEvents.filter((e) => e.pid + ':' + e.tid === main && e.ph === 'X').sort((a, b) => a.ts - b.ts || b.dur - a.dur);
const marks = traceEvents.filter((e) => e.name === 'click' && e.pid + ':' + e.tid === main).map((e) => e.ts).sort((a, b) => a - b);
const tasks = ev.filter((e) => /RunTask/.test(e.name) && e.ts > marks[0]);
const names = new Set(['UpdateLayoutTree','Layout','PrePaint','Paint','FunctionCall','MinorGC','MajorGC','V8.GC_MC_BACKGROUND','RunMicrotasks','Layerize','Commit','IntersectionObserverController::computeIntersections','ParseHTML','HitTest','V8.GCScavenger','V8.GCIncrementalMarking','V8.GCFinalizeMC','BlinkGC.AtomicPhase','FireAnimationFrame','TimerFire','V8.GCCompactor']);
const out = [];
for (const t of tasks) {
  if (t.dur < 50000) continue;
  const inside = ev.filter((e) => e.ts >= t.ts && e.ts + (e.dur ?? 0) <= t.ts + t.dur && e !== t && names.has(e.name));
  const sums = {};
  for (const e of inside) sums[e.name] = (sums[e.name] ?? 0) + e.dur;
  const click = marks.findLastIndex((m) => m <= t.ts);
  out.push({ click, at: Math.round((t.ts - marks[click]) / 1000), dur: Math.round(t.dur / 1000), sums: Object.fromEntries(Object.entries(sums).filter(([, v]) => v > 2000).map(([k, v]) => [k, Math.round(v / 1000)])) });
}
console.log('clicks', clicks, 'tasks>50', out.length, '>100', out.filter((o) => o.dur > 100).length);
for (const o of out.sort((a, b) => b.dur - a.dur).slice(0, 25)) console.log(o.click, '+' + o.at, o.dur, JSON.stringify(o.sums));
const by = {};
for (const o of out) { const q = Math.floor(o.click / 25); (by[q] ??= []).push(o.dur); }
for (const [q, d] of Object.entries(by)) console.log('clicks', q * 25, 'n', d.length, 'median', d.sort((a, b) => a - b)[d.length >> 1], 'max', d.at(-1));
writeFileSync('/tmp/an/out.json', JSON.stringify(out));
console.log('wall vs cpu of the longest');
for (const t of tasks.filter((t) => t.name === 'ThreadControllerImpl::RunTask').sort((a, b) => b.dur - a.dur).slice(0, 25)) console.log(Math.round(t.dur / 1000), Math.round(t.tdur / 1000));
const cpu = tasks.filter((t) => t.name === 'ThreadControllerImpl::RunTask').map((t) => t.tdur / 1000).sort((a, b) => b - a);
console.log('cpu over 100:', cpu.filter((x) => x > 100).length, 'longest', cpu.slice(0, 5));
