import { launchBrowser } from '../test/setup/launch-browser.js';
import { servePages } from './.tp.mjs';
const served = await servePages();
const browser = await launchBrowser();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
await page.goto(`${served.url}/ours?n=100&size=100`); await page.waitForTimeout(2500);
const found = await page.evaluate(async () => {
  const r = document.querySelector('.thread').shadowRoot;
  const extra = new CSSStyleSheet(); extra.replaceSync('.stretch,.chapter{content-visibility:visible!important}'); r.adoptedStyleSheets = [...r.adoptedStyleSheets, extra];
  const el = r.querySelector('.list');
  const cost = async (n = 12) => { let best = 1e9; for (let i = 0; i < n; i++) { el.style.display = 'none'; void document.body.offsetHeight; el.style.display = ''; const a = performance.now(); void getComputedStyle(el.querySelector('p')).color; void el.offsetHeight; best = Math.min(best, performance.now() - a); } await new Promise((x) => setTimeout(x)); return best; };
  const out = []; out.push(['base', await cost(40)]);
  for (const [s, sheet] of r.adoptedStyleSheets.entries()) {
    if (sheet === extra) continue;
    for (let i = 0; i < sheet.cssRules.length; i++) {
      const text = sheet.cssRules[i].cssText;
      sheet.deleteRule(i); const c = await cost(); sheet.insertRule(text, i);
      out.push([s + ':' + i + ' ' + text.replace(/\s+/g, ' ').slice(0, 110), c]);
    }
  }
  out.push(['base again', await cost(40)]);
  return out;
});
const base = found[0][1];
console.log(found[0], found.at(-1));
for (const [t, c] of found.sort((a, b) => a[1] - b[1]).slice(0, 30)) console.log(c.toFixed(1), t);
await browser.close(); served.close();
