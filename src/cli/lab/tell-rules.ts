import type { ToldRules } from '../../../regtest/network-rules.js';
import { count } from './terminal.js';

/** What is not as on regtest, in words: nothing where all is. */
export function ruleLines({
  maxReorg,
  proofOfWork,
}: { readonly [K in keyof ToldRules]: ToldRules[K] | undefined }): string[] {
  const lines: string[] = [];
  if (proofOfWork !== undefined) {
    const { retargetBlocks, spacingSeconds, difficulty } = proofOfWork;
    lines.push(
      `The difficulty, ${difficulty} at first, adjusts every ${count(retargetBlocks, 'block')} to one in ${count(spacingSeconds, 'second')}.`,
    );
  }
  if (maxReorg !== undefined) lines.push(`Nodes refuse to undo more than ${count(maxReorg, 'block')}.`);
  return lines;
}
