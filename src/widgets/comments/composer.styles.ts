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
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
    margin-block-start: 4px;
  }
  .tool {
    min-inline-size: 32px;
    min-block-size: 32px;
    padding: 0 8px;
    border: 0;
    border-radius: var(--aw-radius-1, 6px);
    background: none;
    color: var(--_muted);
    font: inherit;
    font-size: var(--aw-size-s, 0.875em);
    cursor: pointer;
  }
  .tool:hover,
  .tool[aria-pressed='true'] {
    background: color-mix(in srgb, currentColor 10%, transparent);
  }
  .tool.strong {
    font-weight: 700;
  }
  .tool.emphasis {
    font-style: italic;
  }
  .tool.preview {
    margin-inline-start: auto;
  }
  .previewed {
    margin-block-start: var(--aw-space-2, 8px);
    padding: var(--aw-space-2, 8px) 12px;
    border-inline-start: 2px solid color-mix(in srgb, currentColor 20%, transparent);
  }
  .names {
    position: relative;
  }
  .names ul {
    position: absolute;
    z-index: 1;
    inset-inline: 0 auto;
    min-inline-size: 14em;
    max-inline-size: 100%;
    margin: 0;
    padding: 4px;
    list-style: none;
    border: 1px solid color-mix(in srgb, currentColor 25%, transparent);
    border-radius: var(--aw-radius-1, 6px);
    background: var(--aw-color-raised, oklch(from currentColor clamp(0.22, (0.6 - l) * 99, 1) 0 0));
    color: var(--aw-color-text, inherit);
    box-shadow: 0 4px 16px rgb(0 0 0 / 0.15);
  }
  .names li {
    padding: 6px 8px;
    border-radius: 4px;
    cursor: pointer;
  }
  .names [aria-selected='true'] {
    background: color-mix(in srgb, currentColor 12%, transparent);
    outline: 1px solid transparent;
  }
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
    border: 1px solid color-mix(in srgb, currentColor 20%, transparent);
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
  .waiting {
    margin-block: 8px;
    color: inherit;
  }
  .waiting .acts {
    font-size: 1em;
  }
  .acts .danger {
    color: var(--_danger);
    font-weight: 600;
  }
`;
