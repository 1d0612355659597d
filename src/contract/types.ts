/**
 * The contract's types, free of any library. Generated from the schemas of this folder by `npm run build`: do not edit.
 */

export type CommentNode =
  | {
      type: 'text';
      value: string;
    }
  | {
      type: 'break';
    }
  | {
      type: 'code';
      value: string;
    }
  | {
      type: 'mention';
      /**
       * UUIDv7
       */
      id: string;
      name: string;
    }
  | {
      type: 'code-block';
      value: string;
    }
  | {
      type: 'paragraph' | 'emphasis' | 'strong' | 'quote' | 'item';
      children: CommentNode[];
    }
  | {
      type: 'list';
      ordered: boolean;
      /**
       * Number of the first item; absent where it is 1
       */
      start?: number;
      children: CommentNode[];
    }
  | {
      type: 'link';
      /**
       * http, https or mailto
       */
      href: string;
      children: CommentNode[];
    };
/**
 * A choice id, an array of them where the poll is multiple, or nothing.
 *
 */
export type HeldChoice = (string | string[]) | null;
export type LiveEvent =
  | {
      type: 'reactions';
      story: string;
      poll: string;
      state?: 'open' | 'closed' | 'frozen';
      counts?: {
        [k: string]: number;
      };
      total?: number;
      version: number;
    }
  | {
      type: 'comment';
      story: string;
      comment: Comment;
      total: number;
      version: number;
    }
  | {
      type: 'comment-changed';
      story: string;
      comment: Comment;
      total: number;
      version: number;
    }
  | {
      type: 'thread';
      story: string;
      thread: Thread;
      version: number;
    }
  | {
      type: 'reset';
      story: string;
    };
export type BounceReports = {
  email: string;
  /**
   * `hard`: came back for good. `soft`: for a time. `complaint`: reported as spam
   */
  type: 'hard' | 'soft' | 'complaint';
}[];

/**
 * RFC 9457, with a stable code.
 *
 */
