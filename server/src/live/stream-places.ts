import { limits } from 'afterword/contract';
import { Problem } from '../problem.js';
import { minuteMs, secondMs } from '../time.js';

/** Streams of one network: mobile carriers put many readers behind one address. */
const maxStreamsPerNetwork = 500;
const maxStreams = 20_000;
const retryAfterSeconds = minuteMs / secondMs;

interface NetworkCounts {
  streams: number;
  stories: number;
}

/** Bounds the open streams of a process, and those of one network with the stories they watch. */
export class StreamPlaces {
  readonly #byNetwork = new Map<string, NetworkCounts>();
  #totalCount = 0;

  /**
   * @returns a function that gives the place back
   * @throws Problem `rate-limited`
   */
  take(network: string, storyCount: number): () => void {
    const counts = this.#byNetwork.get(network) ?? { streams: 0, stories: 0 };
    if (
      this.#totalCount >= maxStreams ||
      counts.streams >= maxStreamsPerNetwork ||
      counts.stories + storyCount > limits.networkLiveStories
    )
      throw new Problem('rate-limited', undefined, { retryAfter: retryAfterSeconds });
    this.#totalCount++;
    counts.streams++;
    counts.stories += storyCount;
    this.#byNetwork.set(network, counts);
    return () => {
      this.#totalCount--;
      counts.streams--;
      counts.stories -= storyCount;
      if (counts.streams === 0) this.#byNetwork.delete(network);
    };
  }
}
