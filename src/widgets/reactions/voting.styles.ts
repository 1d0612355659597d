import { css } from 'lit';

/** Results, and the icon of a choice that was just taken. */
export const votingStyles = css`
  .bar {
    grid-column: 1;
    inline-size: 64px;
    block-size: 3px;
    /* Inside the padding of the choice: results that show later cause no layout shift. */
    margin-block: 1px -4px;
    border-radius: 2px;
    background: var(--_line);
    overflow: hidden;
  }
  .bar::before {
    content: '';
    display: block;
    block-size: 100%;
    background: var(--_muted);
    transform: translateX(calc(var(--_share, 0) * 100% - 100%));
    transition: transform 200ms ease-out;
  }
  .bar:dir(rtl)::before {
    transform: translateX(calc(100% - var(--_share, 0) * 100%));
  }
  [aria-pressed='true'] .bar::before {
    background: var(--_accent-shape);
  }
  @media (forced-colors: active) {
    .bar {
      forced-color-adjust: none;
      background: Canvas;
      outline: 1px solid CanvasText;
    }
    .bar::before {
      background: CanvasText;
    }
    [aria-pressed='true'] .bar {
      background: Highlight;
      outline-color: HighlightText;
    }
    [aria-pressed='true'] .bar::before {
      background: HighlightText;
    }
  }
  .bars .bar {
    grid-column: 2 / -1;
    inline-size: 100%;
    margin: 0;
  }
  [data-acted] [aria-pressed='true'] .icon {
    animation: settle 200ms ease-out;
  }
  @keyframes settle {
    0% {
      transform: scale(0.85);
    }
    60% {
      transform: scale(1.1);
    }
  }
`;
