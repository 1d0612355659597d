import { css } from 'lit';

/** Styles of a comment's menu, its report form and its history. */
export const commentMenuStyles = css`
  .panel {
    margin-block-start: 4px;
  }
  .items {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .items button {
    min-block-size: 32px;
    padding: 0 12px;
    border: 1px solid var(--_field);
    border-radius: 16px;
    background: none;
    color: inherit;
    font: inherit;
    font-size: var(--aw-size-s, 0.875em);
    cursor: pointer;
  }
  .items button:hover {
    border-color: currentColor;
  }
  .report fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }
  .report legend {
    padding: 0;
    font-weight: 600;
  }
  .report label {
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: 32px;
  }
  .report .note {
    flex-direction: column;
    align-items: stretch;
    gap: 4px;
    margin-block-start: 4px;
  }
  .history ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .history li {
    margin-block: 8px;
    padding-inline-start: 12px;
    border-inline-start: 2px solid color-mix(in srgb, currentColor 20%, transparent);
  }
`;
