import { css } from 'lit';
import { tokens } from './tokens.js';

/**
 * What every widget stands on. Typeface, size and colour come from the page; what would break a layout does not:
 * `!important` inside a shadow root outranks the page's `* {all: unset !important}`.
 */
export const widgetStyles = [
  tokens,
  css`
    :host {
      display: block !important;
      direction: ltr !important;
      color: var(--aw-color-text, inherit);
      font-family: var(--aw-font-text, inherit);
    }
    :host(:dir(rtl)) {
      direction: rtl !important;
    }
    :host([hidden]) {
      display: none !important;
    }
    :host([theme='light']) {
      color-scheme: light;
      color: var(--aw-color-text, CanvasText);
    }
    :host([theme='dark']) {
      color-scheme: dark;
      color: var(--aw-color-text, CanvasText);
    }
    *,
    ::before,
    ::after {
      box-sizing: border-box;
    }
    .base {
      container: widget / inline-size;
      display: flow-root;
      position: relative;
      min-block-size: var(--_reserve);
      outline: 0;
      background: var(--_surface);
      line-height: 1.5;
      letter-spacing: normal;
      word-spacing: normal;
      text-align: start;
      text-indent: 0;
      text-transform: none;
      white-space: normal;
      -webkit-text-size-adjust: 100%;
      text-size-adjust: 100%;
    }
    h2,
    h3,
    p,
    ul,
    ol,
    fieldset,
    legend {
      margin: 0;
      padding: 0;
      border: 0;
      min-inline-size: 0;
    }
    h2,
    h3 {
      font-family: var(--aw-font-heading, inherit);
      line-height: 1.25;
    }
    ul,
    ol {
      list-style: none;
    }
    button,
    input,
    textarea,
    select {
      font: inherit;
      color: inherit;
      letter-spacing: inherit;
      margin: 0;
    }
    button {
      background: none;
      border: 0;
      padding: 0;
      cursor: pointer;
      touch-action: manipulation;
      -webkit-tap-highlight-color: transparent;
    }
    a {
      color: inherit;
    }
    :focus-visible {
      outline: var(--_focus);
      outline-offset: 2px;
    }
    .unseen {
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
      border-radius: var(--_radius-1);
      opacity: 0.6;
    }
    .notice {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: center;
      gap: var(--_space-1) var(--_space-3);
      padding-block: var(--_space-3);
      font-size: var(--_size-s);
      color: var(--_muted);
    }
    .button {
      min-block-size: 44px;
      padding-inline: var(--_space-4);
      border-radius: var(--_radius-1);
      font-weight: 600;
    }
    .primary {
      background: var(--_accent);
      color: var(--_on-accent);
    }
    .quiet {
      padding-inline: var(--_space-2);
      color: var(--_accent);
    }
    .button[aria-disabled='true'] {
      cursor: default;
      opacity: 0.6;
    }
    @media (forced-colors: active) {
      .button {
        border: 1px solid ButtonText;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      *,
      ::before,
      ::after {
        transition-property: opacity !important;
        animation: none !important;
      }
    }
    @media print {
      .button {
        display: none;
      }
    }
  `,
];
