import type { Locator } from 'playwright';

/** One thing that a reader does, and what it leads to. */
export interface Step {
  name: string;
  act(widget: Locator): Promise<unknown>;
  done(widget: Locator): Locator;
}

/** Steps on a page with one widget. Together the journeys load every chunk of the script tag. */
export interface Journey {
  /** Start tag of the widget. */
  tag: string;
  steps: Step[];
  /** Steps on an earlier page of the same reader. */
  earlier?: Step[];
  /** A content blocker refuses the joint request of all widgets. */
  withoutPageRequest?: boolean;
}

const text = 'Một lời *bình luận*';

const button = (within: Locator, name: string | RegExp) => within.getByRole('button', { name }).first();
const pressed = (within: Locator) => within.locator('[aria-pressed=true]').first();
const article = (thread: Locator) => thread.getByRole('article').first();
/** The reader's own comment: journeys share a thread, in which others have posted the same text. */
const ownArticle = (thread: Locator) =>
  thread
    .getByRole('article')
    .filter({ hasText: 'Một lời bình luận', has: thread.page().getByRole('button', { name: 'Xoá', exact: true }) })
    .first();
const editor = (thread: Locator) => thread.getByRole('textbox', { name: 'Bình luận của bạn' });

const read = (done: Step['done']): Step => ({ name: 'read', act: () => Promise.resolve(), done });
const readThread = read(article);
const readPoll = read((poll) => button(poll, /^(Rất hay|Excellent)/));
const vote: Step = { name: 'vote', act: (poll) => button(poll, /^Thích/).click(), done: pressed };
const like: Step = { name: 'like', act: (thread) => button(article(thread), /^Thích/).click(), done: pressed };
const openComposer: Step = {
  name: 'open the composer',
  act: (thread) => thread.getByRole('textbox').first().click(),
  // The last part of the composer: its code loads beside the field and the other buttons.
  done: (thread) => button(thread, /^(Xem trước|Preview)$/),
};

export const journeys: Journey[] = [
  {
    tag: '<aw-stories rail="latest">',
    steps: [
      read((rail) => rail.getByRole('article').first()),
      {
        name: 'turn',
        act: (rail) => button(rail, 'Xem các bài sau').click(),
        done: (rail) => rail.locator('[part=previous][aria-disabled=false]'),
      },
    ],
  },
  { tag: '<aw-comment-count>', steps: [read((count) => count.locator('[part=count]'))] },
  { tag: '<aw-reactions>', steps: [readPoll, vote] },
  { tag: '<aw-reactions lang="en">', steps: [readPoll] },
  { tag: '<aw-reactions>', withoutPageRequest: true, steps: [readPoll] },
  { tag: '<aw-reactions variant="bars">', steps: [readPoll, vote] },
  {
    tag: '<aw-reactions variant="compact">',
    steps: [
      read((poll) => poll.locator('[part~=trigger]')),
      {
        name: 'open the picker',
        act: (poll) => poll.locator('[part~=trigger]').click(),
        done: (poll) => button(poll, /^Thích/),
      },
    ],
  },
  {
    tag: '<aw-newsletter list="daily">',
    steps: [
      read((form) => form.getByRole('textbox').first()),
      {
        name: 'subscribe',
        act: async (form) => {
          await form.getByRole('textbox').first().fill('lan@example.com');
          await form.getByRole('checkbox').first().check();
          await button(form, 'Đăng ký').click();
        },
        done: (form) => form.getByRole('heading', { name: 'Kiểm tra hộp thư' }),
      },
    ],
  },
  {
    tag: '<aw-newsletter variant="popover" list="daily">',
    steps: [
      read((form) => button(form, 'Nhận bản tin')),
      {
        name: 'open the form',
        act: (form) => button(form, 'Nhận bản tin').click(),
        done: (form) => form.getByRole('textbox').first(),
      },
    ],
  },
  {
    tag: '<aw-comments open>',
    steps: [
      readThread,
      openComposer,
      {
        name: 'preview',
        act: async (thread) => {
          await editor(thread).fill(text);
          await button(thread, 'Xem trước').click();
        },
        done: (thread) => thread.locator('em', { hasText: 'bình luận' }).first(),
      },
    ],
  },
  {
    tag: '<aw-comments open>',
    steps: [
      readThread,
      openComposer,
      {
        name: 'post',
        act: async (thread) => {
          await editor(thread).fill(text);
          await button(thread, 'Gửi').click();
        },
        done: ownArticle,
      },
      {
        name: 'edit',
        act: (thread) => button(ownArticle(thread), 'Sửa').click(),
        done: (thread) => button(thread, 'Lưu'),
      },
    ],
  },
  {
    tag: '<aw-comments open>',
    steps: [
      readThread,
      {
        name: 'reply',
        act: (thread) => button(article(thread), /^Trả lời/).click(),
        done: (thread) => button(thread, 'Gửi'),
      },
    ],
  },
  { tag: '<aw-comments lang="en" open>', steps: [readThread, openComposer] },
  { tag: '<aw-comments open>', steps: [readThread, like] },
  { tag: '<aw-comments open>', earlier: [readThread, like], steps: [readThread] },
  {
    tag: '<aw-comments open>',
    steps: [
      readThread,
      {
        name: 'open the menu',
        act: (thread) => button(article(thread), /^Thêm/).click(),
        done: (thread) => button(thread, 'Chép liên kết'),
      },
    ],
  },
];
