import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { version } from '../../src/base/version.js';

test('elements have the version of the package', () => expect(version).toBe(manifest.version));
