import type { Terminal } from './terminal.js';

/** Time between two reports of progress, and until the first. */
const PROGRESS_MS = 1000;

/** Reports progress, but no more often than once a second. */
export function progressOf(terminal: Terminal): (line: () => string) => void {
  let reportedAt = performance.now();
  return line => {
    if (performance.now() - reportedAt < PROGRESS_MS) return;
    reportedAt = performance.now();
    terminal.progress(line());
  };
}
