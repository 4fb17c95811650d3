import { hasShared } from './shared.js';
import { keepTemporaryFilesInMemory } from './temporary-folder.js';

/** Before the first test. */
export default function setUp(): () => void {
  announceSkips();
  return keepTemporaryFilesInMemory();
}

/** Says once what this run leaves out and how to have it. */
function announceSkips(): void {
  if (!hasShared) {
    console.warn(
      'The conformance data are not here (BLOCKSMITH_SHARED, see docs/TESTING.md): suites that need them skip.',
    );
  }
  if (process.env.BITCOIND === undefined) {
    console.warn(
      'No Bitcoin Core to compare with (BITCOIND, see docs/TESTING.md): suites that need it skip.',
    );
  }
}
