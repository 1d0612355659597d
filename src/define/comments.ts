import { CommentsElement } from '../widgets/comments/comments.js';

CommentsElement.define();
