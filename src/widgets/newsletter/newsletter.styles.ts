import { css } from 'lit';

export const styles = css`
  :host {
    --_own-accent: var(--aw-newsletter-accent);
  }
  :host([variant='card']) {
    --_surface: var(--aw-newsletter-surface);
  }
  /* As high as the form for which there is room: the next step shifts nothing, and leaves no hole below. */
  .signup {
    min-block-size: calc(var(--_reserve) + clamp(0px, (var(--_turn) - 100cqi) * 999, var(--_reserve-narrow)));
    align-content: center;
    padding-block: var(--aw-space-4, 16px);
    border-block: 1px solid var(--_line);
  }
  :host([variant='card']) .signup {
    padding: var(--aw-space-5, 24px);
    border: 0;
    border-radius: min(var(--aw-radius-2, 10px), 40px);
    background: var(--_surface, color-mix(in srgb, currentColor calc(4% * var(--_tint)), transparent));
  }
  .heading {
    font-size: var(--aw-size-xl, 1.375em);
  }
  .heading:focus-visible {
    outline: 0;
  }
  .promise {
    margin-block: var(--aw-space-1, 4px) var(--aw-space-3, 12px);
    overflow-wrap: anywhere;
  }
  .issue {
    margin-inline-start: var(--aw-space-1, 4px);
    color: var(--_accent-text);
    text-underline-offset: 3px;
  }
  .issue img {
    display: block;
    margin-block: var(--aw-space-2, 8px);
    object-fit: cover;
    border-radius: var(--aw-radius-1, 6px);
  }
  .entry {
    display: grid;
    grid-template-columns: auto 1fr auto;
    column-gap: var(--aw-space-2, 8px);
    margin-block-start: var(--aw-space-2, 8px);
  }
  .entry label,
  .suggestion {
    align-self: center;
    margin-block-end: var(--aw-space-1, 4px);
    font-size: var(--aw-size-s, 0.875em);
  }
  .entry label {
    font-weight: 600;
  }
  /* Beside the label, in a row that is high enough for it: it shifts nothing. */
  .suggestion {
    grid-area: 1 / 2 / auto / span 2;
    justify-self: end;
    text-align: end;
    color: var(--_accent-text);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .entry label,
  .suggestion {
    min-block-size: 28px;
    align-content: center;
  }
  .entry .field {
    grid-area: 2 / 1 / auto / span 2;
    min-inline-size: 0;
  }
  .entry .primary {
    grid-area: 2 / 3;
  }
  .entry .failure {
    grid-area: 3 / 1 / auto / span 3;
  }
  .failure {
    margin-block-start: var(--aw-space-1, 4px);
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
  .heading:has(+ fieldset) {
    margin-block-end: var(--aw-space-2, 8px);
  }
  .block.box {
    block-size: 44px;
    margin-block-start: 40px;
  }
  .block.open {
    inline-size: 12em;
    block-size: 44px;
  }
  .block.heading {
    inline-size: 40%;
    block-size: 1.25em;
  }
  .block.promise {
    inline-size: 70%;
    block-size: 1.5em;
  }
  .block.consent {
    inline-size: 60%;
    block-size: 20px;
    margin-block: var(--aw-space-1, 4px);
  }
  @media (forced-colors: active) {
    :host([variant='card']) .signup {
      outline: 1px solid;
      outline-offset: -1px;
    }
  }
  @media print {
    :host {
      display: none !important;
    }
  }
  @container (inline-size < 420px) {
    .entry {
      grid-template-columns: auto 1fr;
    }
    .suggestion {
      grid-column: 2;
    }
    .entry .failure {
      grid-column: span 2;
    }
    .entry .primary {
      grid-area: 4 / 1 / auto / span 2;
      margin-block-start: var(--aw-space-2, 8px);
    }
  }
`;
