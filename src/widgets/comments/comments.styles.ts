import { css } from 'lit';

export const styles = css`
  :host {
    --_own-accent: var(--aw-comments-accent);
    --_indent: var(--aw-comments-indent, 44px);
  }
  .thread {
    display: flow-root;
  }
  .head {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 var(--aw-space-3, 12px);
    min-block-size: 44px;
  }
  .head > .block {
    inline-size: 9em;
    block-size: 1.25em;
  }
  .heading {
    font-size: 1.25em;
    outline-offset: 4px;
  }
  .heading .muted {
    font-weight: 400;
  }
  .sort {
    min-block-size: 44px;
    padding-inline: 4px 18px;
    border: 0;
    /* Drawn by us: WebKit's own is a grey box. */
    appearance: none;
    background: conic-gradient(from -45deg at 50% 100%, currentColor 90deg, transparent 0) 100% / 10px 5px no-repeat;
    font: inherit;
    font-size: var(--aw-size-s, 0.875em);
    color: var(--_muted);
    cursor: pointer;
    field-sizing: content;
  }
  .sort:dir(rtl) {
    background-position-x: 0;
  }
  .sort option {
    background: Canvas;
    color: CanvasText;
  }
  .question {
    max-inline-size: var(--aw-comments-measure, var(--aw-measure, 65ch));
    margin-block: var(--aw-space-2, 8px) var(--aw-space-3, 12px);
    padding-inline-start: var(--aw-space-3, 12px);
    border-inline-start: 3px solid var(--_accent-shape);
    font-size: var(--aw-size-l, 1.125em);
    text-wrap: pretty;
    unicode-bidi: plaintext;
  }
  .question span {
    display: block;
    font-size: 0.6667em;
    font-weight: 700;
    color: var(--_accent-text);
  }
  .composer {
    margin-block: var(--aw-space-2, 8px) var(--aw-space-4, 16px);
  }
  .line {
    display: block;
    inline-size: 100%;
    min-block-size: max(44px, 1.5em + 18px);
    margin: 0;
    padding: 9px 0;
    border: 0;
    border-block-end: 1px solid var(--_field);
    border-radius: 0;
    background: transparent;
    font: inherit;
    line-height: 1.5;
    color: inherit;
    unicode-bidi: plaintext;
    resize: none;
    field-sizing: content;
  }
  .line::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .first,
  .question,
  .text {
    overflow-wrap: anywhere;
  }
  .comment.blocks {
    padding-block: var(--aw-space-3, 12px);
  }
  .comment.blocks .block {
    display: block;
    inline-size: 70%;
    block-size: 1em;
    margin-block-end: 0.5em;
  }
  .comment.blocks .block:first-child {
    inline-size: 30%;
  }
  .all {
    display: block;
    inline-size: 100%;
    min-block-size: 44px;
    margin-block-start: var(--aw-space-4, 16px);
    border: 1px solid var(--_line);
    border-radius: var(--aw-radius-1, 6px);
    font-weight: 600;
    color: var(--_accent-text);
  }
  .all:hover {
    border-color: currentColor;
  }
  .shut {
    min-block-size: 44px;
    margin-block: var(--aw-space-2, 8px) var(--aw-space-4, 16px);
    border-block: 1px solid var(--_line);
    color: var(--_muted);
  }
  .closing {
    margin-block: calc(-1 * var(--aw-space-2, 8px)) var(--aw-space-3, 12px);
    font-size: 0.8125em;
  }
`;
