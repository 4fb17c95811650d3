import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose tests take longest come first: one that is begun last would be waited for with nothing else to do. */
const FOLDERS_BY_TIME = ['test/blockrules/', 'test/functional/', 'test/browser/'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const path = relative(import.meta.dirname, moduleId);
      const at = FOLDERS_BY_TIME.findIndex(folder => path.startsWith(folder));
      return at < 0 ? FOLDERS_BY_TIME.length : at;
    };
    // By the times of the last run, where there was one, or by size within each folder.
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // A process loads the modules once for all its test files. So no file may leave anything behind, and helpers register
    // hooks when a test calls them, not when they are loaded.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**', 'regtest/**'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
