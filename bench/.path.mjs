import { readFileSync } from 'node:fs';
import { launchBrowser } from '../test/setup/launch-browser.js';
import { servePages } from './.tp.mjs';
const served = await servePages();
const browser = await launchBrowser();
const runs = [];
for (let i = 0; i < 4; i++) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${served.url}/blank`);
  const d = await context.newCDPSession(page);
  await d.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.addInitScript(() => { performance.mark('begin'); const c = new MessageChannel(); c.port1.onmessage = () => { performance.mark('ready'); globalThis.done = 1; }; const look = () => { const r = document.querySelector('.thread')?.shadowRoot; const a = r?.querySelectorAll('article, .c') ?? []; const l = a[a.length - 1]; if (l && l.getBoundingClientRect().bottom > innerHeight) c.port2.postMessage(0); else requestAnimationFrame(look); }; requestAnimationFrame(look); });
  await browser.startTracing(page, { path: '/tmp/an/p.json', categories: ['devtools.timeline', 'toplevel', 'v8', 'blink.user_timing', 'blink'] });
  await page.goto(`${served.url}/${process.argv[2] ?? 'ours?n=100&size=20'}`, { waitUntil: 'load' });
  await page.waitForFunction(() => globalThis.done);
  await page.waitForTimeout(200);
  await browser.stopTracing();
  await context.close();
  const { traceEvents: ev } = JSON.parse(readFileSync('/tmp/an/p.json', 'utf8'));
  const begin = ev.find((e) => e.name === 'begin' && /user_timing/.test(e.cat)), ready = ev.find((e) => e.name === 'ready' && /user_timing/.test(e.cat));
  if (!begin || !ready) { console.log('no marks'); continue; }
  const nav = ev.filter((e) => e.name === 'navigationStart' && e.pid === begin.pid && e.ts <= begin.ts).sort((a, b) => b.ts - a.ts)[0] ?? begin;
  runs.push({ total: (ready.ts - nav.ts) / 1000, ev: ev.filter((e) => e.pid === begin.pid && e.tid === begin.tid && e.ph === 'X' && e.ts >= nav.ts && e.ts <= ready.ts), nav, all: ev.filter((e) => /Resource(SendRequest|ReceiveResponse|Finish)/.test(e.name) && e.ts >= nav.ts && e.ts <= ready.ts) });
}
runs.sort((a, b) => a.total - b.total);
console.log(runs.map((r) => Math.round(r.total)));
const run = runs[1];
const ids = {};
for (const e of run.all) { const dt = e.args.data; if (e.name === 'ResourceSendRequest') ids[dt.requestId] = dt.url.split('/').pop().slice(0, 30); }
const lines = run.all.map((e) => [e.ts, `${e.name} ${ids[e.args.data.requestId]}`]);
for (const t of run.ev.filter((e) => e.name === 'ThreadControllerImpl::RunTask' && e.dur > 2500)) {
  const inside = run.ev.filter((e) => e !== t && e.ts >= t.ts && e.ts + e.dur <= t.ts + t.dur && ['UpdateLayoutTree', 'Layout', 'PrePaint', 'Paint', 'EvaluateScript', 'v8.evaluateModule', 'v8.compileModule', 'V8.CompileCode', 'ParseHTML', 'FunctionCall', 'RunMicrotasks', 'v8.run', 'v8.callFunction', 'V8.GC_Scavenger', 'MinorGC', 'FireAnimationFrame', 'TimerFire', 'v8.produceCache', 'CullRectUpdate', 'Commit', 'V8.FinalizeDeserialization', 'v8.deserialize'].includes(e.name) && e.dur > 1200);
  lines.push([t.ts, `TASK ${(t.dur / 1000).toFixed(0)} ms  ` + inside.map((e) => `${e.name}${e.args?.data?.url ? ' ' + e.args.data.url.split('/').pop().slice(0, 12) : ''} ${(e.dur / 1000).toFixed(0)}`).join(', ')]);
}
for (const [ts, l] of lines.sort((a, b) => a[0] - b[0])) console.log(String(Math.round((ts - run.nav.ts) / 1000)).padStart(5), l);
await browser.close(); served.close();
console.log('--- inside the longest tasks');
for (const t of run.ev.filter((e) => e.name === 'ThreadControllerImpl::RunTask' && e.dur > 20000)) {
  console.log('TASK', Math.round((t.ts - run.nav.ts) / 1000), Math.round(t.dur / 1000));
  const stack = [];
  for (const e of run.ev.filter((e) => e !== t && e.ts >= t.ts && e.ts + e.dur <= t.ts + t.dur && e.dur > 1500)) { while (stack.length && stack.at(-1) <= e.ts) stack.pop(); console.log(' '.repeat(2 * stack.length + 2), '+' + Math.round((e.ts - t.ts) / 1000), e.name, (e.dur / 1000).toFixed(1), e.args?.data?.url?.split('/').pop().slice(0, 20) ?? e.args?.fileName?.split('/').pop().slice(0, 20) ?? ''); stack.push(e.ts + e.dur); }
}
