// A/B of loading on, several cdn dirs in turn: node .lab.mjs <rounds> <n> dir...
import { launchBrowser } from '../test/setup/launch-browser.js';
import { servePages } from './.tp.mjs';
const [rounds, n, ...dirs] = process.argv.slice(2);
const served = await servePages();
const browser = await launchBrowser();
const all = {};
for (let r = 0; r < Number(rounds); r++) for (const dir of r % 2 ? [...dirs].reverse() : dirs) {
  process.env.CDN = dir; served.forget?.();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${served.url}/blank`);
  await page.addInitScript(() => { globalThis.tasks = []; new PerformanceObserver((l) => tasks.push(...l.getEntries().map((e) => e.duration))).observe({ type: 'longtask', buffered: true }); });
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.goto(`${served.url}/ours?n=${n}&size=40`, { waitUntil: 'load' });
  await page.waitForTimeout(3000);
  const got = await page.evaluate(async () => {
    const root = document.querySelector('.thread').shadowRoot;
    const pause = (ms) => new Promise((r) => setTimeout(r, ms));
    const list = root.querySelector('.list');
    const more = () => list.nextElementSibling;
    const last = () => { let e = list; while (e.lastElementChild && e.localName !== 'li') e = e.lastElementChild; return e; };
    tasks.length = 0; let clicks = 0;
    for (let before = last(); more()?.dataset.read === 'more'; before = last()) {
      more().click(); clicks++;
      for (let w = 0; last() === before && w < 200; w++) await pause(20);
      await pause(150);
    }
    await pause(500);
    return { clicks, tasks };
  });
  await context.close();
  const t = got.tasks.sort((a, b) => b - a);
  (all[dir] ??= []).push(...t);
  console.log(dir.split('/').pop().padEnd(14), 'clicks', got.clicks, 'long', t.length, 'over', t.filter((x) => x > 100).length, 'sum', Math.round(t.reduce((a, b) => a + b, 0)), 'max', t.slice(0, 4).join(' '));
}
for (const [d, t] of Object.entries(all)) { t.sort((a, b) => a - b); console.log('ALL', d.split('/').pop().padEnd(12), 'long', t.length, 'over', t.filter((x) => x > 100).length, 'p50', t[t.length >> 1], 'p95', t[Math.floor(t.length * .95)], 'max', t.at(-1)); }
await browser.close(); served.close();
