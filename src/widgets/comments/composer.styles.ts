import { css } from '../../base/style-sheets.js';

/** What stands around the field once the reader writes. */
export const composerStyles = css`
  .composer.open .line {
    min-block-size: 6em;
    max-block-size: 60vh;
    padding: 10px 12px;
    border: 1px solid color-mix(in srgb, currentColor 45%, transparent);
    border-radius: var(--aw-radius-1, 6px);
    field-sizing: content;
    resize: vertical;
  }
  .composer .field {
    margin-block-start: var(--aw-space-2, 8px);
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: end;
    gap: var(--aw-space-1, 4px) var(--aw-space-2, 8px);
    margin-block-start: var(--aw-space-2, 8px);
    font-size: var(--aw-size-s, 0.875em);
  }
  .foot > .failure,
  .foot > .left {
    flex: 1 1 auto;
    font-size: 1em;
    font-variant-numeric: tabular-nums;
  }
  .hint {
    margin-block-start: var(--aw-space-1, 4px);
    font-size: var(--aw-size-s, 0.875em);
  }
  .composer .composer,
  li > .composer {
    margin-block: var(--aw-space-2, 8px) 0;
    margin-inline-start: var(--_indent);
  }
  .held {
    margin-block-start: 4px;
    padding-inline-start: var(--aw-space-2, 8px);
    border-inline-start: 2px dotted;
    font-size: var(--aw-size-s, 0.875em);
    color: var(--_muted);
  }
  .acts .danger {
    color: var(--_danger);
    font-weight: 600;
  }
`;
