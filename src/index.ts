/** The elements as classes, what one needs to write another, and the page's settings. Importing this registers nothing. */
export { LocaleController } from './base/locale-controller.js';
export { formStyles } from './base/styles/form.js';
export { widgetStyles } from './base/styles/widget.js';
export { WidgetElement, type WidgetStatus } from './base/widget-element.js';
export { WidgetEvent } from './base/events.js';
export { SignInRequestEvent } from './base/sign-in-request.js';
export { configure, signIn, signOut, type Settings } from './client/index.js';
export { addLocale, type Catalogue } from './locales/registry.js';
export { CommentCountElement } from './widgets/comment-count/comment-count.js';
export { CommentEvent, CommentVoteEvent } from './widgets/comments/events.js';
export { CommentsElement } from './widgets/comments/comments.js';
export { type SubscribeDetail, SubscribeEvent } from './widgets/newsletter/events.js';
export { NewsletterElement } from './widgets/newsletter/newsletter.js';
export { type ReactDetail, ReactEvent } from './widgets/reactions/events.js';
export { ReactionsElement } from './widgets/reactions/reactions.js';
export { StoryClickEvent, type StoryDetail, StoryViewEvent } from './widgets/stories/events.js';
export { StoriesElement } from './widgets/stories/stories.js';