export interface Problem {
  /**
   * A link to the description of the code
   */
  type: string;
  title: string;
  status: number;
  /**
   * One of the codes of errors.ts
   */
  code: string;
  /**
   * The cause, the place, and the remedy
   */
  detail?: string;
  /**
   * Rejected fields of the request
   */
  errors?: {
    field: string;
    message: string;
  }[];
  /**
   * The `X-Request-Id` of the response, where the server has failed: the server's log has the error under it
   */
  requestId?: string;
}
export interface Author {
  /**
   * Empty where the comment was deleted or removed
   */
  id: string;
  name: string;
  picture?: string;
  badges: string[];
}
export interface CommentVotes {
  up: number;
  down: number;
}
export interface Comment {
  /**
   * UUIDv7
   */
  id: string;
  parentId: string | null;
  author: Author;
  nodes: CommentNode[];
  /**
   * The source, as typed
   */
  text: string;
  /**
   * ISO 8601, UTC
   */
  createdAt: string;
  editedAt: string | null;
  state: 'visible' | 'pending' | 'rejected' | 'removed' | 'deleted';
  /**
   * Why it is held; shown to its writer and to moderators
   */
  reasons?: (
    'guest' | 'new-commenter' | 'words' | 'links' | 'repeat' | 'rate' | 'reported' | 'external' | 'moderator'
  )[];
  votes: CommentVotes;
  pinned: boolean;
  featured: boolean;
  replies: Replies;
}
export interface Replies {
  comments: Comment[];
  nextCursor: string | null;
  /**
   * Direct replies that are visible
   */
  total: number;
}
export interface Thread {
  state: 'open' | 'closed' | 'read-only';
  closesAt: string | null;
  /**
   * The newsroom's question to its readers
   */
  question: string | null;
  rules: {
    /**
     * Minimal identity of a writer
     */
    who: 'guest' | 'email' | 'signed-on';
    votes: 'up' | 'up-down';
    editSeconds: number;
    maxGraphemes: number;
    moderation: 'pre' | 'post';
  };
}
export interface Comments {
  /**
   * Roots, or the children of `parent`
   */
  comments: Comment[];
  prevCursor: string | null;
  nextCursor: string | null;
  /**
   * All visible comments of the story, replies included
   */
  total: number;
  thread: Thread;
  /**
   * Grows with every change of the thread
   */
  version: number;
}
export interface CommentAnswer {
  comment: Comment;
}
export interface Preview {
  nodes: CommentNode[];
}
export interface CommentHistory {
  /**
   * Oldest first; the current text comes last
   */
  revisions: {
    text: string;
    nodes: CommentNode[];
    /**
     * ISO 8601, UTC
     */
    at: string;
  }[];
}
export interface CommentVoted {
  votes: CommentVotes;
  value: 1 | 0 | -1;
}
export interface CommentBody {
  /**
   * The publisher's id of a story, its URL, or its path on the site's first origin.
   */
  story: string;
  parentId?: string | null;
  /**
   * At most 5000 graphemes and 20000 bytes.
   */
  text: string;
  /**
   * Items: UUIDv7
   */
  mentions?: string[];
}
export interface CommentEditBody {
  /**
   * At most 5000 graphemes and 20000 bytes.
   */
  text: string;
  /**
   * Items: UUIDv7
   */
  mentions?: string[];
}
export interface CommentPreviewBody {
  /**
   * At most 5000 graphemes and 20000 bytes.
   */
  text: string;
  /**
   * The publisher's id of a story, its URL, or its path on the site's first origin.
   */
  story?: string;
  /**
   * Items: UUIDv7
   */
  mentions?: string[];
}
export interface CommentVoteBody {
  value: 1 | 0 | -1;
}
export interface ReportBody {
  reason: 'spam' | 'abuse' | 'hate' | 'off-topic' | 'personal-data' | 'illegal' | 'other';
  note?: string;
}
export interface Choice {
  id: string;
  label: string;
  /**
   * Language of the text, where it is not the requested one, or none was requested
   */
  lang?: string;
  /**
   * The name of a built-in drawing, an emoji, or the URL of a picture
   */
  icon: string;
}
export interface Poll {
  id: string;
  question: string;
  /**
   * Language of the text, where it is not the requested one, or none was requested
   */
  lang?: string;
  /**
   * In the order to show; retired ones are left out
   */
  choices: Choice[];
  /**
   * A reader may hold several choices
   */
  multiple: boolean;
  results: 'always' | 'after-voting' | 'after-closing';
  state: 'open' | 'closed' | 'frozen';
  opensAt: string | null;
  closesAt: string | null;
}
/**
 * A poll on a story and where it stands. The same for every reader.
 *
 */
export interface Reactions {
  poll: Poll;
  /**
   * Every choice, zeros and retired included; left out until closed where results are after-closing
   */
  counts?: {
    [k: string]: number;
  };
  /**
   * Number of voters
   */
  total?: number;
  /**
   * Grows with every change of the counts
   */
  version: number;
}
/**
 * The poll after the reader's own act.
 *
 */
export interface Reacted {
  poll: Poll;
  /**
   * Every choice, zeros and retired included; left out until closed where results are after-closing
   */
  counts?: {
    [k: string]: number;
  };
  /**
   * Number of voters
   */
  total?: number;
  /**
   * Grows with every change of the counts
   */
  version: number;
  choice: HeldChoice;
}
export interface ReactBody {
  /**
   * The publisher's id of a story, its URL, or its path on the site's first origin.
   */
  story: string;
  poll: string;
  choice: string | string[];
}
export interface NewsletterList {
  id: string;
  name: string;
  description: string;
  /**
   * Frequency, in words
   */
  frequency: string;
  /**
   * The text a reader agrees to; a changed text has a new id
   */
  consent: {
    id: string;
    text: string;
  };
  /**
   * The last issue, for readers to look at before they subscribe
   */
  latestIssue?: {
    /**
     * The page of the issue
     */
    url: string;
    /**
     * A picture of it, four to three
     */
    picture?: string;
  };
  /**
   * Languages of the texts that are not in the requested one
   */
  langs?: {
    /**
     * Language of the text, where it is not the requested one, or none was requested
     */
    name?: string;
    /**
     * Language of the text, where it is not the requested one, or none was requested
     */
    description?: string;
    /**
     * Language of the text, where it is not the requested one, or none was requested
     */
    frequency?: string;
    /**
     * Language of the text, where it is not the requested one, or none was requested
     */
    consent?: string;
  };
}
export interface Newsletters {
  lists: NewsletterList[];
}
export interface SubscribeBody {
  email: string;
  lists: string[];
  /**
   * The consent id of every list
   */
  consent: string | string[];
  lang?: string;
  /**
   * The page of the form, for the receipt
   */
  page?: string;
  topic?: string;
}
/**
 * The same for every address, known or not.
 *
 */
