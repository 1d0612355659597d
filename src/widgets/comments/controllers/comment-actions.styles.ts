import { css } from 'lit';

/** Styles of own comments: held and queued ones, and the question before one is deleted. */
export const commentActionsStyles = css`
  .held {
    margin-block-start: 4px;
    padding-inline-start: var(--aw-space-2, 8px);
    border-inline-start: 2px dotted;
    font-size: var(--aw-size-s, 0.875em);
    color: var(--_muted);
  }
  .queued {
    margin-block: 8px;
    color: inherit;
  }
  .queued .actions {
    font-size: 1em;
  }
  .queued .actions > :first-child {
    flex: 0 0 100%;
  }
  .actions .danger {
    color: var(--_danger);
    font-weight: 600;
  }
`;
