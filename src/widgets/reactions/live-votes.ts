import type { StoryClient } from '../../client/index.js';
import { subscribeLive } from '../../client/live.js';
import type { LiveEvent } from '../../contract/types.js';
import type { Ballot } from './ballot.js';

/** Counts that arrive during a vote of the reader are looked at again after this time. */
const pendingRetryMs = 500;

interface LiveVotesHost {
  ballot?: Ballot;
  refresh(): Promise<void>;
}

/** Merges the votes of others into the ballot until the signal aborts. */
export function followLiveVotes(host: LiveVotesHost, client: StoryClient, signal: AbortSignal): void {
  const merge = (event: LiveEvent): void => {
    if (signal.aborted) return;
    if (event.type === 'reset') void host.refresh();
    const { answer, isPending } = host.ballot!;
    if (event.type !== 'reactions' || event.poll !== answer.poll.id) return;
    // The counts may include a vote whose answer is still on its way.
    if (isPending) setTimeout(merge, pendingRetryMs, event);
    else if (event.version > answer.version) host.ballot = host.ballot!.merge(event, event.state);
  };
  subscribeLive(client, merge, signal);
}
