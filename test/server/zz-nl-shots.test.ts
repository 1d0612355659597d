import { it } from 'vitest';
import { chromium } from 'playwright';
import { writeFileSync } from 'node:fs';
import { createListener, listen } from '../../server/src/http/listener.js';
import { openNewsletterServer } from './newsletter-mailbox.js';
it('shoots', { timeout: 120_000 }, async () => {
  const port = 18931;
  const server = await openNewsletterServer('sqlite', { AFTERWORD_DEMO: '1', PORT: String(port) });
  await server.services.sites.put({ ...server.site, name: 'Bến Sông' } as never);
  const http = createListener(server.app, server.services.cache);
  await listen(http, port, '127.0.0.1');
  const both = { lists: ['daily', 'weekend'], consent: ['daily-1', 'weekend-1'] };
  await server.subscribe(both);
  const [vi] = await server.mails();
  await server.subscribe({ ...both, email: 'en@reader.example', lang: 'en' });
  const en = (await server.mails()).at(-1);
  const base = `http://localhost:${port}`;
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking'] });
  const problems: string[] = [];
  const shoot = async (name: string, open: (page: import('playwright').Page) => Promise<void>) => {
    for (const [width, scheme] of [[360, 'light'], [1280, 'dark']] as const) {
      const context = await browser.newContext({ viewport: { width, height: 720 }, colorScheme: scheme, javaScriptEnabled: true });
      const page = await context.newPage();
      page.on('console', (m) => problems.push(`${name}: ${m.text()}`));
      page.on('response', (r) => { if (r.status() >= 400) problems.push(`${name}: ${r.status()} ${r.url()}`); });
      await open(page);
      await page.screenshot({ path: `/tmp/nl-${name}-${width}.png`, fullPage: true });
      await context.close();
    }
  };
  const v = (p: string) => `${base}/newsletter/${p}?token=${vi?.tokenFor(p as never)}`;
  await shoot('confirm', async (p) => void (await p.goto(v('confirm'))));
  await shoot('unsubscribe', async (p) => void (await p.goto(v('unsubscribe'))));
  await shoot('subscribe', async (p) => {
    await p.goto(`${base}/newsletter/subscribe?site=paper&list=daily`);
    await p.fill('#email', 'lan@reader');
    await p.click('button');
  });
  let n = 0;
  await shoot('inbox', async (p) => {
    await p.goto(`${base}/newsletter/subscribe?site=paper&list=daily&lang=en`);
    await p.fill('#email', `x${n++}@reader.example`);
    await p.click('button');
    await p.fill('#code', '123 456');
    await p.click('button');
  });
  await shoot('dead', async (p) => void (await p.goto(`${base}/newsletter/confirm?token=zzz`)));
  await shoot('outbox', async (p) => void (await p.goto(`${base}/outbox`)));
  await shoot('mail', async (p) => { await p.goto(`${base}/outbox`); await p.click('li:last-child a'); });
  let links: string[] = [];
  await shoot('confirmed', async (p) => { const t = links.length === 0 ? vi : en; await p.goto(`${base}/newsletter/confirm?token=${t?.tokenFor('confirm')}`); await p.click('button'); links.push(await p.locator('a').getAttribute('href') ?? ''); });
  await shoot('preferences', async (p) => { await p.goto(base + links[0]); await p.uncheck('input[value=weekend]'); await p.click('button'); });
  writeFileSync('/tmp/nl-mail.html', String(vi?.html));
  writeFileSync('/tmp/nl-mail-en.html', String(en?.html));
  await shoot('mailhtml', async (p) => void (await p.goto('file:///tmp/nl-mail.html')));
  await shoot('unsubscribed', async (p) => { await p.goto(v('unsubscribe')); if (await p.locator('button').count()) await p.click('button'); });
  console.log(problems.join('\n'));
  await browser.close();
  http.close();
  await server.close();
});
