import { css } from 'lit';

/** The height of a signup form for one list, and for several. The build copies it to cloak.css. */
export const reserve = css`
  :host {
    --_turn: 420px;
    --_reserve: calc(142px + 4.28em + var(--_head, 1.72em));
    --_reserve-narrow: calc(52px + 4.1em);
  }
  :host(:is(:not([list]), [list*=' '])) {
    --_reserve: calc(156px + 4.28em + var(--_head, 1.72em));
  }
  /* The button that opens it. */
  :host([variant='popover']) {
    --_reserve: 44px;
    --_reserve-narrow: 0px;
  }
`;
