import { NewsletterElement } from '../widgets/newsletter/newsletter.js';

NewsletterElement.define();
