import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/**
 * `npm run coverage:rules`: how much of the rules (consensus, script, and their public entry) is reached by their own unit
 * tests and the official vectors. All of it: what cannot be reached is marked where it stands, with the reason, and listed
 * in docs/TESTING.md.
 */
export default defineConfig({
  test: {
    // Not merged by vitest's own helper, which would join the lists of files.
    ...base.test,
    include: ['test/unit/{consensus,library,script}/**/*.test.ts', 'test/vectors/**/*.test.ts'],
    coverage: {
      provider: 'v8',
      enabled: true,
      include: ['src/{consensus,library,script}/**'],
      reporter: ['text-summary', 'json', ['text', { skipFull: true }]],
      thresholds: { statements: 100, branches: 100, functions: 100, lines: 100 },
    },
  },
});
