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
    border: 1px solid var(--_field);
    border-radius: min(var(--aw-radius-1, 6px), 22px);
    background: transparent;
  }
  .field::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .field[aria-invalid='true'] {
    border-color: var(--_danger);
  }
  form {
    accent-color: var(--_accent-shape);
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
    /* A light accent on a light page shows by its edge. */
    box-shadow: inset 0 0 0 1px var(--_accent-shape);
    color: var(--_on-accent);
  }
  .quiet {
    padding-inline: var(--aw-space-2, 8px);
    color: var(--_accent-text);
  }
  .button[aria-disabled='true'] {
    cursor: default;
  }
  .primary[aria-disabled='true'] {
    opacity: 0.6;
  }
  .quiet[aria-disabled='true'] {
    color: var(--_muted);
  }
  @media (forced-colors: active) {
    .button {
      border: 1px solid ButtonText;
    }
  }
`;
