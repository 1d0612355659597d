import { ReactionsElement } from '../widgets/reactions/reactions.js';

ReactionsElement.define();
