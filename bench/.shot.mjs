import { launchBrowser } from '../test/setup/launch-browser.js';
import { servePages } from './.tp.mjs';
const served = await servePages();
const browser = await launchBrowser();
for (const dir of ['/tmp/an/cdn-base', '/tmp/an/cdn-full']) {
  process.env.CDN = dir;
  const page = await (await browser.newContext({ viewport: { width: 1000, height: 800 } })).newPage();
  await page.goto(`${served.url}/ours?n=60&size=60`); await page.waitForTimeout(1500);
  const shot = await page.screenshot({ fullPage: true, path: `/tmp/an/shot-${dir.split('-').pop()}.png` });
  const seen = await page.evaluate(async () => { const out = []; scrollTo(0, 4000); for (let i = 0; i < 5; i++) { const a = document.querySelector('.thread').shadowRoot.elementsFromPoint?.(200, 300).map((e) => e.localName + '.' + e.className).slice(0, 2).join(' < '); out.push(a); await new Promise((r) => requestAnimationFrame(() => setTimeout(r))); } return out; });
  console.log(dir, shot.length, seen);
}
await browser.close(); served.close();
