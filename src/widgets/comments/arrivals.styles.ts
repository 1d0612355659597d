import { css } from '../../base/style-sheets.js';

/** What is new lies above the thread and takes no room of its own. */
export const arrivalsStyles = css`
  .arrived {
    position: sticky;
    inset-block-start: var(--aw-comments-top, 12px);
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
    /* Not by color, which the accent is mixed with. */
    -webkit-text-fill-color: var(--_on-accent);
    font-variant-numeric: tabular-nums;
  }
  .arrived > .pill {
    margin-block-start: -12px;
  }
  .pill.small {
    position: absolute;
    inset-block-end: 4px;
    inset-inline-end: 2px;
    max-inline-size: 50%;
    min-block-size: 28px;
    padding-inline: var(--aw-space-3, 12px);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 0.8125em;
  }
  @media (forced-colors: active) {
    .pill {
      border-color: ButtonText;
      -webkit-text-fill-color: currentColor;
    }
  }
`;
