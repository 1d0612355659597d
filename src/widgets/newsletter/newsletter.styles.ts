import { css } from 'lit';

/** The height kept for the form is that of src/loader/cloak.css. */
export const styles = css`
  :host {
    --_accent: var(
      --aw-newsletter-accent,
      var(--aw-color-accent, color-mix(in oklab, oklch(0.675 0.24 28.7) 74%, currentColor))
    );
    --_reserve: calc(80px + 8.2em);
    --_reserve-narrow: calc(52px + 3em);
  }
  .signup {
    padding-block: var(--aw-space-4, 16px);
    border-block: 1px solid var(--_line);
  }
  :host(:not([variant='inline'])) .signup {
    padding: var(--aw-space-5, 24px);
    border: 0;
    border-radius: var(--aw-radius-2, 10px);
    background: var(--aw-newsletter-surface, color-mix(in srgb, currentColor 4%, transparent));
  }
  h2 {
    font-size: var(--aw-size-xl, 1.375em);
    outline: 0;
  }
  .promise {
    margin-block: var(--aw-space-1, 4px) var(--aw-space-3, 12px);
    overflow-wrap: anywhere;
  }
  label[for] {
    font-size: var(--aw-size-s, 0.875em);
    font-weight: 600;
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
  .failure,
  .meant {
    margin-block-end: var(--aw-space-2, 8px);
    font-size: var(--aw-size-s, 0.875em);
  }
  .meant button {
    min-block-size: 32px;
    padding: 0;
    text-decoration: underline;
    text-underline-offset: 3px;
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
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--aw-space-3, 12px);
    font-size: var(--aw-size-s, 0.875em);
  }
  .ways .button {
    padding: 0;
  }
  form > h2:has(+ label) {
    margin-block-end: var(--aw-space-2, 8px);
  }
  .block.field {
    border: 0;
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
