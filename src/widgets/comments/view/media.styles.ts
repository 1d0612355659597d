import { css } from 'lit';

/** Styles of a thread in forced colours and in print. They load late, because few readers need them. */
export const mediaStyles = css`
  @media (forced-colors: active) {
    /* An outline, because a border would take space when these styles load. */
    .avatar,
    [data-letter]::before,
    .badge,
    .previewed,
    pre {
      outline: 1px solid;
      outline-offset: -1px;
    }
    .fold::before {
      border-color: GrayText;
    }
    .new::before {
      background: CanvasText;
      forced-color-adjust: none;
    }
  }
  @media print {
    .actions,
    .new-comments {
      display: none;
    }
    .question {
      border-color: currentColor;
    }
    .chunk-group,
    .chunk {
      content-visibility: visible;
    }
  }
`;
