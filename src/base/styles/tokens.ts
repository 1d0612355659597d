import { css } from 'lit';

/** Generated from tokens.json by scripts/tokens.js: do not edit. */
export const tokens = css`
  :host {
    --_to-text: clamp(0, (var(--_text-limit) - y) / (1.0001 * var(--_pole) - y), 1);
    --_to-shape: clamp(0, (var(--_shape-limit) - y) / (1.0001 * var(--_pole) - y), 1);
    --_accent: var(--_own-accent, var(--aw-color-accent, oklch(calc(0.49 + 0.27 * var(--_pole)) 0.17 28)));
    --_accent-text: color(
      from var(--_accent) xyz-d65 calc(x + (0.9505 * var(--_pole) - x) * var(--_to-text))
        calc(y + (var(--_pole) - y) * var(--_to-text)) calc(z + (1.089 * var(--_pole) - z) * var(--_to-text))
    );
    --_accent-shape: color(
      from var(--_accent) xyz-d65 calc(x + (0.9505 * var(--_pole) - x) * var(--_to-shape))
        calc(y + (var(--_pole) - y) * var(--_to-shape)) calc(z + (1.089 * var(--_pole) - z) * var(--_to-shape))
    );
    --_on-accent: var(
      --aw-color-on-accent,
      color(
        from var(--_accent) xyz-d65 clamp(0, (0.179 - y) * 99999, 0.9505) clamp(0, (0.179 - y) * 99999, 1)
          clamp(0, (0.179 - y) * 99999, 1.089)
      )
    );
    --_text: color(
      from currentColor xyz-d65 calc(x + (0.9505 * var(--_pole) - x) * var(--_to-text))
        calc(y + (var(--_pole) - y) * var(--_to-text)) calc(z + (1.089 * var(--_pole) - z) * var(--_to-text))
    );
    --_muted: color(
      from var(--aw-color-muted, color-mix(in srgb, var(--_ink) 72%, var(--_ground))) xyz-d65
        calc(x + (0.9505 * var(--_pole) - x) * var(--_to-text)) calc(y + (var(--_pole) - y) * var(--_to-text))
        calc(z + (1.089 * var(--_pole) - z) * var(--_to-text))
    );
    --_line: var(--aw-color-line, color-mix(in srgb, currentColor 14%, transparent));
    --_field: color(
      from var(--aw-color-field, color-mix(in srgb, var(--_ink) 45%, var(--_ground))) xyz-d65
        calc(x + (0.9505 * var(--_pole) - x) * var(--_to-shape)) calc(y + (var(--_pole) - y) * var(--_to-shape))
        calc(z + (1.089 * var(--_pole) - z) * var(--_to-shape))
    );
    --_raised: var(
      --aw-color-raised,
      color-mix(in srgb, #fff calc(100% - (100% - 4.5% * var(--_tint)) * var(--_pole)), var(--_ground))
    );
    --_focus: var(--aw-focus, 2px solid var(--_accent-shape));
  }
`;
