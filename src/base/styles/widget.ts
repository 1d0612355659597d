import { css } from 'lit';
import { tokens } from './tokens.js';

/**
 * Styles of every widget. Font, size and colour are inherited from the page. Properties that would break the layout are
 * `!important`: inside a shadow root such a rule outranks the page's `* {all: unset !important}`.
 *
 * A token with a short literal is written where it is used, as in `var(--aw-space-2, 8px)`; a test compares the literals
 * with tokens.json.
 */
export const widgetStyles = [
  tokens,
  css`
    :host {
      display: block !important;
      inline-size: -moz-available;
      inline-size: -webkit-fill-available;
      inline-size: stretch;
      direction: ltr !important;
      color: var(--aw-color-text, inherit);
      font-family: var(--aw-font-text, inherit);
    }
    :host(:dir(rtl)) {
      direction: rtl !important;
    }
    /* Text in a left-to-right script keeps its punctuation at its end, and the side that the layout gives it. */
    :host(:dir(rtl)) :not(article, .count) {
      unicode-bidi: plaintext;
    }
    :host([hidden]),
    [hidden] {
      display: none !important;
    }
    /* Width for parents that shrink to fit their content, which counts for nothing in the container. Wraps where there is less room. */
    :host::after {
      content: '. . . . . . . . . . . . . . . . .' / '';
      display: block;
      font-size: 0;
      line-height: 0;
      word-spacing: 40px;
      visibility: hidden;
    }
    :host([theme]) {
      color: var(--aw-color-text, CanvasText);
    }
    :host([heading-level='none']) {
      --_head: 0px;
    }
    :host([theme='light']) {
      color-scheme: light;
    }
    :host([theme='dark']) {
      color-scheme: dark;
    }
    * {
      box-sizing: border-box;
    }
    .base {
      container: widget / inline-size;
      display: flow-root;
      position: relative;
      outline: 0;
      background: var(--aw-color-surface, transparent);
      color: var(--_text);
      /* Its end reports a new colour to ground-controller.ts. */
      transition: color 1ms;
      font-style: normal;
      line-height: 1.5;
      letter-spacing: normal;
      word-spacing: normal;
      text-align: start;
      text-indent: 0;
      text-transform: none;
      white-space: normal;
    }
    /* Physical: the start of text in another direction is the other side. */
    :host(:dir(rtl)) .base {
      text-align: right;
    }
    /* Reserves the same height as cloak.css. Physical: it has no width. */
    .base::before {
      content: '';
      float: left;
      block-size: var(--_reserve);
      padding-block-start: clamp(0px, (var(--_turn, 340px) - 100%) * 999, var(--_reserve-narrow, 0px));
      padding-block-end: clamp(0px, (100% - var(--_turn, 340px) + 0.1px) * 999, var(--_reserve-wide, 0px));
    }
    p,
    ul,
    ol {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    :is(h1, h2, h3, h4, h5, h6) {
      margin: 0;
      font-family: var(--aw-font-heading, inherit);
      line-height: 1.25;
    }
    button {
      margin: 0;
      padding: 0;
      border: 0;
      background: none;
      font: inherit;
      color: inherit;
      cursor: pointer;
      touch-action: manipulation;
    }
    :focus-visible {
      outline: var(--_focus);
      outline-offset: 2px;
    }
    .visually-hidden {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
      white-space: nowrap;
    }
    .muted {
      color: var(--_muted);
    }
    .block {
      background: var(--_line);
      border-radius: var(--aw-radius-1, 6px);
      opacity: 0.6;
    }
    .notice {
      padding-block: var(--aw-space-3, 12px);
      font-size: var(--aw-size-s, 0.875em);
      text-align: center;
    }
    .notice button {
      min-block-size: 44px;
      padding-inline: var(--aw-space-2, 8px);
      color: var(--_accent-text);
      font-weight: 600;
    }
    /* iOS zooms into a focused field with smaller text. */
    @media (pointer: coarse) {
      input,
      textarea,
      select {
        font-size: max(1em, 16px) !important;
      }
    }
    @media (prefers-contrast: more) {
      :host {
        --_muted: currentColor;
        --_field: currentColor;
        --_line: color-mix(in srgb, currentColor 60%, transparent);
      }
    }
    @media (forced-colors: active) {
      .block {
        outline: 1px solid;
        outline-offset: -1px;
      }
      /* Inverted, so that the focus ring stays to be seen. */
      [aria-pressed='true'] {
        forced-color-adjust: none;
        background: Highlight !important;
        color: HighlightText !important;
      }
    }
    @media print {
      .base,
      .base *,
      .base ::before {
        color: #000 !important;
        background: none !important;
        transition: none !important;
      }
      button,
      form,
      select,
      .base::before {
        display: none !important;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      *,
      ::before {
        transition-property: opacity, color !important;
        animation: none !important;
      }
    }
  `,
];
