import { css } from 'lit';

/** One story. */
export const cardStyles = css`
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
    inset-block-end: 8px;
    inset-inline-start: 8px;
    padding-block: 1px;
    padding-inline: 6px 8px;
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
    color: var(--_accent-text);
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
    -webkit-line-clamp: var(--_lines, 3);
    line-clamp: var(--_lines, 3);
    overflow: hidden;
    overflow-wrap: break-word;
  }
  [data-enlarged] .clamp {
    --_lines: none;
  }
  .meta {
    min-block-size: 1.5em;
    margin-block-start: 4px;
    font-size: 0.8125em;
    color: var(--_muted);
  }
  time {
    unicode-bidi: plaintext;
  }
  .section::before {
    content: ' · ';
  }
  /* The section is the kicker already. */
  :is([data-layout='carousel'], [data-layout='grid']) .in-kicker {
    display: none;
  }
  .sponsored {
    background: var(--aw-stories-sponsored, color-mix(in srgb, var(--_accent) calc(8% * var(--_tint)), transparent));
  }
  .sponsored :is(.kicker, .title, .meta) {
    padding-inline: 10px;
  }
  /* As high as the other cards. */
  .sponsored .picture {
    margin-block-end: 6px;
  }
  .sponsored .meta {
    margin-block-start: 0;
    padding-block-end: 8px;
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
`;
