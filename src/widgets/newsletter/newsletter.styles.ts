import { css } from 'lit';

export const styles = css`
  :host {
    --_accent: var(
      --aw-newsletter-accent,
      var(--aw-color-accent, oklch(from currentColor clamp(0.49, (l - 0.6) * 99, 0.76) 0.17 28))
    );
  }
  .signup {
    padding-block: var(--aw-space-4, 16px);
    border-block: 1px solid var(--_line);
  }
  :host(:is([variant='card'], [variant='popover'])) .signup {
    padding: var(--aw-space-5, 24px);
    border: 0;
    border-radius: var(--aw-radius-2, 10px);
    background: var(--aw-newsletter-surface, color-mix(in srgb, currentColor 4%, transparent));
  }
  h2 {
    font-size: var(--aw-size-xl, 1.375em);
  }
  h2:focus-visible {
    outline: 0;
  }
  .promise {
    margin-block: var(--aw-space-1, 4px) var(--aw-space-3, 12px);
    overflow-wrap: anywhere;
  }
  /* High enough for the suggestion, so that it shifts nothing. */
  .above {
    display: flex;
    justify-content: space-between;
    align-items: center;
    gap: var(--aw-space-2, 8px);
    min-block-size: 28px;
    white-space: nowrap;
    font-size: var(--aw-size-s, 0.875em);
  }
  .above label {
    font-weight: 600;
  }
  .suggestion {
    min-block-size: 28px;
    color: var(--_accent);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .row {
    display: flex;
    gap: var(--aw-space-2, 8px);
    margin-block: var(--aw-space-1, 4px) var(--aw-space-2, 8px);
  }
  .row .field {
    flex: 1;
    min-inline-size: 0;
  }
  .failure {
    margin-block-end: var(--aw-space-2, 8px);
  }
  .consent {
    display: flex;
    gap: var(--aw-space-2, 8px);
    padding-block: var(--aw-space-1, 4px);
    font-size: var(--aw-size-s, 0.875em);
    line-height: 1.45;
  }
  .consent input {
    flex: none;
    inline-size: 20px;
    block-size: 20px;
    margin: 0;
  }
  .code {
    max-inline-size: 12em;
    font-variant-numeric: tabular-nums;
    letter-spacing: 0.4em;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--aw-space-3, 12px);
    font-size: var(--aw-size-s, 0.875em);
  }
  .actions .button {
    padding: 0;
  }
  h2:has(+ .above) {
    margin-block-end: var(--aw-space-2, 8px);
  }
  .block.box {
    block-size: 44px;
    margin-block: var(--aw-space-1, 4px) var(--aw-space-2, 8px);
  }
  .block.heading {
    inline-size: 40%;
    block-size: 1.7em;
  }
  .block.promise {
    inline-size: 70%;
    block-size: 1.5em;
  }
  .block.consent {
    inline-size: 60%;
    block-size: 1.3em;
  }
  @container (inline-size < 420px) {
    .row {
      flex-direction: column;
    }
    .row .field {
      flex: none;
      max-inline-size: none;
    }
  }
`;
