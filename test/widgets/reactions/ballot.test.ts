import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reacted, Reactions } from '../../../src/contract/types.js';
import { Ballot } from '../../../src/widgets/reactions/ballot.js';
import { merge } from '../../../src/widgets/reactions/voting.js';

function answer(change: Partial<Reactions> = {}, multiple = false): Reactions {
  const choices = ['great', 'like', 'fun'].map((id) => ({ id, label: id, icon: id }));
  const poll = { id: 'reactions', question: '', choices, multiple, results: 'always', state: 'open' } as const;
  return {
    poll: { ...poll, opensAt: null, closesAt: null },
    counts: { great: 10, like: 5, fun: 0 },
    total: 15,
    version: 3,
    ...change,
  };
}

const counts = (ballot: Ballot) => ['great', 'like', 'fun'].map((id) => ballot.count(id));

describe('in a poll of one', () => {
  test('taking a choice counts it at once', () => {
    const ballot = new Ballot(answer(), null).toggle('like');
    expect([ballot.wanted, counts(ballot), ballot.total]).toEqual([['like'], [10, 6, 0], 16]);
  });

  test('changing moves the count, and nobody is counted twice', () => {
    const ballot = new Ballot(answer(), 'great').toggle('like');
    expect([ballot.wanted, counts(ballot), ballot.total]).toEqual([['like'], [9, 6, 0], 15]);
  });

  test('tapping again takes it back', () => {
    const ballot = new Ballot(answer(), 'great').toggle('great');
    expect([ballot.wanted, counts(ballot), ballot.total]).toEqual([[], [9, 5, 0], 14]);
  });
});

describe('in a poll of several', () => {
  test('choices add up', () => {
    const ballot = new Ballot(answer({}, true), ['great']).toggle('fun');
    expect([ballot.wanted, counts(ballot), ballot.total]).toEqual([['great', 'fun'], [10, 5, 1], 15]);
  });

  test('one can be taken back without the other', () => {
    const ballot = new Ballot(answer({}, true), ['great', 'like']).toggle('great');
    expect([ballot.wanted, counts(ballot), ballot.total]).toEqual([['like'], [9, 5, 0], 15]);
  });
});

test('whatever is tapped, wanting again what was held shows again what the API said', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('great', 'like', 'fun')), fc.boolean(), (taps, multiple) => {
      const start = new Ballot(answer({}, multiple), multiple ? ['great'] : 'great');
      const end = taps.reduce((ballot, id) => ballot.toggle(id), start);
      const undone = end.undo();
      expect([counts(undone), undone.total]).toEqual([[10, 5, 0], 15]);
      if (!multiple) expect(end.wanted.length).toBeLessThan(2);
    }),
  );
});

test('a copy out of a cache that lacks this reader counts the reader', () => {
  const ballot = new Ballot(answer({ counts: { great: 0, like: 0, fun: 0 }, total: 0 }), 'fun');
  expect([counts(ballot), ballot.total]).toEqual([[0, 0, 1], 1]);
});

describe('what the API says after an act', () => {
  const reacted = (change: Partial<Reacted>): Reacted => ({ ...answer(), choice: 'like', version: 4, ...change });

  test('replaces what was known', () => {
    const ballot = merge(
      new Ballot(answer(), null).toggle('like'),
      reacted({ counts: { great: 30, like: 6, fun: 1 } }),
    );
    expect([ballot.held, ballot.wanted, counts(ballot)]).toEqual([['like'], ['like'], [30, 6, 1]]);
  });

  test('does not bring back older counts', () => {
    const ballot = merge(new Ballot(answer({ version: 9 }), null), reacted({ version: 4, counts: { great: 1 } }));
    expect([ballot.held, ballot.answer.version, ballot.count('great')]).toEqual([['like'], 9, 10]);
  });

  test('keeps the poll in the language it was asked in, but takes over that it closed', () => {
    const english = answer();
    english.poll = { ...english.poll, question: 'How do you feel?', state: 'closed' };
    const ballot = merge(new Ballot(answer(), null), { ...english, choice: null });
    expect([ballot.answer.poll.question, ballot.answer.poll.state]).toEqual(['', 'closed']);
  });

  test('keeps what was tapped since it was sent', () => {
    const ballot = merge(new Ballot(answer(), null), reacted({}), ['fun']);
    expect([ballot.held, ballot.wanted, counts(ballot)]).toEqual([['like'], ['fun'], [10, 4, 1]]);
  });
});