export interface Subscribed {
  state: 'check-inbox';
}
export interface SubscriptionCodeBody {
  email: string;
  code: string;
}
export interface Confirmed {
  state: 'confirmed';
}
/**
 * Each text by language, or as a string in the site's language.
 *
 */
export interface NewsletterBody {
  name:
    | string
    | {
        [k: string]: string;
      };
  description:
    | string
    | {
        [k: string]: string;
      };
  /**
   * Frequency, in words
   */
  frequency:
    | string
    | {
        [k: string]: string;
      };
  /**
   * The text a reader agrees to; a changed text becomes a new version
   */
  consent: {
    text:
      | string
      | {
          [k: string]: string;
        };
  };
  latestIssue: {
    /**
     * The page of the issue
     */
    url: string;
    /**
     * A picture of it, four to three
     */
    picture?: string;
  } | null;
  /**
   * Place among the newsletters; at the end by default
   */
  position?: number;
}
/**
 * A newsletter in every language.
 *
 */
export interface EditedNewsletter {
  id: string;
  /**
   * By language tag
   */
  name: {
    [k: string]: string;
  };
  /**
   * By language tag
   */
  description: {
    [k: string]: string;
  };
  /**
   * By language tag
   */
  frequency: {
    [k: string]: string;
  };
  /**
   * The current version
   */
  consent: {
    id: string;
    /**
     * By language tag
     */
    text: {
      [k: string]: string;
    };
    /**
     * ISO 8601, UTC
     */
    since: string;
  };
  /**
   * Versions that subscribers before have agreed to, newest first
   */
  earlierConsents: {
    id: string;
    /**
     * By language tag
     */
    text: {
      [k: string]: string;
    };
    /**
     * ISO 8601, UTC
     */
    since: string;
  }[];
  latestIssue: {
    /**
     * The page of the issue
     */
    url: string;
    /**
     * A picture of it, four to three
     */
    picture?: string;
  } | null;
  position: number;
  subscribers: {
    confirmed: number;
    pending: number;
    /**
     * Confirmed, until their address has bounced
     */
    bounced: number;
  };
}
export interface RecordedBounces {
  /**
   * Addresses that get no mail from now on
   */
  suppressed: number;
}
export interface StoryImage {
  src: string;
  width?: number;
  height?: number;
  alt?: string;
  /**
   * Image candidates as in HTML: `https://…/320.jpg 320w, https://…/640.jpg 640w`
   */
  srcset?: string;
  focal?: {
    x: number;
    y: number;
  };
}
export interface Story {
  /**
   * The story's key: the publisher's id, or its canonical URL
   */
  id: string;
  url: string;
  title: string;
  /**
   * ISO 8601, UTC
   */
  publishedAt: string;
  summary?: string;
  image?: StoryImage;
  section?: string;
  kicker?: string;
  byline?: string;
  kind: 'article' | 'video' | 'live' | 'gallery' | 'opinion' | 'podcast' | 'sponsored';
  durationSec?: number;
  access?: 'free' | 'metered' | 'locked';
  sponsor?: {
    name: string;
    url?: string;
  };
  /**
   * Language of the text, where it is not the requested one, or none was requested
   */
  lang?: string;
  commentCount?: number;
  reason: 'editor' | 'series' | 'text' | 'section' | 'co-read' | 'most-read' | 'latest' | 'kind' | 'sponsor';
}
/**
 * May hold up to twice `limit`: the page draws `limit` after leaving out repeats.
 *
 */
