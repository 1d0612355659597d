/** The columns that this migration reads and writes, as they were before it. */
export interface Tables {
  sites: { id: string; originsJson: string };
  stories: { id: string; siteId: string; key: string; title: string | null };
  story_aliases: { siteId: string; key: string; storyId: string };
  story_reads: { storyId: string; value: number; at: number; total: number };
  polls: { storyId: string | null };
  reaction_votes: { storyId: string; pollId: string; readerId: string; choicesJson: string; changedAt: number };
  reaction_tallies: {
    storyId: string;
    pollId: string;
    countsJson: string;
    voters: number;
    version: number;
    frozenAt: number | null;
    frozenWhy: string | null;
  };
  threads: { storyId: string; total: number; version: number };
  comments: { storyId: string; state: string };
  thread_orders: { storyId: string };
}
