import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reacted, Reactions } from '../../../src/contract/types.js';
import { Ballot } from '../../../src/widgets/reactions/ballot.js';

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

describe('toggling a choice, in a poll that takes one', () => {
  test('adds it to the counts', () => {
    const ballot = new Ballot(answer(), null).toggle('like');
    expect([ballot.wanted, counts(ballot), ballot.total]).toEqual([['like'], [10, 6, 0], 16]);
  });

  test('moves the count from another choice and keeps the total', () => {
    const ballot = new Ballot(answer(), 'great').toggle('like');
    expect([ballot.wanted, counts(ballot), ballot.total]).toEqual([['like'], [9, 6, 0], 15]);
  });

  test('removes it when it is held', () => {
    const ballot = new Ballot(answer(), 'great').toggle('great');
    expect([ballot.wanted, counts(ballot), ballot.total]).toEqual([[], [9, 5, 0], 14]);
  });
});

describe('toggling a choice, in a poll that takes several', () => {
  test('adds it to the others', () => {
    const ballot = new Ballot(answer({}, true), ['great']).toggle('fun');
    expect([ballot.wanted, counts(ballot), ballot.total]).toEqual([['great', 'fun'], [10, 5, 1], 15]);
  });

  test('removes it without the others', () => {
    const ballot = new Ballot(answer({}, true), ['great', 'like']).toggle('great');
    expect([ballot.wanted, counts(ballot), ballot.total]).toEqual([['like'], [9, 5, 0], 15]);
  });
});

test('undo returns to the counts of the API, whatever was toggled', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('great', 'like', 'fun')), fc.boolean(), (choices, multiple) => {
      const start = new Ballot(answer({}, multiple), multiple ? ['great'] : 'great');
      const end = choices.reduce((ballot, id) => ballot.toggle(id), start);
      const undone = end.undo();
      expect([counts(undone), undone.total]).toEqual([[10, 5, 0], 15]);
      if (!multiple) expect(end.wanted.length).toBeLessThan(2);
    }),
  );
});

test('is pending from a toggle until the API has answered', () => {
  const ballot = new Ballot(answer(), 'great');
  const toggled = ballot.toggle('like');
  expect(
    [ballot, toggled, toggled.undo(), toggled.merge(answer(), 'open', 'like')].map((one) => one.isPending),
  ).toEqual([false, true, false, false]);
});

test('counts this reader where a cached answer does not', () => {
  const ballot = new Ballot(answer({ counts: { great: 0, like: 0, fun: 0 }, total: 0 }), 'fun');
  expect([counts(ballot), ballot.total]).toEqual([[0, 0, 1], 1]);
});

test('sends an array where the poll takes several, else an id or null', () => {
  const [single, multiple] = [new Ballot(answer()), new Ballot(answer({}, true))];
  expect([single.toHeldChoice(['great']), single.toHeldChoice([])]).toEqual(['great', null]);
  expect([multiple.toHeldChoice(['great']), multiple.toHeldChoice([])]).toEqual([['great'], []]);
});

describe('merge', () => {
  const vote = (change: Partial<Reacted> = {}): Reacted => ({ ...answer(), choice: 'like', version: 4, ...change });

  test('replaces counts and the held choice', () => {
    const ballot = new Ballot(answer(), null)
      .toggle('like')
      .merge(vote({ counts: { great: 30, like: 6, fun: 1 } }), 'open', 'like');
    expect([ballot.held, ballot.wanted, counts(ballot)]).toEqual([['like'], ['like'], [30, 6, 1]]);
  });

  test('ignores older counts', () => {
    const ballot = new Ballot(answer({ version: 9 }), null).merge(vote({ counts: { great: 1 } }), 'open', 'like');
    expect([ballot.held, ballot.answer.version, ballot.count('great')]).toEqual([['like'], 9, 10]);
  });

  test('takes over the state of the poll, but not its texts', () => {
    const english = vote();
    english.poll = { ...english.poll, question: 'How do you feel?' };
    const ballot = new Ballot(answer(), null).merge(english, 'closed', null);
    expect([ballot.answer.poll.question, ballot.answer.poll.state]).toEqual(['', 'closed']);
  });

  test('keeps the held choice where only counts are known', () => {
    const ballot = new Ballot(answer(), 'great').merge({ counts: { great: 30 }, total: 30, version: 4 });
    expect([ballot.held, ballot.count('great'), ballot.answer.poll.state]).toEqual([['great'], 30, 'open']);
  });

  test('keeps a choice toggled since the vote', () => {
    const ballot = new Ballot(answer(), null).merge(vote(), 'open', 'like', ['fun']);
    expect([ballot.held, ballot.wanted, counts(ballot)]).toEqual([['like'], ['fun'], [10, 4, 1]]);
  });
});
