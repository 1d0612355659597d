/** Host pages for screenshots: three papers of different style, each with all widgets. */

/** @typedef {{ name: string, style: string }} Host */

/** @type {Host[]} */
export const hosts = [
  {
    name: 'serif-newspaper',
    style: `
      :root { color-scheme: light dark; }
      body { font: 18px/1.6 Georgia, 'Liberation Serif', 'DejaVu Serif', serif; color: light-dark(#222, #ddd); background: light-dark(#fffdf8, #16161a); }
      h1 { font-size: 2em; line-height: 1.2; }
      header { border-block: 1px solid; border-top-width: 4px; text-align: center; padding: 12px; }`,
  },
  {
    name: 'sans-tabloid',
    style: `
      :root { color-scheme: light; }
      body { font: 16px/1.5 Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; color: #10233f; background: #fde9d9; --aw-color-accent: #0a58ca; }
      h1 { font-size: 1.8em; font-weight: 900; text-transform: uppercase; }
      header { background: #c4001a; color: #fff; font-weight: 900; padding: 12px 16px; }
      * { box-sizing: content-box; } button { background: gold; } ul { list-style: square; }`,
  },
  {
    name: 'dark-magazine',
    style: `
      body { font: 17px/1.7 'Helvetica Neue', 'Liberation Sans', 'DejaVu Sans', sans-serif; color: #e8e6e1; background: #101014; --aw-color-accent: #f0b35a; }
      h1 { font-size: 2.4em; font-weight: 300; line-height: 1.15; }
      header { letter-spacing: 0.3em; text-transform: uppercase; padding: 20px 0; opacity: 0.7; }`,
  },
];

/**
 * Returns a page about the demo's lead story.
 *
 * @param {Host} host
 * @param {string} lang
 * @param {string} [variant] of its poll
 */
export function hostPage({ style }, lang, variant = 'buttons') {
  const words = texts[lang] ?? texts.en;
  return `<!doctype html>
<html lang="${lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="canonical" href="/">
<title>${words?.headline}</title>
<style>body { margin: 0; } main, header { max-width: 760px; margin-inline: auto; } main { padding: 0 16px 48px; } main > * + * { margin-block-start: 32px; } ${style}</style>
<script type="module" src="/afterword.js" data-site="demo"></script>
<header>${words?.paper}</header>
<main>
  <h1>${words?.headline}</h1>
  <p>${words?.body} <aw-comment-count></aw-comment-count></p>
  <aw-reactions variant="${variant}"></aw-reactions>
  <aw-stories rail="dont-miss"></aw-stories>
  <aw-stories rail="most-read" layout="list" limit="5"></aw-stories>
  <aw-stories rail="latest" layout="grid" limit="6"></aw-stories>
  <aw-newsletter list="daily"></aw-newsletter>
  <aw-comments open></aw-comments>
</main>
</html>`;
}

/** @type {Record<string, { paper: string, headline: string, body: string }>} */
const texts = {
  vi: {
    paper: 'Nhật báo Bến Sông',
    headline: 'Chuyến phà cuối cùng qua sông trước ngày thông cầu',
    body: 'Sáng sớm, những người bán rau ở bờ bên kia vẫn đứng đợi phà như mọi hôm, dù ai cũng biết tuần sau bến sẽ vắng.',
  },
  en: {
    paper: 'The Riverside Daily',
    headline: 'The last ferry across the river before the bridge opens',
    body: 'At dawn the greengrocers of the far bank stood waiting for the ferry as on any day, though all knew that next week the pier would be empty.',
  },
};
