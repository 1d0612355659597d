import { html, nothing } from 'lit';

/** SVG paths of the built-in icons, in a viewBox of 32: the body is filled when its choice is held, the detail is not. */
const builtInIcons: Record<string, [body: string, detail?: string] | null | undefined> = {
  __proto__: null,
  great: ['m16 4.6 3.5 7.2 7.9 1.1-5.7 5.5 1.4 7.9-7.1-3.8-7.1 3.8 1.4-7.9-5.7-5.5 7.9-1.1z'],
  like: [
    'M11 14.6 15.2 5c1.9 0 3.3 1.5 3.3 3.3v4.3h5.9c1.9 0 3.3 1.7 3 3.5l-1.4 8c-.3 1.4-1.5 2.4-3 2.4H5.2V14.6zv11.9',
  ],
  fun: [
    'M4.5 16a11.5 11.5 0 1023 0 11.5 11.5 0 10-23 0z',
    'M9.8 13.4c.7-1.6 2.9-1.6 3.6 0m5.2 0c.7-1.6 2.9-1.6 3.6 0M9.6 17.6h12.8a6.4 6.4 0 01-12.8 0z',
  ],
  improve: ['m5.6 26.4 1.3-5.9L21.4 6a2.7 2.7 0 0 1 3.8 0l.8.8a2.7 2.7 0 0 1 0 3.8L11.5 25.1z', 'm18.6 8.8 4.6 4.6'],
};

/** Renders a choice's icon: the name of a built-in icon, the URL of a picture, or an emoji. */
export function icon(name: string): unknown {
  const [body, detail = ''] = builtInIcons[name] ?? [];
  if (body)
    return html`<svg viewBox="0 0 32 32">
      <path class="body" d=${body} />
      <path class="detail" d=${detail} />
    </svg>`;
  if (/^https?:/.test(name)) return html`<img src=${name} alt="" referrerpolicy="no-referrer" />`;
  return /^[\w-]*$/.test(name) ? nothing : name;
}
