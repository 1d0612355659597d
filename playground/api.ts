/** The API of a preview: the demo's stories and comments, in the memory of its page. A state changes its data or its answers. */
import demoComments from '../demo/comments.json';
import demoStories from '../demo/stories.json';
import type { Rail, Story } from '../src/contract/types.js';
import { InMemoryApi, type InMemoryThread, toNodes } from '../src/testing/index.js';

interface DemoComment {
  readonly author: string;
  readonly text: string;
  readonly minutesAgo: number;
  readonly likes: number;
  readonly featured?: boolean;
  readonly replies?: readonly DemoComment[];
}

const minuteMs = 60_000;
const rails = ['related', 'most-read', 'latest', 'dont-miss', 'videos', 'sponsored'] as const;

export function installApi(lang: string, site?: string): InMemoryApi {
  const api = new InMemoryApi({ site }).install();
  api.me.reader.name = lang === 'vi' ? 'Bạn đọc' : 'A reader';
  for (const root of demoComments as readonly DemoComment[]) addComment(api.thread, root, null);
  for (const rail of rails) api.rails[rail] = storiesOf(rail, lang);
  api.on('GET counts', ({ query }) => ({
    counts: Object.fromEntries(query.getAll('story').map((story) => [story, { comments: 1284, reactions: 0 }])),
  }));
  return api;
}

function addComment(
  thread: InMemoryThread,
  { author, text, minutesAgo, likes, featured = false, replies = [] }: DemoComment,
  parentId: string | null,
): void {
  const id = `comment-${thread.comments.length + 1}`;
  thread.add(id, {
    parentId,
    author: { id: author, name: author, badges: [] },
    text,
    // The server alone parses inline marks.
    nodes: toNodes(text.replace(/[*`]/g, '')),
    createdAt: new Date(Date.now() - minutesAgo * minuteMs).toISOString(),
    votes: { up: likes, down: 0 },
    featured,
  });
  for (const reply of replies) addComment(thread, reply, id);
}

function storiesOf(rail: Rail['rail'], lang: string): Story[] {
  const now = Date.now();
  const stories = demoStories.filter((story) => story.lang === lang && !('translationOf' in story));
  const kinds: Partial<Record<Rail['rail'], (story: (typeof stories)[number]) => boolean>> = {
    videos: ({ kind }) => kind === 'video',
    sponsored: (story) => 'sponsor' in story,
    'dont-miss': (story) => 'dontMiss' in story,
  };
  return stories.filter(kinds[rail] ?? (() => true)).map((story) => ({
    id: story.slug,
    url: `https://news.example/${story.slug}`,
    title: story.title,
    summary: story.summary,
    publishedAt: new Date(now - story.minutesAgo * minuteMs).toISOString(),
    image: { src: `/demo/pictures/${story.picture}.svg`, width: 1280, height: 720, alt: '' },
    section: story.section,
    byline: story.byline,
    kind: story.kind as Story['kind'],
    reason: rail === 'most-read' ? 'most-read' : 'latest',
    ...('kicker' in story && { kicker: story.kicker }),
    ...('durationSec' in story && { durationSec: story.durationSec }),
    ...('sponsor' in story && { sponsor: story.sponsor }),
  }));
}
