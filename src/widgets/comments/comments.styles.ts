import { css } from '../../base/style-sheets.js';

/** The height kept for the thread is that of cloak.css. */
export const styles = css`
  :host {
    --_press: var(--aw-comments-accent, var(--_accent));
    --_indent: var(--aw-comments-indent, 44px);
  }
  .thread {
    display: flow-root;
    min-block-size: calc(180px + 9em);
  }
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: var(--aw-space-3, 12px);
    min-block-size: 44px;
  }
  .head > .block {
    inline-size: 9em;
    block-size: 1.25em;
  }
  h2 {
    font-size: 1.25em;
    outline-offset: 4px;
  }
  h2 .muted {
    font-weight: 400;
    font-variant-numeric: tabular-nums;
  }
  .sort {
    min-block-size: 44px;
    padding-inline: 4px;
    border: 0;
    background: transparent;
    font: inherit;
    font-size: var(--aw-size-s, 0.875em);
    color: var(--_muted);
    cursor: pointer;
    field-sizing: content;
  }
  .sort option {
    background: Canvas;
    color: CanvasText;
  }
  .question {
    max-inline-size: var(--aw-comments-measure, var(--aw-measure, 65ch));
    margin-block: var(--aw-space-2, 8px) var(--aw-space-3, 12px);
    padding-inline-start: var(--aw-space-3, 12px);
    border-inline-start: 3px solid var(--_press);
    font-size: var(--aw-size-l, 1.125em);
    text-wrap: pretty;
  }
  .question span {
    display: block;
    font-size: 0.6667em;
    font-weight: 700;
    color: var(--_press);
  }
  .composer {
    margin-block: var(--aw-space-2, 8px) var(--aw-space-4, 16px);
  }
  .line {
    display: block;
    inline-size: 100%;
    min-block-size: 44px;
    block-size: 44px;
    margin: 0;
    padding: 9px 0;
    border: 0;
    border-block-end: 1px solid color-mix(in srgb, currentColor 45%, transparent);
    border-radius: 0;
    background: transparent;
    font: inherit;
    line-height: 1.5;
    color: inherit;
    resize: none;
  }
  .composer.open .line {
    block-size: auto;
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
  .comment > article {
    position: relative;
    padding-block: var(--aw-space-3, 12px) 0;
    padding-inline-start: 44px;
    outline-offset: 2px;
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
  .avatar {
    position: absolute;
    inset: 14px auto auto 0;
    display: grid;
    place-items: center;
    inline-size: 32px;
    block-size: 32px;
    border-radius: 50%;
    background: oklch(0.9 0.055 var(--_hue, 30));
    color: oklch(0.36 0.09 var(--_hue, 30));
    font-size: 15px;
    font-weight: 700;
    line-height: 1;
    object-fit: cover;
  }
  .avatar:dir(rtl) {
    inset: 14px 0 auto auto;
  }
  .hue1 {
    --_hue: 75;
  }
  .hue2 {
    --_hue: 120;
  }
  .hue3 {
    --_hue: 165;
  }
  .hue4 {
    --_hue: 210;
  }
  .hue5 {
    --_hue: 255;
  }
  .hue6 {
    --_hue: 300;
  }
  .hue7 {
    --_hue: 345;
  }
  .by {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--aw-space-2, 8px);
    font-size: var(--aw-size-s, 0.875em);
  }
  .name {
    font-weight: 700;
    overflow-wrap: anywhere;
  }
  .badge {
    padding-inline: 6px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--_press) 11%, transparent);
    color: var(--_press);
    font-size: 0.857em;
    font-weight: 600;
  }
  .by time {
    font-size: 0.929em;
  }
  .text {
    max-inline-size: var(--aw-comments-measure, var(--aw-measure, 65ch));
    unicode-bidi: isolate;
  }
  .text > * + * {
    margin-block-start: 0.5em;
  }
  .text ul,
  .text ol {
    padding-inline-start: 1.5em;
    list-style: disc;
  }
  .text ol {
    list-style: decimal;
  }
  .text a {
    color: var(--_press);
    text-underline-offset: 0.15em;
  }
  blockquote {
    margin: 0;
    padding-inline-start: var(--aw-space-3, 12px);
    border-inline-start: 2px solid var(--_line);
    color: var(--_muted);
  }
  pre {
    margin: 0;
    overflow-x: auto;
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--aw-space-4, 16px);
    font-size: 0.8125em;
    color: var(--_muted);
  }
  .acts button,
  .replies > .more {
    min-block-size: 36px;
    min-inline-size: 24px;
  }
  .acts button:hover,
  .more:hover {
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  .vote[aria-pressed='true'] {
    color: var(--_press);
    font-weight: 600;
  }
  .count {
    font-variant-numeric: tabular-nums;
  }
  .gone {
    padding-block-end: var(--aw-space-2, 8px);
    font-size: var(--aw-size-s, 0.875em);
    font-style: italic;
  }
  .replies {
    position: relative;
    margin-inline-start: var(--_indent);
  }
  /* The line that the replies hang on can be pressed. */
  .fold {
    position: absolute;
    inset-block: 8px 4px;
    inset-inline-start: calc(-16px - var(--_indent) + 16px);
    inline-size: 32px;
    background: linear-gradient(var(--_line) 0 0) center / 1px 100% no-repeat;
  }
  .fold:hover {
    background-image: linear-gradient(var(--_press) 0 0);
    background-size: 2px 100%;
  }
  .replies > .more {
    font-size: var(--aw-size-s, 0.875em);
    font-weight: 600;
    color: var(--_press);
  }
  .all {
    display: block;
    inline-size: 100%;
    min-block-size: 44px;
    margin-block-start: var(--aw-space-4, 16px);
    border: 1px solid var(--_line);
    border-radius: var(--aw-radius-1, 6px);
    font-weight: 600;
    color: var(--_press);
  }
  .all:hover {
    border-color: currentColor;
  }
  @container widget (inline-size < 480px) {
    .replies {
      margin-inline-start: min(var(--_indent), 20px);
    }
    .fold {
      inset-inline-start: -20px;
    }
    .replies .avatar {
      inline-size: 24px;
      block-size: 24px;
      font-size: 12px;
    }
    .replies .comment > article {
      padding-inline-start: 34px;
    }
    .replies .replies .replies .replies {
      margin-inline-start: 0;
    }
  }
  @media (forced-colors: active) {
    .avatar,
    .badge {
      border: 1px solid;
    }
    .vote[aria-pressed='true'] {
      color: Highlight;
    }
  }
  @media print {
    .composer,
    .acts,
    .sort,
    .all {
      display: none;
    }
  }
`;
