/** Runs the server from its sources: `scripts/dev.js` starts it, and restarts it when a source changes. */
import { main } from './src/main.js';

process.exitCode = await main(['serve']);
