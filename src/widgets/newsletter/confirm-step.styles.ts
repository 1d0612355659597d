import { css } from 'lit';

/** The second step of a signup. */
export const confirmStepStyles = css`
  .entry.short {
    display: flex;
    flex-wrap: wrap;
  }
  .short label,
  .short .failure {
    flex: 0 0 100%;
  }
  .short .failure {
    order: 1;
  }
  .short .primary {
    margin: 0;
  }
  /* Six lines to write on, each under the middle of a digit. Physical: digits run to the right. */
  .code {
    inline-size: calc(12.5ch + 26px);
    font-size: 1.25em;
    font-variant-numeric: tabular-nums;
    direction: ltr;
    letter-spacing: 1ch;
    text-indent: 0.3ch;
    background: repeating-linear-gradient(to right, var(--_muted) 0 1.6ch, transparent 0 2ch) 0 100% / 12ch 2px
      no-repeat content-box;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--aw-space-3, 12px);
    margin-block-start: var(--aw-space-1, 4px);
    font-size: var(--aw-size-s, 0.875em);
  }
  .actions .button {
    padding: 0;
  }
`;
