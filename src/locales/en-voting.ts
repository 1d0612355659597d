import type { VotingCatalogue } from './vi-voting.js';

export const enVoting: VotingCatalogue = {
  identity: 'Many guests of this network have voted. Sign in to take part.',
  waiting: 'Not sent yet. Your choice goes out when the connection is back.',
};
