import { css } from 'lit';

/** Generated from tokens.json by scripts/tokens.js: do not edit. */
export const tokens = css`
  :host {
    --_accent: var(--aw-color-accent, light-dark(#b3261e, #ff8a80));
    --_on-accent: var(--aw-color-on-accent, light-dark(#ffffff, #33100c));
    --_positive: var(--aw-color-positive, light-dark(#1b7343, #7fd6a4));
    --_danger: var(--aw-color-danger, light-dark(#a3262a, #ffb4a9));
    --_muted: var(--aw-color-muted, color-mix(in srgb, currentColor 65%, transparent));
    --_line: var(--aw-color-line, color-mix(in srgb, currentColor 14%, transparent));
    --_surface: var(--aw-color-surface, transparent);
    --_raised: var(--aw-color-raised, Canvas);
    --_size-xs: var(--aw-size-xs, 0.75em);
    --_size-s: var(--aw-size-s, 0.875em);
    --_size-m: var(--aw-size-m, 1em);
    --_size-l: var(--aw-size-l, 1.125em);
    --_size-xl: var(--aw-size-xl, 1.375em);
    --_space-1: var(--aw-space-1, 4px);
    --_space-2: var(--aw-space-2, 8px);
    --_space-3: var(--aw-space-3, 12px);
    --_space-4: var(--aw-space-4, 16px);
    --_space-5: var(--aw-space-5, 24px);
    --_space-6: var(--aw-space-6, 32px);
    --_radius-1: var(--aw-radius-1, 6px);
    --_radius-2: var(--aw-radius-2, 10px);
    --_shadow-float: var(--aw-shadow-float, 0px 6px 24px rgb(0 0 0 / 18%));
    --_duration: var(--aw-duration, 160ms);
    --_measure: var(--aw-measure, 65ch);
    --_focus: var(--aw-focus, 2px solid var(--_accent));
  }
  @supports (color: oklch(from currentColor l c h)) {
    :host {
      --_night: clamp(0, (l - 0.6) * 99, 1);
      --_accent: var(
        --aw-color-accent,
        oklch(
          from currentColor calc(0.501 + var(--_night) * 0.258) calc(0.178 + var(--_night) * -0.035)
            calc(28.705 + var(--_night) * -2.626)
        )
      );
      --_on-accent: var(
        --aw-color-on-accent,
        oklch(
          from currentColor calc(1 + var(--_night) * -0.771) calc(0 + var(--_night) * 0.058)
            calc(89.876 + var(--_night) * -60.983)
        )
      );
      --_positive: var(
        --aw-color-positive,
        oklch(
          from currentColor calc(0.493 + var(--_night) * 0.315) calc(0.112 + var(--_night) * 0)
            calc(154.287 + var(--_night) * 3.22)
        )
      );
      --_danger: var(
        --aw-color-danger,
        oklch(
          from currentColor calc(0.473 + var(--_night) * 0.365) calc(0.161 + var(--_night) * -0.072)
            calc(24.41 + var(--_night) * 4.002)
        )
      );
    }
  }
`;
