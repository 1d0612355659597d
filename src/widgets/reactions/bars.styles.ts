import { css } from '../../base/style-sheets.js';

/** One line for each choice. */
export const bars = css`
  :host([variant='bars']) {
    --_reserve: calc(217px + 2.6em);
    --_reserve-narrow: 1.25em;
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
  .bars .icon {
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
`;