export interface Rail {
  rail: 'related' | 'most-read' | 'latest' | 'dont-miss' | 'videos' | 'sponsored';
  /**
   * Time of the list
   */
  asOf: string;
  items: Story[];
}
export interface StoryInput {
  url: string;
  title: string;
  publishedAt: string;
  summary?: string;
  image?: StoryImage;
  section?: string;
  kicker?: string;
  byline?: string;
  kind: 'article' | 'video' | 'live' | 'gallery' | 'opinion' | 'podcast' | 'sponsored';
  durationSec?: number;
  access?: 'free' | 'metered' | 'locked';
  sponsor?: {
    name: string;
    url?: string;
  };
  /**
   * The publisher's id; else the URL is the key
   */
  id?: string;
  lang?: string;
  /**
   * Recommended by an editor: appears in the rail `dont-miss`
   */
  dontMiss?: boolean;
}
export interface StoriesBody {
  stories: StoryInput[];
}
export interface Upserted {
  upserted: number;
}
export interface SignalsBody {
  signals: {
    type: 'read' | 'view' | 'click';
    /**
     * The publisher's id of a story, its URL, or its path on the site's first origin.
     */
    story: string;
    rail?: 'related' | 'most-read' | 'latest' | 'dont-miss' | 'videos' | 'sponsored';
    position?: number;
  }[];
}
export interface StoryCounts {
  comments: number;
  reactions: number;
}
export interface Counts {
  counts: {
    [k: string]: StoryCounts;
  };
}
export interface Page {
  /**
   * By entry as sent: the answer of its own GET, or a problem
   */
  parts: {
    [k: string]: Reactions | Comments | Rail | Newsletters | Counts | Problem;
  };
  /**
   * The site's language, of texts that are not in the requested one
   */
  lang?: string;
}
export interface PollBody {
  /**
   * By language tag
   */
  question: {
    [k: string]: string;
  };
  /**
   * A reader may hold several choices
   */
  multiple: boolean;
  results: 'always' | 'after-voting' | 'after-closing';
  state: 'open' | 'closed' | 'frozen';
  opensAt: string | null;
  closesAt: string | null;
  /**
   * The only story with this poll; null: every story
   */
  story: string | null;
  choices: {
    /**
     * Permanent: votes refer to it
     */
    id: string;
    /**
     * By language tag
     */
    label: {
      [k: string]: string;
    };
    icon: string;
    /**
     * Not shown and not accepted any more; its votes are kept
     */
    retired: boolean;
  }[];
}
/**
 * A poll in every language, in the order to show, retired choices last.
 *
 */
export interface EditedPoll {
  id: string;
  /**
   * By language tag
   */
  question: {
    [k: string]: string;
  };
  /**
   * A reader may hold several choices
   */
  multiple: boolean;
  results: 'always' | 'after-voting' | 'after-closing';
  state: 'open' | 'closed' | 'frozen';
  opensAt: string | null;
  closesAt: string | null;
  /**
   * The only story with this poll; null: every story
   */
  story: string | null;
  choices: {
    /**
     * Permanent: votes refer to it
     */
    id: string;
    /**
     * By language tag
     */
    label: {
      [k: string]: string;
    };
    icon: string;
    /**
     * Not shown and not accepted any more; its votes are kept
     */
    retired: boolean;
  }[];
}
/**
 * Pauses the votes of a story, or resumes them after a review.
 *
 */
export interface FrozenBody {
  /**
   * The publisher's id of a story, its URL, or its path on the site's first origin.
   */
  story: string;
  frozen: boolean;
}
/**
 * Counted from the votes themselves.
 *
 */
