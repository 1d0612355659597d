import type { Site } from './store.js';

/**
 * Returns the tags to paste into a page, as README.md shows them.
 *
 * @param url the address of the server
 * @param lists the ids of the site's newsletters
 */
export function widgetTags(url: string, { id }: Pick<Site, 'id'>, lists: readonly string[]): string {
  return [
    `<link rel="stylesheet" href="${url}/cloak.css" />`,
    `<script type="module" src="${url}/afterword.js" data-site="${id}"></script>`,
    '',
    '<aw-reactions></aw-reactions>',
    '<aw-stories rail="dont-miss"></aw-stories>',
    '<aw-comments></aw-comments>',
    ...lists.map((list) => `<aw-newsletter list="${list}"></aw-newsletter>`),
    '',
  ].join('\n');
}
