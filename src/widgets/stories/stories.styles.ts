import { css } from '../../base/style-sheets.js';

/** Every card of a layout is as high as any other, so that the room kept by cloak.css is the room taken. */
export const styles = css`
  :host {
    --_rule: var(--aw-stories-accent, var(--_accent));
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
    background: linear-gradient(var(--_rule) 0 0) 0 0 / 32px 3px no-repeat;
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
    color: var(--_rule);
    text-decoration: none;
  }
  .more:hover {
    text-decoration: underline;
  }
  .turn {
    display: grid;
    place-items: center;
    inline-size: 44px;
    block-size: 44px;
    border-radius: 50%;
  }
  .next {
    margin-inline: -4px -5px;
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
  .card {
    position: relative;
    display: grid;
    grid-template-rows: auto auto auto 1fr;
    align-content: start;
    block-size: 100%;
  }
  .picture {
    position: relative;
    aspect-ratio: 16 / 9;
    margin-block-end: 10px;
    overflow: hidden;
    border-radius: 0;
    background: var(--_line);
  }
  .picture svg,
  .picture img {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  .picture svg {
    fill: none;
    stroke: currentColor;
    stroke-width: 0.8;
    stroke-linecap: round;
    opacity: 0.25;
  }
  .picture img[hidden] {
    display: none;
  }
  .duration {
    position: absolute;
    inset: auto auto 8px 8px;
    padding: 1px 8px 1px 6px;
    border-radius: 3px;
    background: rgb(0 0 0 / 78%);
    color: #fff;
    font-size: 0.75em;
    font-variant-numeric: tabular-nums;
  }
  .duration::before {
    content: '▶ ' / '';
    font-size: 0.75em;
  }
  .kicker {
    min-block-size: 1.5em;
    font-size: var(--aw-size-xs, 0.75em);
    font-weight: 700;
    color: var(--_rule);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .title {
    min-block-size: 3.9em;
    font-size: 1em;
    font-weight: 700;
    line-height: 1.3;
    text-wrap: pretty;
  }
  .title a {
    color: inherit;
    text-decoration: none;
  }
  .title a::after {
    content: '';
    position: absolute;
    inset: 0;
  }
  .title a:focus-visible {
    outline: 0;
  }
  .title a:focus-visible::after {
    outline: var(--_focus);
    outline-offset: 2px;
  }
  .clamp {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    line-clamp: 3;
    overflow: hidden;
    overflow-wrap: break-word;
  }
  .meta {
    block-size: 1.5em;
    margin-block-start: 4px;
    overflow: hidden;
    font-size: 0.8125em;
    color: var(--_muted);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  time {
    unicode-bidi: plaintext;
  }
  .section::before {
    content: ' · ';
  }
  /* It stands above the title already, where there is no other word for it. */
  :is([data-layout='carousel'], [data-layout='grid']) .told {
    display: none;
  }
  .paid {
    background: var(--aw-stories-sponsored, color-mix(in srgb, var(--_rule) 8%, transparent));
  }
  .paid :is(.kicker, .title, .meta) {
    padding-inline: 10px;
  }
  span.block {
    display: block;
    block-size: 1em;
    margin-block-end: 0.3em;
  }
  .meta .block {
    inline-size: 50%;
  }
  @media (hover: hover) {
    .card:hover .clamp {
      text-decoration: underline;
      text-decoration-thickness: 1px;
      text-underline-offset: 0.2em;
    }
  }

  [data-layout='carousel'] .items {
    grid-auto-columns: min(var(--aw-stories-card-size, 248px), 100%);
    grid-auto-flow: column;
    margin: -4px;
    padding: 4px;
    overflow-x: auto;
    overscroll-behavior-x: contain;
    scroll-padding-inline: 4px;
    scroll-snap-type: x mandatory;
    scrollbar-width: none;
  }
  [data-layout='carousel'] div.items {
    overflow: hidden;
  }
  [data-layout='carousel'] .item {
    scroll-snap-align: start;
  }
  [data-layout='carousel'] .title {
    font-size: 1.0625em;
  }

  /* Most read: the numerals are the picture. */
  [data-layout='list'] .items {
    gap: 0;
    counter-reset: place;
  }
  [data-layout='list'] .item {
    counter-increment: place;
    padding-block: 12px;
    border-block-start: 1px solid var(--_line);
  }
  [data-layout='list'] .item:first-child {
    border: 0;
    padding-block-start: 0;
  }
  [data-layout='list'] .card {
    grid-template: 'place title' auto 'place meta' auto / 3em 1fr;
  }
  [data-layout='list'] .card::before {
    content: counter(place);
    grid-area: place;
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
  [data-layout='list'] .paid .kicker {
    display: block;
    grid-area: title;
  }
  [data-layout='list'] .paid .clamp {
    padding-block-start: 1.2em;
    -webkit-line-clamp: 2;
    line-clamp: 2;
  }

  /* Small pictures beside words where it is narrow, side by side where it is wide. */
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
    .turn[aria-disabled='true'] {
      color: GrayText;
      opacity: 1;
    }
    .card.paid {
      outline: 1px solid;
    }
  }
`;
