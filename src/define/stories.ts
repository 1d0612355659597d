import { StoriesElement } from '../widgets/stories/stories.js';

StoriesElement.define();
