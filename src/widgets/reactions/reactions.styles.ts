import { css } from 'lit';

export const styles = css`
  :host {
    --_own-accent: var(--aw-reactions-accent);
    --_icon: var(--aw-reactions-icon-size, 32px);
  }
  .question {
    display: flex;
    align-items: center;
    gap: var(--aw-space-3, 12px);
    margin-block: var(--aw-space-2, 8px);
    font-size: 1em;
    font-weight: 600;
    text-align: center;
    text-wrap: balance;
  }
  .question::before,
  .question::after {
    content: '';
    flex: 1 0 var(--aw-space-4, 16px);
    border-block-start: 1px solid var(--_line);
  }
  .choices {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(80px, 1fr));
    gap: var(--aw-reactions-gap, var(--aw-space-2, 8px)) 0;
    max-inline-size: 640px;
    margin-inline: auto;
  }
  .choice {
    display: grid;
    grid-row: span 4;
    grid-template-rows: subgrid;
    justify-items: center;
    row-gap: 0;
    padding: var(--aw-space-2, 8px) var(--aw-space-1, 4px);
    border-radius: var(--aw-radius-1, 6px);
    font-size: var(--aw-size-s, 0.875em);
    line-height: 1.3;
  }
  .icon {
    inline-size: var(--_icon);
    block-size: var(--_icon);
    margin-block-end: 6px;
    font-size: calc(var(--_icon) * 0.8);
    line-height: var(--_icon);
  }
  svg,
  img {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .label,
  .count {
    grid-column: 1;
  }
  /* Reserves the width of the bold label while it is not bold. */
  .label {
    display: grid;
    text-wrap: balance;
  }
  .label > *,
  .label::after {
    grid-area: 1 / 1;
  }
  .label::after {
    content: attr(data-label) / '';
    font-weight: 700;
    visibility: hidden;
  }
  /* A box of constant size: a share in place of a count is no layout shift. */
  .count {
    justify-self: stretch;
    min-block-size: 1.5em;
    font-size: 0.857em;
    line-height: 1.5;
    font-variant-numeric: tabular-nums;
    color: var(--_muted);
  }
  [aria-pressed='true'] {
    background: color-mix(in srgb, var(--_accent) calc(8% * var(--_tint)), transparent);
  }
  [aria-pressed='true'] .icon {
    color: var(--_accent-shape);
  }
  [aria-pressed='true'] .body {
    fill: var(--_accent);
  }
  [aria-pressed='true'] .detail {
    stroke: var(--_on-accent);
  }
  [aria-pressed='true'] .label > * {
    font-weight: 700;
  }
  [aria-disabled='true'] {
    cursor: default;
  }
  @media (hover: hover) {
    .choice:not([aria-disabled]):hover .icon {
      color: var(--_accent-shape);
    }
  }
  .summary {
    min-block-size: 1.5em;
    margin-block: var(--aw-space-1, 4px) var(--aw-space-2, 8px);
    font-size: var(--aw-size-s, 0.875em);
    text-align: center;
    text-wrap: balance;
    color: var(--_muted);
  }
  .question > .block {
    inline-size: 12em;
    block-size: 1.25em;
  }
  .icon.block {
    border-radius: 50%;
  }
  .label.block {
    inline-size: 4em;
    block-size: 1.3em;
  }
  @container (inline-size < 340px) {
    .choices {
      grid-template-columns: 1fr 1fr;
    }
    .choice:last-child:nth-child(odd) {
      grid-column: 1 / -1;
    }
  }
  /* As wide as its button. */
  :host([variant='compact']) .base {
    container: none;
  }
  :host([variant='compact'])::after {
    content: none;
  }
  /* One line for each choice. */
  .bars .choices {
    grid-template-columns: 1fr;
    gap: var(--aw-space-1, 4px);
  }
  .bars .choice {
    grid-row: auto;
    grid-template: auto 3px / 20px 1fr minmax(4em, auto);
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
    text-align: end;
  }
  @media (forced-colors: active) {
    [aria-pressed='true'] :is(.icon, .count) {
      color: HighlightText;
    }
    [aria-pressed='true'] .body {
      fill: HighlightText;
    }
    [aria-pressed='true'] .detail {
      stroke: Highlight;
    }
  }
`;
