import { css } from 'lit';

/** Styles of new-comment buttons, permalink targets and open branches. */
export const threadNavigationStyles = css`
  .skip {
    position: absolute;
    z-index: 3;
    inset-block-start: 0;
    inset-inline-end: 0;
    padding: 0 var(--aw-space-3, 12px);
    border: 1px solid var(--_press);
    border-radius: var(--aw-radius-1, 6px);
    background: var(--_raised);
    font-size: var(--aw-size-s, 0.875em);
    font-weight: 600;
    line-height: 42px;
    color: var(--_text);
  }
  .skip:not(:focus) {
    clip-path: inset(50%);
    pointer-events: none;
  }
  /* Floats above the thread without taking space. */
  .new-comments {
    position: sticky;
    inset-block-start: calc(var(--aw-comments-top, 12px) + 14px);
    z-index: 2;
    block-size: 0;
    text-align: center;
  }
  .pill {
    min-block-size: 36px;
    padding-inline: var(--aw-space-4, 16px);
    border: 1px solid var(--_accent-shape);
    border-radius: 18px;
    background: var(--_accent);
    box-shadow: var(--aw-shadow-float, 0 8px 24px rgb(0 0 0 / 0.18));
    font-size: var(--aw-size-s, 0.875em);
    font-weight: 600;
    color: var(--_on-accent);
    font-variant-numeric: tabular-nums;
  }
  .new-comments > .pill {
    /* Between the line below the composer and the first comment. */
    position: relative;
    inset-block-start: -14px;
  }
  .pill.small {
    position: absolute;
    inset-block-end: 4px;
    inset-inline-end: 4px;
    max-inline-size: 50%;
    border-color: transparent;
    background: color-mix(in srgb, var(--_accent) calc(8% * var(--_tint)), transparent);
    box-shadow: none;
    color: var(--_accent-text);
    min-block-size: 28px;
    padding-inline: var(--aw-space-3, 12px);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 0.8125em;
  }
  .target {
    isolation: isolate;
  }
  .target::after {
    content: '';
    position: absolute;
    z-index: -1;
    inset-block: 4px 0;
    inset-inline: -4px 0;
    border-inline-start: 3px solid var(--_accent-shape);
    background: color-mix(in srgb, var(--_accent) calc(7% * var(--_tint)), transparent);
    pointer-events: none;
  }
  .branch {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--aw-space-3, 12px);
    margin-block-start: var(--aw-space-3, 12px);
    padding-inline: 8px;
    border-block-start: 1px solid var(--_accent-shape);
    background: color-mix(in srgb, var(--_accent) calc(5% * var(--_tint)), transparent);
    font-size: var(--aw-size-s, 0.875em);
    overflow-wrap: anywhere;
  }
  .branch button {
    min-block-size: 36px;
    font-weight: 600;
    color: var(--_accent-text);
  }
  .branch button::before {
    content: '← ' / '';
  }
  .branch button:dir(rtl)::before {
    content: '→ ' / '';
  }
  .branch ~ .fold {
    inset-block-start: 102px;
  }
  @media (forced-colors: active) {
    .target::after {
      border-color: Highlight;
    }
    .pill {
      border-color: ButtonText;
    }
  }
`;
