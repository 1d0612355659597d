import { launchBrowser } from '../test/setup/launch-browser.js';
import { servePages } from './.tp.mjs';
const served = await servePages();
const browser = await launchBrowser();
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
const cost = async (page, root) => page.evaluate(async (which) => {
  const t = document.querySelector('.thread');
  const el = which === 'list' ? t.shadowRoot.querySelector('.list') : t.shadowRoot?.querySelector('ul') ?? t;
  const runs = [];
  for (let i = 0; i < 40; i++) {
    el.style.display = 'none'; void document.body.offsetHeight;
    el.style.display = ''; const a = performance.now(); getComputedStyle(el.querySelector('p')).color; const b = performance.now(); void el.offsetHeight; const c = performance.now();
    runs.push([b - a, c - b]);
    await new Promise((r) => setTimeout(r));
  }
  const q = (k) => runs.map((x) => x[k]).sort((a, b) => a - b)[10].toFixed(2);
  return { style: q(0), layout: q(1), height: el.offsetHeight };
}, root);
for (const [name, path] of [['static', 'static?n=100'], ['lit', 'lit?n=100']]) {
  const page = await context.newPage(); await page.goto(`${served.url}/${path}`); await page.waitForTimeout(800);
  console.log(name, await cost(page, 'ul')); await page.close();
}
const page = await context.newPage(); await page.goto(`${served.url}/ours?n=100&size=100`); await page.waitForTimeout(2500);
const setCss = (css) => page.evaluate((css) => { const r = document.querySelector('.thread').shadowRoot; globalThis.extra ??= new CSSStyleSheet(); extra.replaceSync('.stretch,.chapter{content-visibility:visible!important}' + css); r.adoptedStyleSheets = [...r.adoptedStyleSheets.filter((s) => s !== extra), extra]; }, css);
await setCss(''); console.log('ours', await cost(page, 'list'), await page.evaluate(() => document.querySelector('.thread').shadowRoot.querySelector('article').outerHTML.replace(/<!--[^>]*-->/g, '')));
for (const css of process.argv.slice(2)) { await setCss(css); console.log(css.slice(0, 90).padEnd(90), JSON.stringify(await cost(page, 'list'))); }
await setCss(''); console.log('ours again', await cost(page, 'list'));
await browser.close(); served.close();
