import type { Catalogue } from './catalogue.js';

export const en: Catalogue = {
  common: {
    thousands: ',',
    ago: (count, unit) =>
      !unit
        ? 'just now'
        : unit === 'day' && count === 1
          ? 'yesterday'
          : `${count} ${unit}${count === 1 ? '' : 's'} ago`,
    error: 'Something is wrong with this part.',
    offline: 'This part could not be loaded.',
    retry: 'Try again',
    rateLimited: 'That was a little fast. Wait a moment, then try again.',
  },
  reactions: {
    choice: (label, count) => `${label}, ${count}`,
    feels: (others, number, label) => company(others, number, label),
    chose: (others, number, label) => company(others, number, label),
    total: (count, number) => `${number} ${count === 1 ? 'reader has' : 'readers have'} taken part.`,
    first: 'Nobody has taken part yet. Be the first.',
    closed: 'Closed.',
    frozen: 'Paused while it is being reviewed.',
    hidden: 'Results show when it closes.',
    notSaved: 'Not saved. Your choice is as it was before.',
  },
  comments: {
    heading: 'Comments',
    sort: 'Sort',
    sorts: { best: 'Best', newest: 'Newest', oldest: 'Oldest', discussed: 'Most discussed' },
    show: (count, number) => `Show ${number} ${count === 1 ? 'comment' : 'comments'}`,
    more: 'More comments',
    replies: (count, number) => `${number} more ${count === 1 ? 'reply' : 'replies'}`,
    read: (count, number) => `${number} ${count === 1 ? 'reply' : 'replies'}`,
    fold: (name) => `Hide or show the replies to ${name}`,
    branch: (count, number) => `Continue this thread (${number} ${count === 1 ? 'reply' : 'replies'})`,
    toParent: (name) => `Go to the comment by ${name}`,
    previous: 'Earlier comments',
    closes: (when) => `Comments close on ${when}.`,
    new: 'New',
    muted: 'You have muted this writer.',
    reveal: 'Show',
    question: 'The newsroom asks',
    write: 'What do you think?',
    first: 'No comments yet. The first word is yours.',
    closed: 'Comments are closed.',
    readOnly: 'Comments can only be read now.',
    guest: 'A reader',
    badges: { staff: 'Newsroom', author: 'Author', moderator: 'Moderator' },
    pinned: 'Pinned',
    featured: 'Editor’s pick',
    edited: 'edited',
    like: 'Like',
    dislike: 'Dislike',
    reply: 'Reply',
    menu: 'More',
    replyTo: (name) => `Reply to ${name}`,
    gone: { deleted: 'The writer has deleted this comment.', removed: 'This comment was removed.' },
    text: 'Your comment',
    notDone: 'That did not work. Try again.',
  },
  stories: {
    rails: {
      related: 'Related stories',
      'most-read': 'Most read',
      latest: 'Latest',
      'dont-miss': 'Don’t miss',
      videos: 'Videos',
      sponsored: 'Sponsored stories',
    },
    more: 'See all',
    previous: 'Earlier stories',
    next: 'More stories',
    sponsored: 'Sponsored',
    empty: 'There are no stories here yet.',
  },
  commentCount: {
    count: (count, number) => `${number} ${count === 1 ? 'comment' : 'comments'}`,
  },
  newsletter: {
    heading: 'Our newsletters',
    email: 'Email address',
    subscribe: 'Subscribe',
    emailMissing: 'Your email address is missing.',
    emailInvalid: 'This does not look like an address such as name@example.com.',
    didYouMean: (domain) => `Meant ${domain}?`,
    consentMissing: 'We need your consent to send it.',
    listMissing: 'Choose at least one newsletter.',
    notSent: 'Not sent yet. Your address is still here.',
    mailOff: 'Mail cannot be sent right now. Please try again later.',
    empty: 'There is no newsletter yet.',
  },
};

function company(others: number, number: string, label: string): string {
  if (others < 1) return `You are the first to say “${label}”.`;
  return `You and ${number} ${others === 1 ? 'other' : 'others'} say “${label}”.`;
}
