import { css } from 'lit';

/** The height of a poll of four choices. The build copies it to cloak.css. */
export const reserve = css`
  :host {
    --_reserve: calc(73px + 4.75em + var(--_head, 16px + 1.25em));
    --_reserve-narrow: calc(46px + 3.7em);
  }
  :host([variant='bars']) {
    --_reserve: calc(201px + 1.35em + var(--_head, 16px + 1.25em));
    --_reserve-narrow: 1.25em;
  }
  :host([variant='compact']) {
    inline-size: auto;
    --_reserve: 48px;
    --_reserve-narrow: 0px;
  }
  /* Its skeleton is that of the other variants. */
  :host([variant='compact']:state(loading)) {
    block-size: 48px;
    overflow: clip;
  }
`;
