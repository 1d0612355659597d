import type { InboxCatalogue } from './vi-inbox.js';

export const enInbox: InboxCatalogue = {
  checkInbox: 'Check your inbox',
  sentTo: ['We have sent a message to ', '. Enter the code in it to finish.'],
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
  notSent: 'Not sent yet. Please try again.',
};
