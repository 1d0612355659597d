// thread CPU time of main-thread tasks when loading on, unthrottled: node .cpu.mjs rounds n dirs...
import { readFileSync } from 'node:fs';
import { launchBrowser } from '../test/setup/launch-browser.js';
import { servePages } from './.tp.mjs';
const [rounds, n, ...dirs] = process.argv.slice(2);
const served = await servePages();
const browser = await launchBrowser();
const all = {};
for (let r = 0; r < Number(rounds); r++) for (const dir of r % 2 ? [...dirs].reverse() : dirs) {
  process.env.CDN = dir;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${served.url}/ours?n=${n}&size=40`, { waitUntil: 'load' });
  await page.waitForTimeout(1500);
  await browser.startTracing(page, { path: '/tmp/an/cpu.json', categories: ['toplevel', 'blink.user_timing'] });
  const clicks = await page.evaluate(async () => {
    performance.mark('begin');
    const root = document.querySelector('.thread').shadowRoot;
    const pause = (ms) => new Promise((r) => setTimeout(r, ms));
    const list = root.querySelector('.list');
    const more = () => list.nextElementSibling;
    const last = () => { let e = list; while (e.lastElementChild && e.localName !== 'li') e = e.lastElementChild; return e; };
    let clicks = 0;
    for (let before = last(); more()?.dataset.read === 'more'; before = last()) {
      more().click(); clicks++;
      for (let w = 0; last() === before && w < 200; w++) await pause(10);
      await pause(60);
    }
    return clicks;
  });
  await browser.stopTracing();
  await context.close();
  const { traceEvents } = JSON.parse(readFileSync('/tmp/an/cpu.json', 'utf8'));
  const begin = traceEvents.find((e) => e.name === 'begin');
  const t = traceEvents.filter((e) => e.name === 'ThreadControllerImpl::RunTask' && e.pid === begin.pid && e.tid === begin.tid && e.ts > begin.ts).map((e) => (e.tdur ?? e.dur) / 1000).sort((a, b) => b - a);
  (all[dir] ??= []).push({ t, clicks });
}
for (const [d, runs] of Object.entries(all)) {
  const t = runs.flatMap((x) => x.t).sort((a, b) => b - a); const clicks = runs.reduce((s, x) => s + x.clicks, 0);
  // by click: the k-th longest for k = 1 % of clicks, etc.
  console.log(d.split('/').pop().padEnd(12), 'clicks', clicks, 'cpu/click', (t.reduce((a, b) => a + b, 0) / clicks).toFixed(1), 'longest', t.slice(0, 3).map((x) => x.toFixed(1)).join(' '), 'top 5% of clicks', t[Math.floor(clicks * .05)].toFixed(1), '25%', t[Math.floor(clicks * .25)].toFixed(1), '100%', t[clicks].toFixed(1), 'over 20:', t.filter((x) => x > 20).length, 'over 15:', t.filter((x) => x > 15).length);
}
await browser.close(); served.close();
