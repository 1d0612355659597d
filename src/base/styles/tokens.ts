import { css } from 'lit';

/** Generated from tokens.json by scripts/tokens.js: do not edit. */
export const tokens = css`
  :host {
    --_accent: var(--aw-color-accent, oklch(from currentColor clamp(0.49, (l - 0.6) * 99, 0.76) 0.17 28));
    --_on-accent: var(--aw-color-on-accent, oklch(from currentColor calc((0.6 - l) * 99) 0 0));
    --_muted: var(--aw-color-muted, color-mix(in srgb, currentColor 72%, transparent));
    --_line: var(--aw-color-line, color-mix(in srgb, currentColor 14%, transparent));
    --_focus: var(--aw-focus, 2px solid var(--_accent));
  }
`;
