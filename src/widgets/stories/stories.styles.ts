import { css } from 'lit';

/** The rail and its layouts. All cards of a layout have the same height, the one that reserve.ts calculates with. */
export const styles = css`
  :host {
    --_own-accent: var(--aw-stories-accent);
    --_gap: var(--aw-stories-gap, var(--aw-space-4, 16px));
  }
  .rail {
    display: flow-root;
  }
  .head {
    display: flex;
    align-items: center;
    gap: var(--aw-space-1, 4px);
    min-block-size: 55px;
    margin-block-end: 12px;
    padding-block-start: 11px;
    background: linear-gradient(var(--_accent) 0 0) 0 0 / 32px 3px no-repeat;
  }
  .head:dir(rtl) {
    background-position-x: 100%;
  }
  .heading {
    flex: 1;
    font-size: 1.25em;
    font-weight: 700;
  }
  .heading .block {
    display: block;
    inline-size: 7em;
    block-size: 1em;
  }
  .more {
    display: inline-flex;
    align-items: center;
    min-block-size: 44px;
    margin-inline-end: var(--aw-space-2, 8px);
    font-size: var(--aw-size-s, 0.875em);
    font-weight: 600;
    color: var(--_accent-text);
    text-decoration: none;
  }
  .more:hover {
    text-decoration: underline;
  }
  /* The circle ends with the button: it is in line with the cards, and nothing is outside of the column. */
  .turn {
    display: grid;
    place-items: center end;
    inline-size: 44px;
    block-size: 44px;
  }
  .turn:focus-visible {
    outline: 0;
  }
  .turn:focus-visible svg {
    outline: var(--_focus);
    outline-offset: 1px;
  }
  .next {
    margin-inline-start: -4px;
  }
  .turn svg {
    inline-size: 34px;
    block-size: 34px;
    padding: 7px;
    border: 1px solid var(--_line);
    border-radius: 50%;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .previous svg,
  .next:dir(rtl) svg {
    rotate: 180deg;
  }
  .previous:dir(rtl) svg {
    rotate: none;
  }
  .turn[aria-disabled='true'] {
    cursor: default;
    opacity: 0.35;
  }
  .items {
    display: grid;
    gap: var(--_gap);
  }

  [data-layout='carousel'] .items {
    grid-auto-columns: min(var(--aw-stories-card-size, max(248px, 11em)), 100%);
    grid-auto-flow: column;
    margin-block: -4px;
    padding-block: 4px;
    overflow-x: auto;
    overscroll-behavior-x: contain;
    scroll-snap-type: x mandatory;
    scrollbar-width: none;
  }
  [data-layout='carousel'] div.items {
    overflow: hidden;
  }
  [data-layout='carousel'] .item {
    scroll-snap-align: start;
  }
  /* Room for the focus ring, which the row would cut at the sides. */
  [data-layout='carousel'] .card:has(:focus-visible) {
    scale: 0.96;
  }
  [data-layout='carousel'] .title {
    font-size: 1.0625em;
  }

  /* The rank takes the place of the picture. */
  [data-layout='list'] .items {
    gap: 0;
    counter-reset: rank;
  }
  [data-layout='list'] .item {
    counter-increment: rank;
    padding-block: 12px;
    border-block-start: 1px solid var(--_line);
  }
  [data-layout='list'] .item:first-child {
    border: 0;
    padding-block-start: 0;
  }
  /* In the middle of the height that is reserved: two lines, or three where it is narrow. */
  [data-layout='list'] .card {
    grid-template: 'rank title' auto 'rank meta' auto / 3em 1fr;
    --_lines: 2;
    align-content: center;
    min-block-size: calc(4px + 3.819em);
  }
  [data-layout='list'] .title {
    min-block-size: 0;
  }
  [data-layout='list'] .card::before {
    content: counter(rank);
    grid-area: rank;
    align-self: center;
    font-family: var(--aw-font-heading, inherit);
    font-size: 2.5em;
    font-weight: 300;
    line-height: 1;
    font-variant-numeric: lining-nums;
    color: var(--_muted);
  }
  [data-layout='list'] :is(.picture, .kicker) {
    display: none;
  }
  [data-layout='list'] .sponsored {
    --_lines: 1;
    grid-template: 'rank kicker' auto 'rank title' auto 'rank meta' auto / 3em 1fr;
  }
  [data-layout='list'] .sponsored .kicker {
    display: block;
  }
  @container widget (inline-size < 480px) {
    [data-layout='list'] .card {
      --_lines: 3;
      min-block-size: calc(4px + 5.119em);
    }
    [data-layout='list'] .sponsored {
      --_lines: 2;
    }
  }

  /* Narrow: a small picture beside the text. Wide: three columns. */
  [data-layout='grid'] .item:not(:first-child) {
    padding-block-start: var(--_gap);
    border-block-start: 1px solid var(--_line);
  }
  [data-layout='grid'] .card {
    grid-template: 'picture kicker' auto 'picture title' auto 'picture meta' 1fr / 112px 1fr;
    column-gap: 12px;
  }
  [data-layout='grid'] .picture {
    grid-area: picture;
    align-self: start;
    margin: 3px 0 0;
  }
  @container widget (inline-size >= 480px) {
    [data-layout='grid'] .items {
      grid-template-columns: repeat(3, 1fr);
      row-gap: var(--aw-space-5, 24px);
    }
    [data-layout='grid'] .item:not(:first-child) {
      padding: 0;
      border: 0;
    }
    [data-layout='grid'] .card {
      grid-template: 'picture' auto 'kicker' auto 'title' auto 'meta' 1fr / 1fr;
    }
    [data-layout='grid'] .picture {
      margin-block: 0 10px;
    }
  }
  @media (forced-colors: active) {
    .head {
      border-block-start: 3px solid;
      padding-block-start: 8px;
    }
    .turn svg {
      border-color: currentColor;
    }
    .turn[aria-disabled='true'] {
      color: GrayText;
      opacity: 1;
    }
    .card.sponsored {
      outline: 1px solid;
    }
  }
  @media print {
    .more {
      display: none;
    }
    [data-layout='carousel'] .items {
      grid: auto-flow / repeat(3, 1fr);
      overflow: visible;
    }
    .duration {
      background: #fff !important;
    }
    .item {
      break-inside: avoid;
    }
  }
`;
