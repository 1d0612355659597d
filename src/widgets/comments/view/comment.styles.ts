import { css } from 'lit';

/** Styles of a comment and its replies. */
export const commentStyles = css`
  /* Skipped while far from the viewport; a skipped chunk keeps the height it had. Clips at its padding: room for focus rings. */
  .chunk-group,
  .chunk {
    margin-block-end: -4px;
    margin-inline-start: -8px;
    padding-block-end: 4px;
    padding-inline: 8px 4px;
    content-visibility: auto;
    contain-intrinsic-size: auto 1600px;
  }
  .comment-list {
    padding-block-start: 12px;
  }
  .chunk {
    margin-inline-end: -4px;
  }
  .chunk-group {
    contain-intrinsic-size: auto 20000px;
  }
  /* Not display: list-item. Browsers count list items without markers, too: a fifth of the layout time. */
  .comment {
    display: block;
    position: relative;
  }
  article {
    position: relative;
    margin-inline-start: -4px;
    padding-block: var(--aw-space-3, 12px) 0;
    padding-inline-start: 48px;
    scroll-margin-block-start: calc(var(--aw-comments-top, 12px) + 12px);
  }
  /* Inside: a chunk clips what overflows. */
  article:focus-visible {
    outline-offset: -2px;
  }
  .avatar,
  [data-letter]::before {
    content: attr(data-letter) / '';
    position: absolute;
    inset-block-start: 14px;
    inset-inline-start: 4px;
    display: block;
    inline-size: 32px;
    block-size: 32px;
    border-radius: 50%;
    background: oklch(0.9 0.055 var(--_hue, 30));
    color: oklch(0.36 0.09 var(--_hue, 30));
    font-size: 15px;
    font-weight: 700;
    line-height: 32px;
    text-align: center;
    object-fit: cover;
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
  .name,
  .to,
  .badge,
  .time,
  .new {
    margin-inline-end: 6px;
    font-size: var(--aw-size-s, 0.875em);
  }
  .name {
    /* Physical: logical margins follow the direction of the name itself. */
    margin-inline: 0;
    margin-right: 6px;
    font-weight: 700;
    overflow-wrap: anywhere;
  }
  article:dir(rtl) > .name {
    /* Physical, as above. */
    margin-right: 0;
    margin-left: 6px;
  }
  .to {
    min-block-size: 24px;
    max-inline-size: 100%;
    overflow-wrap: anywhere;
    color: var(--_muted);
    text-align: start;
  }
  .to::before {
    content: '↳ ' / '';
  }
  .to:dir(rtl)::before {
    content: '↲ ' / '';
  }
  .badge {
    display: inline-block;
    padding-inline: 6px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--_accent) calc(8% * var(--_tint)), transparent);
    color: var(--_accent-text);
    font-size: 0.75em;
    font-weight: 600;
  }
  .time {
    display: inline-block;
    min-block-size: 24px;
    font-size: 0.8125em;
    line-height: max(24px, 1.5em);
    unicode-bidi: plaintext;
    color: var(--_muted);
    text-decoration: none;
  }
  /* Room for the longest time: a line that grows as time goes on must not wrap. */
  .alone {
    min-inline-size: 6.5em;
  }
  .time:hover,
  .to:hover {
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  .new {
    font-size: 0.75em;
    font-weight: 600;
    color: var(--_accent-text);
    white-space: nowrap;
  }
  .new::before {
    content: '';
    display: inline-block;
    inline-size: 6px;
    block-size: 6px;
    margin-inline-end: 4px;
    border-radius: 50%;
    background: currentColor;
    vertical-align: 0.12em;
  }
  .text {
    max-inline-size: var(--aw-comments-measure, var(--aw-measure, 65ch));
  }
  /* Each line takes its own direction; of a list or a quote, the first decides about the side of marks. */
  .text,
  .text p {
    text-align: start;
    unicode-bidi: plaintext;
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
  .text .wide {
    padding-inline-start: 4em;
  }
  .mention {
    color: var(--_accent-text);
  }
  .text a {
    color: var(--_accent-text);
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
    padding: var(--aw-space-2, 8px) var(--aw-space-3, 12px);
    border-radius: min(var(--aw-radius-1, 6px), 16px);
    background: color-mix(in srgb, currentColor calc(6% * var(--_tint)), transparent);
    direction: ltr;
    text-align: start;
    overflow-x: auto;
    overflow-wrap: normal;
  }
  code {
    font-size: 0.875em;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--aw-space-4, 16px);
    font-size: 0.8125em;
  }
  .actions > * {
    color: var(--_muted);
  }
  .actions button,
  .more {
    min-block-size: 36px;
    min-inline-size: 24px;
  }
  .actions button:hover,
  .more:hover {
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  .vote {
    font-variant-numeric: tabular-nums;
  }
  .vote[aria-pressed='true'] {
    color: var(--_accent-text);
    font-weight: 600;
  }
  .gone {
    padding-block-end: var(--aw-space-2, 8px);
    font-size: var(--aw-size-s, 0.875em);
    font-style: italic;
  }
  .gone button {
    min-block-size: 24px;
    padding-inline: 4px;
    font-style: normal;
    font-weight: 600;
    color: var(--_accent-text);
  }
  .replies {
    margin-inline-start: var(--_indent);
  }
  /* The line that the replies hang on can be pressed. */
  .fold {
    position: absolute;
    inset-block: 52px 6px;
    inset-inline-start: 0;
    inline-size: 32px;
  }
  .removed ~ .fold,
  .deleted ~ .fold {
    inset-block-start: 16px;
  }
  .fold::before {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-start: 15.5px;
    border-inline-start: 1px solid var(--_line);
  }
  .fold:hover::before {
    border-inline-start: 2px solid var(--_accent-shape);
  }
  .more {
    margin-inline-start: 44px;
    font-size: var(--aw-size-s, 0.875em);
    font-weight: 600;
    color: var(--_accent-text);
    text-align: start;
  }
  .replies + .more {
    margin-inline-start: var(--_indent);
  }
  @container widget (inline-size < 480px) {
    .thread {
      --_indent: min(var(--aw-comments-indent, 24px), 24px);
    }
    .replies .avatar,
    .replies [data-letter]::before {
      inline-size: 24px;
      block-size: 24px;
      font-size: 12px;
      line-height: 24px;
    }
    .replies article {
      padding-inline-start: 36px;
    }
    .replies .more {
      margin-inline-start: 32px;
    }
    .replies .replies + .more {
      margin-inline-start: var(--_indent);
    }
    .fold {
      inline-size: 24px;
    }
    .replies .fold {
      inset-block-start: 44px;
    }
    .replies .fold::before {
      inset-inline-start: 11.5px;
    }
  }
`;