export interface PollResults {
  poll: string;
  /**
   * ISO 8601, UTC
   */
  asOf: string;
  stories: {
    story: string;
    /**
     * Set while its votes are paused: since when and why
     */
    frozen: {
      /**
       * ISO 8601, UTC
       */
      at: string;
      why: string;
    } | null;
    /**
     * Voters
     */
    total: {
      /**
       * Of all voters
       */
      votes: number;
      /**
       * Of voters identified by e-mail or sign-on
       */
      trusted: number;
    };
    /**
     * Every choice, zeros and retired included
     */
    choices: {
      [k: string]: {
        /**
         * Of all voters
         */
        votes: number;
        /**
         * Of voters identified by e-mail or sign-on
         */
        trusted: number;
      };
    };
    /**
     * The same by the origin of the page; null: no page
     */
    origins: {
      origin: string | null;
      total: {
        /**
         * Of all voters
         */
        votes: number;
        /**
         * Of voters identified by e-mail or sign-on
         */
        trusted: number;
      };
      choices: {
        [k: string]: {
          /**
           * Of all voters
           */
          votes: number;
          /**
           * Of voters identified by e-mail or sign-on
           */
          trusted: number;
        };
      };
    }[];
  }[];
}
export interface Reader {
  /**
   * UUIDv7
   */
  id: string;
  name: string;
  /**
   * A new name that is held for a moderator; others see `name` until then. Sent to this reader only
   */
  pendingName?: string;
  /**
   * The last new name, where a moderator has rejected it, until another is sent. Sent to this reader only
   */
  rejectedName?: string;
  kind: 'guest' | 'email' | 'signed-on';
  verified: boolean;
  badges: string[];
}
export interface Session {
  /**
   * Sent as `Authorization: Bearer`; never a cookie
   */
  token: string;
  reader: Reader;
}
/**
 * The reader's own overlay on the public data. Never cached.
 *
 */
export interface Me {
  reader: Reader;
  /**
   * The reader's choice in each poll of the story
   */
  reactions: {
    [k: string]: HeldChoice;
  };
  /**
   * By comment id
   */
  votes: {
    [k: string]: 1 | -1;
  };
  /**
   * The reader's pending comments, and those of the last ten minutes
   */
  own: Comment[];
  /**
   * Readers that this one has muted
   *
   * Items: UUIDv7
   */
  muted: string[];
}
export interface ReaderBody {
  name?: string;
}
export interface SsoBody {
  jwt: string;
}
export interface SignInBody {
  email: string;
}
export interface SignInCodeBody {
  email: string;
  code: string;
}
/**
 * Everything we hold about a reader.
 *
 */
export interface ReaderExport {
  reader: Reader;
  comments: Comment[];
  reactions: {
    story: string;
    poll: string;
    choice: HeldChoice;
  }[];
  votes: {
    [k: string]: 1 | -1;
  };
}
/**
 * What is left out stays. Settings are merged, lists are replaced.
 *
 */
