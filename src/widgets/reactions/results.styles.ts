import { css } from '../../base/style-sheets.js';

/** Shares as lines. */
export const resultsStyles = css`
  .bar {
    grid-column: 1;
    inline-size: 64px;
    block-size: 3px;
    /* In the choice's own padding: results come when they come, and nothing moves for them. */
    margin-block: 1px -4px;
    border-radius: 2px;
    background: var(--_line);
    overflow: hidden;
  }
  .bar::before {
    content: '';
    display: block;
    block-size: 100%;
    background: var(--_muted);
    transform: translateX(calc(var(--_share, 0) * 100% - 100%));
    transition: transform 200ms ease-out;
  }
  [aria-pressed='true'] .bar::before {
    background: var(--_held);
  }
`;
