import { css } from 'lit';

/** The button, and the form that it opens above the page. */
export const signupPopoverStyles = css`
  #popover {
    position: absolute;
    inset: auto;
    box-sizing: border-box;
    inline-size: min(26em, 100vw - 16px);
    max-block-size: calc(100dvh - 16px);
    margin: 0;
    padding: var(--aw-space-5, 24px);
    overflow: auto;
    border: 1px solid color-mix(in srgb, currentColor 14%, transparent);
    border-radius: var(--aw-radius-2, 10px);
    background: var(--_raised);
    color: var(--_text);
    box-shadow: var(--aw-shadow-float, 0 8px 24px rgb(0 0 0 / 0.18));
    container: widget / inline-size;
  }
  #popover:focus {
    outline: 0;
  }
  #popover:not(.unasked, [data-placed]) {
    opacity: 0;
  }
  #popover.unasked {
    position: fixed;
    inset-block: auto 8px;
    inset-inline: auto 8px;
  }
  #popover .signup {
    min-block-size: 0;
    padding: 0;
    border: 0;
    background: none;
  }
  #popover > .button {
    margin-block-start: var(--aw-space-2, 8px);
  }
  #popover[data-placed] {
    animation: rise var(--aw-duration, 160ms) ease-out;
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(4px);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    #popover[data-placed] {
      animation: none;
    }
  }
`;
