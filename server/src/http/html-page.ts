import { hash } from 'node:crypto';
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** The styles of our own pages, in the fonts and colours of the widgets. */
const style = `
:root { color-scheme: light dark; --accent: light-dark(#b3261e, #ff8a80); --line: color-mix(in srgb, CanvasText 14%, transparent); --muted: color-mix(in srgb, CanvasText 65%, Canvas); }
* { box-sizing: border-box; }
body { margin: 0; background: Canvas; color: CanvasText; font: 1.0625rem/1.5 Charter, 'Bitstream Charter', Cambria, 'Noto Serif', Georgia, serif; }
main { max-inline-size: 44rem; margin-inline: auto; padding: clamp(1.5rem, 6vw, 4rem) 1.25rem; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 1.75rem; margin-block: 0 0.75rem; }
h1::before { content: ''; display: block; inline-size: 3rem; block-size: 4px; margin-block-end: 1rem; background: var(--accent); }
h2 { font-size: 1.25rem; margin-block: 2.5rem 0.5rem; padding-block-start: 1rem; border-block-start: 1px solid var(--line); }
h3 { font-size: 1rem; margin-block: 1.5rem 0.25rem; overflow-wrap: anywhere; }
p, ul, ol, dl, table { margin-block: 0 1rem; }
a { color: inherit; text-decoration-color: var(--accent); text-underline-offset: 0.2em; }
code, pre { font: 0.875em/1.5 ui-monospace, 'DejaVu Sans Mono', monospace; }
pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid var(--line); border-radius: 6px; }
table { inline-size: 100%; border-collapse: collapse; font-size: 0.9375rem; }
th, td { text-align: start; vertical-align: top; padding: 0.5rem 0.75rem 0.5rem 0; border-block-end: 1px solid var(--line); overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.wide { max-inline-size: 60rem; }
button, .button { font: inherit; font-weight: 600; min-block-size: 44px; padding: 0.5rem 1.25rem; border: 0; border-radius: 6px; background: var(--accent); color: light-dark(#fff, #1b0b0a); cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
label { display: block; margin-block: 0.75rem; }
input[type='email'], input[type='text'] { font: inherit; inline-size: 100%; min-block-size: 44px; padding: 0.5rem 0.75rem; border: 1px solid color-mix(in srgb, CanvasText 40%, Canvas); border-radius: 6px; background: Canvas; color: CanvasText; }
.masthead { color: var(--muted); margin-block-end: 2rem; }
form { margin-block-end: 1.5rem; }
button.plain { background: none; color: inherit; border: 1px solid; }
form button { margin-block-start: 1rem; }
.problem { margin-block: 0.5rem; color: light-dark(#a3262a, #ffb4a9); }
.problem:empty { display: none; }
.choice { margin-block: 1.25rem; padding-block-end: 0.25rem; border-block-end: 1px solid var(--line); }
.choice label { margin-block: 0 0.25rem; }
.choice div { padding-inline-start: 1.75rem; font-size: 0.9375rem; }
.choice p { margin-block-end: 0.5rem; }
.trap { position: absolute; inset-inline-start: -9999px; }
.code { max-inline-size: 10rem; font-variant-numeric: tabular-nums; letter-spacing: 0.25em; }
.mails { padding: 0; list-style: none; }
.mails li { padding-block: 0.75rem; border-block-end: 1px solid var(--line); }
.mails span { display: block; font-size: 0.9375rem; }
.mail { white-space: pre-wrap; overflow-wrap: anywhere; margin-block: 1.5rem; }
input[type='checkbox'] { inline-size: 1.25rem; block-size: 1.25rem; margin: 0; margin-inline-end: 0.5rem; vertical-align: -0.2em; accent-color: var(--accent); }
@media (forced-colors: active) { button { border: 1px solid ButtonText; } }
`;
const styleHash = hash('sha256', style, 'base64');
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface HtmlPage {
  readonly title: string;
  readonly lang: string;
  readonly body: Html;
  /** For pages with tables. */
  readonly wide?: boolean;
  readonly status?: 200 | 400 | 403 | 404 | 410 | 422 | 429 | 503;
}

/** Answers a page of our own: without scripts and foreign resources, never cached, framed or indexed. */
export async function htmlPage(
  c: Context,
  { title, lang, body, wide = false, status = 200 }: HtmlPage,
): Promise<Response> {
  const page = await html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main class="${wide ? 'wide' : ''}">${body}</main>
      </body>
    </html>`;
  return c.html(page, status, {
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-robots-tag': 'noindex',
    'x-frame-options': 'DENY',
  });
}
