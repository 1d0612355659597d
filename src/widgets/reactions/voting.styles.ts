import { css } from '../../base/style-sheets.js';

/** How a choice settles that was just taken. */
export const votingStyles = css`
  .acted [aria-pressed='true'] .icon {
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
