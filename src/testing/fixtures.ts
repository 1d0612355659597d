/** Builds one object of each shape of the contract; every field can be overridden. */
import type {
  Comment,
  CommentNode,
  Comments,
  Me,
  NewsletterList,
  Poll,
  Reader,
  Story,
  Thread,
} from '../contract/types.js';

const pollWords = {
  vi: ['Cảm nhận của bạn về bài viết này', 'Rất hay', 'Thích', 'Giải trí', 'Cần cải thiện'],
  en: ['How do you feel about this story?', 'Great', 'Like', 'Fun', 'Could be better'],
};
const listWords = {
  vi: {
    name: 'Bản tin sáng',
    description: 'Năm chuyện đáng đọc, trước khi bạn uống xong ly cà phê.',
    frequency: 'Mỗi sáng, thứ Hai đến thứ Bảy',
    consent: 'Tôi đồng ý nhận Bản tin sáng qua email và có thể dừng bất cứ lúc nào.',
  },
  en: {
    name: 'Morning briefing',
    description: 'Five stories worth reading before you finish your coffee.',
    frequency: 'Every morning, Monday to Saturday',
    consent: 'I agree to receive the Morning briefing by e-mail and can stop at any time.',
  },
};
const choiceIds = ['great', 'like', 'fun', 'improve'];
const readerId = '01930000-0000-7000-8000-000000000001';
/** 160 × 90 pixels without a request. */
const picture = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90"/>')}`;

/** Returns the language of the fixtures' words for a language tag: Vietnamese, else English. */
export function wordsLanguage(lang: string | null | undefined): 'vi' | 'en' {
  return (lang || 'vi').startsWith('vi') ? 'vi' : 'en';
}

export function createReader(overrides: Partial<Reader> = {}): Reader {
  return { id: readerId, name: 'Bạn đọc', kind: 'guest', verified: false, badges: [], ...overrides };
}

export function createMe(overrides: Partial<Me> = {}): Me {
  return { reader: createReader(), reactions: {}, votes: {}, own: [], muted: [], ...overrides };
}

export function createPoll(overrides: Partial<Poll> = {}, lang = 'vi'): Poll {
  const [question = '', ...labels] = pollWords[wordsLanguage(lang)];
  return {
    id: 'reactions',
    question,
    choices: choiceIds.map((id, index) => ({ id, label: labels[index] ?? id, icon: id })),
    multiple: false,
    results: 'always',
    state: 'open',
    opensAt: null,
    closesAt: null,
    ...overrides,
  };
}

/** Builds a root comment; its text, its nodes and its author derive from the id. */
export function createComment(id: string, overrides: Partial<Comment> = {}): Comment {
  const text = overrides.text ?? `Ý kiến ${id}`;
  return {
    id,
    parentId: null,
    author: { id: `writer-${id}`, name: `Người ${id}`, badges: [] },
    nodes: toNodes(text),
    text,
    createdAt: new Date().toISOString(),
    editedAt: null,
    state: 'visible',
    votes: { up: 0, down: 0 },
    pinned: false,
    featured: false,
    replies: { comments: [], nextCursor: null, total: 0 },
    ...overrides,
  };
}

/** Builds a comment with replies, of which there are no more. */
export function createBranch(id: string, ...replies: Comment[]): Comment {
  const comments = replies.map((reply) => ({ ...reply, parentId: id }));
  return createComment(id, { replies: { comments, nextCursor: null, total: comments.length } });
}

export function createThread({ rules, ...overrides }: ThreadOverrides = {}): Thread {
  return {
    state: 'open',
    closesAt: null,
    question: null,
    rules: { who: 'guest', votes: 'up', editSeconds: 300, maxGraphemes: 300, moderation: 'post', ...rules },
    ...overrides,
  };
}

export type ThreadOverrides = Partial<Omit<Thread, 'rules'>> & { rules?: Partial<Thread['rules']> };

/** Builds the only page of a thread. */
export function createCommentsPage(comments: Comment[], overrides: Partial<Comments> = {}): Comments {
  return {
    comments,
    prevCursor: null,
    nextCursor: null,
    total: comments.length,
    thread: createThread(),
    version: 1,
    ...overrides,
  };
}

export function createStory(number: number, overrides: Partial<Story> = {}): Story {
  return {
    id: `story-${number}`,
    url: `https://news.example/${number}`,
    title: `Chuyện thứ ${number} ở phường ven sông`,
    publishedAt: '2020-01-02T03:04:05Z',
    image: { src: picture, width: 160, height: 90, alt: '' },
    section: 'Đời sống',
    kind: 'article',
    reason: 'latest',
    ...overrides,
  };
}

export function createNewsletterList(overrides: Partial<NewsletterList> = {}, lang = 'vi'): NewsletterList {
  const { consent, ...words } = listWords[wordsLanguage(lang)];
  return { id: 'daily', ...words, consent: { id: 'c1', text: consent }, ...overrides };
}

/** Converts the simplest markup of a comment: paragraphs, line breaks, quotes and lists. */
export function toNodes(text: string): CommentNode[] {
  const blocks = text.split(/\n{2,}/).filter(Boolean);
  return blocks.map((block): CommentNode => {
    const lines = block.split('\n');
    const isEvery = (prefix: string) => lines.every((line) => line.startsWith(prefix));
    if (isEvery('> ')) return { type: 'quote', children: [paragraph(lines.map((line) => line.slice(2)))] };
    if (!isEvery('- ')) return paragraph(lines);
    const items = lines.map((line): CommentNode => ({ type: 'item', children: [paragraph([line.slice(2)])] }));
    return { type: 'list', ordered: false, children: items };
  });
}

function paragraph(lines: readonly string[]): CommentNode {
  const children = lines.flatMap((value): CommentNode[] => [{ type: 'break' }, { type: 'text', value }]).slice(1);
  return { type: 'paragraph', children };
}
