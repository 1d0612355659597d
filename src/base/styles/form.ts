import { css } from 'lit';

/** Styles of form fields and buttons. */
export const formStyles = css`
  form,
  fieldset,
  legend {
    margin: 0;
    padding: 0;
    border: 0;
    min-inline-size: 0;
  }
  input,
  textarea,
  select {
    margin: 0;
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  .field {
    inline-size: 100%;
    min-block-size: 44px;
    padding: var(--aw-space-2, 8px) var(--aw-space-3, 12px);
    border: 1px solid color-mix(in srgb, currentColor 45%, transparent);
    border-radius: var(--aw-radius-1, 6px);
    background: transparent;
  }
  .field::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .field[aria-invalid='true'] {
    border-color: var(--_danger);
  }
  /* Not on the host: adopted late, it would restyle a whole thread. */
  form,
  .failure,
  .danger {
    --_danger: var(--aw-color-danger, oklch(from currentColor clamp(0.47, (l - 0.6) * 99, 0.83) 0.13 25));
    accent-color: var(--_accent);
  }
  .failure {
    font-size: var(--aw-size-s, 0.875em);
    color: var(--_danger);
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-block-size: 44px;
    padding-inline: var(--aw-space-4, 16px);
    border-radius: var(--aw-radius-1, 6px);
    font-weight: 600;
    text-decoration: none;
  }
  .primary {
    background: var(--_accent);
    /* Not color, from which the accent is derived. */
    -webkit-text-fill-color: var(--_on-accent);
  }
  .quiet {
    padding-inline: var(--aw-space-2, 8px);
    color: var(--_accent);
  }
  .button[aria-disabled='true'] {
    cursor: default;
    opacity: 0.6;
  }
  @media (forced-colors: active) {
    .button {
      border: 1px solid ButtonText;
      -webkit-text-fill-color: currentColor;
    }
  }
`;
