import { css } from 'lit';

/** The height of a thread whose comments wait behind a button. The build copies it to cloak.css. */
export const reserve = css`
  :host {
    --_reserve: calc(180px + 9em);
  }
`;
