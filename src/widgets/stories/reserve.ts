import { css } from 'lit';

/** The height of a rail by its layout and number of stories. The build copies it to cloak.css. */
export const reserve = css`
  :host {
    --_turn: 480px;
    --_items: 8;
    --_reserve: calc(220.5px + 6.488em);
  }
  :host([limit='3']) {
    --_items: 3;
  }
  :host([limit='4']) {
    --_items: 4;
  }
  :host([limit='5']) {
    --_items: 5;
  }
  :host([limit='6']) {
    --_items: 6;
  }
  :host([limit='10']) {
    --_items: 10;
  }
  :host([more]) {
    --_head: 67px;
  }
  :host([layout='list']) {
    --_reserve: calc(var(--_head, 67px) - 13px + var(--_items) * (29px + 3.819em));
    --_reserve-narrow: calc(var(--_items) * 1.3em);
  }
  :host([layout='grid']) {
    --_rows: round(up, var(--_items) / 3, 1);
    --_reserve: var(--_head, 67px);
    --_reserve-narrow: calc(var(--_items) * (37px + 6.244em) - 33px);
    --_reserve-wide: calc(var(--_rows) * (18.75% + 32px + 6.244em) - 24px);
  }
`;
