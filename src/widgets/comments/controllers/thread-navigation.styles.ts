import { css } from 'lit';

/** Styles of new-comment buttons, permalink targets and open branches. */
export const threadNavigationStyles = css`
  /* Floats above the thread without taking space. */
  .new-comments {
    position: sticky;
    inset-block-start: calc(var(--aw-comments-top, 12px) + 26px);
    z-index: 2;
    block-size: 0;
    text-align: center;
  }
  .pill {
    min-block-size: 36px;
    padding-inline: var(--aw-space-4, 16px);
    border: 1px solid transparent;
    border-radius: 18px;
    background: var(--_press);
    box-shadow: var(--aw-shadow-float, 0 8px 24px rgb(0 0 0 / 0.18));
    font-size: var(--aw-size-s, 0.875em);
    font-weight: 600;
    /* Not color, from which the accent is derived. */
    -webkit-text-fill-color: var(--_on-accent);
    font-variant-numeric: tabular-nums;
  }
  .new-comments > .pill {
    /* Over the line below the composer. */
    position: relative;
    inset-block-start: -26px;
  }
  .pill.small {
    position: absolute;
    inset-block-end: 4px;
    inset-inline-end: 4px;
    max-inline-size: 50%;
    background: color-mix(in srgb, var(--_press) 11%, transparent);
    box-shadow: none;
    color: var(--_press);
    -webkit-text-fill-color: currentColor;
    min-block-size: 28px;
    padding-inline: var(--aw-space-3, 12px);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 0.8125em;
  }
  .target::after {
    content: '';
    position: absolute;
    inset-block: 4px 0;
    inset-inline: -8px 0;
    border-inline-start: 3px solid var(--_press);
    background: color-mix(in srgb, var(--_press) 7%, transparent);
    pointer-events: none;
  }
  .branch {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--aw-space-3, 12px);
    margin-block-start: var(--aw-space-3, 12px);
    padding-inline: 8px;
    border-block-start: 1px solid var(--_press);
    background: color-mix(in srgb, var(--_press) 5%, transparent);
    font-size: var(--aw-size-s, 0.875em);
    overflow-wrap: anywhere;
  }
  .branch button {
    min-block-size: 36px;
    font-weight: 600;
    color: var(--_press);
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
      -webkit-text-fill-color: currentColor;
    }
  }
`;
