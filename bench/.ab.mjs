// alternating: cost of style+layout of the list re-appended, for css variants; medians of interleaved runs
import { launchBrowser } from '../test/setup/launch-browser.js';
import { servePages } from './.tp.mjs';
const served = await servePages();
const browser = await launchBrowser();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
await page.goto(`${served.url}/ours?n=100&size=100`); await page.waitForTimeout(2500);
const variants = process.argv.slice(2);
const res = await page.evaluate(async (variants) => {
  const r = document.querySelector('.thread').shadowRoot;
  const base = [...r.adoptedStyleSheets];
  const extra = new CSSStyleSheet(); extra.replaceSync('.stretch,.chapter{content-visibility:visible!important}');
  const el = r.querySelector('.list');
  const out = variants.map(() => []);
  for (let round = 0; round < 30; round++) for (const [k, v] of variants.entries()) {
    let sheets = base;
    if (v.startsWith('!')) { const cut = v.slice(1); sheets = base.map((s) => { const rules = [...s.cssRules].map((x) => x.cssText); if (!rules.some((t) => t.startsWith(cut))) return s; const n = new CSSStyleSheet(); n.replaceSync(rules.filter((t) => !t.startsWith(cut)).join('\n')); return n; }); }
    const mine = new CSSStyleSheet(); mine.replaceSync(v.startsWith('!') ? '' : v);
    r.adoptedStyleSheets = [...sheets, extra, mine]; void document.body.offsetHeight; void getComputedStyle(el).color;
    await new Promise((x) => setTimeout(x));
    const kids = [...el.children]; el.replaceChildren(); void document.body.offsetHeight; el.append(...kids);
    const a = performance.now(); void getComputedStyle(el.querySelector('p')).color; void el.offsetHeight; out[k].push(performance.now() - a);
    await new Promise((x) => requestAnimationFrame(() => setTimeout(x)));
  }
  return out.map((o) => o.sort((a, b) => a - b)).map((o) => [o[3], o[15]]);
}, variants);
for (const [k, v] of variants.entries()) console.log(res[k].map((x) => x.toFixed(1)).join(' / '), v.slice(0, 150));
await browser.close(); served.close();
