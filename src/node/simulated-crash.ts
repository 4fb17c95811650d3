import { randomInt } from 'node:crypto';
import type { Logger } from '../runtime/logger.js';

/**
 * `-dbcrashratio`: what to call between two lots of coins being written. One call in `ratio` ends the process there and
 * then, with Core's exit code of 0, so that the next start finds a write that was cut off. With 0 none does.
 */
export function crashOneIn(ratio: number, logger: Logger): () => void {
  return () => {
    if (ratio <= 0 || randomInt(ratio) > 0) return;
    logger.info('Simulating a crash. Goodbye.');
    process.exit(0);
  };
}
