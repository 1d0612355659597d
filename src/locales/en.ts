import type { Catalogue } from './catalogue.js';

export const en: Catalogue = {
  common: {
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
    removed: 'Your choice was taken back.',
    closed: 'Closed.',
    frozen: 'Paused while it is being reviewed.',
    hidden: 'Results show when it closes.',
    notSaved: 'Not saved. Your choice is as it was before.',
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
  newsletter: {
    email: 'Email address',
    subscribe: 'Subscribe',
    sending: 'Sending',
    emailMissing: 'Your email address is missing.',
    emailInvalid: 'This does not look like an address such as name@example.com.',
    didYouMean: (address) => `Did you mean ${address}?`,
    consentMissing: 'We need your consent to send it.',
    listMissing: 'Choose at least one newsletter.',
    notSent: 'Not sent yet. Your address is still here.',
    checkInbox: 'Check your inbox',
    sentTo: (address) => `We have sent a message to ${address}. Enter the code in it to finish.`,
    code: 'Six-digit code',
    confirm: 'Confirm',
    codeWrong: 'The code is wrong or has expired.',
    openInbox: (provider) => `Open ${provider}`,
    resend: 'Send again',
    resendIn: (seconds) => `Send again in ${seconds} s`,
    resent: 'Sent again.',
    change: 'Change address',
    confirmed: 'You are subscribed',
    confirmedText: (names) => `${names} will come to your inbox. You can stop at any time, from any message.`,
    empty: 'There is no newsletter yet.',
  },
};

function company(others: number, number: string, label: string): string {
  if (others < 1) return `You are the first to say “${label}”.`;
  return `You and ${number} ${others === 1 ? 'other' : 'others'} say “${label}”.`;
}
