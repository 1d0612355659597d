import type { ReadingCatalogue } from './vi-reading.js';

export const enReading: ReadingCatalogue = {
  back: 'Back to the thread',
  inReplyTo: 'In reply to',
  loaded: (count, number) => `${number} more ${count === 1 ? 'comment is' : 'comments are'} shown.`,
  arrived: (count, number) => `${number} new ${count === 1 ? 'comment' : 'comments'}`,
  arrivedReplies: (count, number) => `${number} new ${count === 1 ? 'reply' : 'replies'}`,
  changed: 'Show what was edited',
  lost: 'The comment that this link leads to is not here.',
};
