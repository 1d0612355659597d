import { CommentCountElement } from '../widgets/comment-count/comment-count.js';

CommentCountElement.define();
