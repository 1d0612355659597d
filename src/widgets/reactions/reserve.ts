import { css } from 'lit';

/**
 * The height of a poll of four choices: in one row, in one row whose labels may take two lines, and in two rows. The build copies
 * it to cloak.css.
 */
export const reserve = css`
  :host {
    --_turn: 480px;
    --_reserve: calc(71px + 3.61em + var(--_head, 16px + 1.25em));
    --_reserve-narrow: calc(2px + 1.14em + clamp(0px, (340px - 100%) * 999, 46px + 3.7em));
  }
  :host([variant='bars']) {
    --_turn: 340px;
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
