import { css } from 'lit';

/** Styles of an open composer: toolbar, preview, name, counter and buttons. */
export const composerStyles = css`
  .composer.open .line {
    min-block-size: 6em;
    max-block-size: 60vh;
    padding: 10px 12px;
    border: 1px solid var(--_field);
    /* A larger one would cut into the text. */
    border-radius: min(var(--aw-radius-1, 6px), 22px);
    resize: vertical;
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
  .foot > .failure {
    flex: 0 0 100%;
    font-size: 1em;
  }
  .hint {
    display: block;
    margin-block-start: var(--aw-space-1, 4px);
    font-size: var(--aw-size-s, 0.875em);
  }
  .composer .composer,
  li > .composer {
    margin-block: var(--aw-space-2, 8px) 0;
    margin-inline-start: var(--_indent);
  }
  /* The form is indented already. */
  .sent > .replies {
    margin-inline-start: 0;
  }
  .row,
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
  }
  .row {
    align-items: center;
    justify-content: space-between;
    min-block-size: 32px;
    margin-block-start: 4px;
  }
  .left {
    margin-inline-start: auto;
    font-size: var(--aw-size-s, 0.875em);
    font-variant-numeric: tabular-nums;
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
    background: color-mix(in srgb, currentColor calc(8% * var(--_tint)), transparent);
  }
  .tool.strong {
    font-weight: 700;
  }
  .tool.emphasis {
    font-style: italic;
  }
  .tool.preview {
    min-block-size: 44px;
    margin-inline-end: auto;
    font-size: inherit;
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
    background: var(--_raised);
    color: var(--_text);
    box-shadow: 0 4px 16px rgb(0 0 0 / 0.15);
  }
  .names li {
    padding: 6px 8px;
    border-radius: 4px;
    cursor: pointer;
  }
  .names [aria-selected='true'] {
    background: color-mix(in srgb, currentColor calc(8% * var(--_tint)), transparent);
    outline: 1px solid transparent;
  }
  @media (forced-colors: active) {
    .tool[aria-pressed='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
