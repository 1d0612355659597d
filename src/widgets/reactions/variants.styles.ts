import { css } from '../../base/style-sheets.js';

/** The two other looks, fetched by the polls that ask for them. */
export const variants = css`
  :host([variant='compact']) {
    --_reserve: 48px;
    --_reserve-narrow: 0px;
  }
  .bars .choices {
    grid-template-columns: 1fr;
    gap: var(--aw-space-1, 4px);
  }
  .bars .choice {
    grid-row: auto;
    grid-template: auto auto / 20px 1fr auto;
    gap: var(--aw-space-1, 4px) var(--aw-space-3, 12px);
    align-items: center;
    justify-items: start;
    min-block-size: 44px;
    padding: var(--aw-space-2, 8px);
    text-align: start;
  }
  .bars .icon,
  .compact .icon {
    --_icon: 20px;
    margin: 0;
  }
  .bars .label {
    grid-column: 2;
  }
  .bars .count {
    grid-column: 3;
  }
  .bars .bar {
    grid-column: 2 / -1;
    inline-size: 100%;
    margin: 0;
  }
  .compact .question,
  .compact .label,
  .compact .bar,
  .compact:not(.failed) .summary {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .compact .choices {
    display: flex;
    flex-wrap: wrap;
    gap: var(--aw-space-1, 4px);
  }
  .compact .choice {
    display: flex;
    align-items: center;
    gap: 6px;
    min-block-size: 44px;
    min-inline-size: 44px;
    padding: var(--aw-space-1, 4px) var(--aw-space-2, 8px);
  }
`;
