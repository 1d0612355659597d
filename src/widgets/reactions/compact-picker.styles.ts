import { css } from 'lit';

/** One button, and the choices in a popover. */
export const pickerStyles = css`
  .compact .question,
  .compact:not([data-failed]) .summary {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .compact .summary {
    text-align: start;
  }
  .trigger {
    display: inline-flex;
    align-items: center;
    gap: var(--aw-space-2, 8px);
    min-block-size: 44px;
    min-inline-size: 44px;
    margin-block: 2px;
    padding: 0 var(--aw-space-3, 12px);
    border: 1px solid var(--_line);
    border-radius: 22px;
    font-size: var(--aw-size-s, 0.875em);
    font-variant-numeric: tabular-nums;
    user-select: none;
    -webkit-touch-callout: none;
  }
  .trigger .icon {
    --_icon: 22px;
    display: block;
    margin: 0;
  }
  .trigger.held {
    border-color: var(--_accent-shape);
    font-weight: 600;
  }
  .trigger.held .icon {
    color: var(--_accent-shape);
  }
  .trigger.held .body {
    fill: var(--_accent);
  }
  .trigger.held .detail {
    stroke: var(--_on-accent);
  }
  .compact .choices[popover] {
    /* Relative to the page: it scrolls along. */
    position: absolute;
    inset: auto;
    inline-size: max-content;
    max-inline-size: min(26em, 100vw - 16px);
    margin: 0;
    padding: var(--aw-space-1, 4px);
    border: 1px solid color-mix(in srgb, currentColor 14%, transparent);
    border-radius: var(--aw-radius-2, 10px);
    background: var(--_raised);
    color: var(--_text);
    box-shadow: var(--aw-shadow-float, 0 8px 24px rgb(0 0 0 / 0.18));
  }
  .compact .choices:popover-open {
    grid-template-columns: repeat(auto-fit, minmax(min(5em, 100%), 6em));
  }
  .compact .choices:not(:popover-open) {
    display: none;
  }
  @media (width < 430px) {
    .compact .choices:popover-open {
      inline-size: calc(100vw - 16px);
      grid-template-columns: repeat(auto-fit, minmax(min(4.25em, 100%), 1fr));
    }
  }
  .compact .choices:popover-open:not([data-placed]) {
    opacity: 0;
  }
  .compact [data-placed] {
    animation: rise var(--aw-duration, 160ms) ease-out;
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(4px);
    }
  }
  /* Dark, the raised panel takes contrast already. */
  .compact [aria-pressed='true'] {
    background: color-mix(in srgb, var(--_accent) calc((8% - 4.5% * var(--_pole)) * var(--_tint)), transparent);
  }
  .choice[data-under] .icon {
    color: var(--_accent-shape);
  }
  @media (forced-colors: active) {
    .trigger.held {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
    .trigger.held .icon {
      color: HighlightText;
    }
    .trigger.held .body {
      fill: HighlightText;
    }
    .trigger.held .detail {
      stroke: Highlight;
    }
  }
`;