export interface SitePatch {
  /**
   * As mails and pages of the server show it
   */
  name?: string;
  /**
   * Language of texts without a requested one
   */
  lang?: string;
  /**
   * Origins whose pages may write. Paths of stories belong to the first
   */
  origins?: string;
  settings?: {
    /**
     * Story keys that a reader's write may create
     */
    stories?: 'known' | 'origins' | 'any';
    /**
     * `pre` holds a guest's comment for a moderator
     */
    moderation?: 'pre' | 'post';
    /**
     * Readers that may comment
     */
    who?: 'guest' | 'email' | 'signed-on';
    /**
     * Votes on comments
     */
    votes?: 'up' | 'up-down';
    /**
     * The time for editing a comment
     */
    editSeconds?: number;
    /**
     * Days after publication when threads close
     */
    closeAfterDays?: number | null;
    /**
     * Readers whose reports hold a comment
     */
    reportsToHold?: number;
    /**
     * Rules that hold a comment for a moderator
     */
    rules?: {
      /**
       * Words and phrases that hold a comment
       */
      words?: string[];
      /**
       * More links than this hold a comment
       */
      links?: number | null;
      /**
       * The first comments of a reader that are held
       */
      newCommenter?: number;
      /**
       * Minutes within which a repeated text is held
       */
      repeatMinutes?: number;
      /**
       * More comments within so many minutes are held
       */
      rate?: {
        comments?: number;
        minutes?: number;
      };
      /**
       * The publisher's own check, called last
       */
      external?: {
        url?: string;
        /**
         * Signs the requests. Never returned
         */
        secret?: string;
        timeoutMillis?: number;
      } | null;
    };
    /**
     * Mails to confirm and notices in an hour: by one network, and in all. Others are not sent
     */
    newsletter?: {
      networkMailsPerHour?: number;
      mailsPerHour?: number;
    };
    /**
     * What mails show: each a text, or texts by language. null for none
     */
    mail?: {
      /**
       * Display name of the sender. Without it, the site's name
       */
      senderName?:
        | (
            | string
            | {
                [k: string]: string;
              }
          )
        | null;
      /**
       * Where answers go. Without it, to the sender
       */
      replyTo?:
        | (
            | string
            | {
                [k: string]: string;
              }
          )
        | null;
      /**
       * A picture above each mail
       */
      logo?:
        | (
            | string
            | {
                [k: string]: string;
              }
          )
        | null;
      /**
       * A text below each mail
       */
      footer?:
        | (
            | string
            | {
                [k: string]: string;
              }
          )
        | null;
      /**
       * The publisher's address below each mail, which some countries require
       */
      postalAddress?:
        | (
            | string
            | {
                [k: string]: string;
              }
          )
        | null;
    };
    /**
     * Rules against ballot stuffing
     */
    reactions?: {
      /**
       * Guests of one network that may vote in a poll on a story, or on a comment, within an hour
       */
      networkGuests?: number | null;
      /**
       * Guests within a minute that freeze a poll, where nearly all vote alike
       */
      burstGuests?: number | null;
    };
  };
}
/**
 * A site with all its settings, without secrets.
 *
 */
export interface EditedSite {
  id: string;
  /**
   * As mails and pages of the server show it
   */
  name: string;
  lang: string;
  origins: string[];
  settings: {
    /**
     * Story keys that a reader's write may create
     */
    stories: 'known' | 'origins' | 'any';
    /**
     * `pre` holds a guest's comment for a moderator
     */
    moderation: 'pre' | 'post';
    /**
     * Readers that may comment
     */
    who: 'guest' | 'email' | 'signed-on';
    /**
     * Votes on comments
     */
    votes: 'up' | 'up-down';
    /**
     * The time for editing a comment
     */
    editSeconds: number;
    /**
     * Days after publication when threads close
     */
    closeAfterDays: number | null;
    /**
     * Readers whose reports hold a comment
     */
    reportsToHold: number;
    rules: {
      /**
       * Words and phrases that hold a comment
       */
      words: string[];
      /**
       * More links than this hold a comment
       */
      links: number | null;
      /**
       * The first comments of a reader that are held
       */
      newCommenter: number;
      /**
       * Minutes within which a repeated text is held
       */
      repeatMinutes: number;
      /**
       * More comments within so many minutes are held
       */
      rate: {
        comments: number;
        minutes: number;
      };
      external: {
        url: string;
        timeoutMillis: number;
      } | null;
    };
    newsletter: {
      networkMailsPerHour: number;
      mailsPerHour: number;
    };
    mail: {
      /**
       * Display name of the sender. Without it, the site's name
       */
      senderName:
        | (
            | string
            | {
                [k: string]: string;
              }
          )
        | null;
      /**
       * Where answers go. Without it, to the sender
       */
      replyTo:
        | (
            | string
            | {
                [k: string]: string;
              }
          )
        | null;
      /**
       * A picture above each mail
       */
      logo:
        | (
            | string
            | {
                [k: string]: string;
              }
          )
        | null;
      /**
       * A text below each mail
       */
      footer:
        | (
            | string
            | {
                [k: string]: string;
              }
          )
        | null;
      /**
       * The publisher's address below each mail, which some countries require
       */
      postalAddress:
        | (
            | string
            | {
                [k: string]: string;
              }
          )
        | null;
    };
    reactions: {
      /**
       * Guests of one network that may vote in a poll on a story, or on a comment, within an hour
       */
      networkGuests: number | null;
      /**
       * Guests within a minute that freeze a poll, where nearly all vote alike
       */
      burstGuests: number | null;
    };
  };
}
