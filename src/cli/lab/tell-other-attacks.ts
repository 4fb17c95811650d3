import type { CensorOutcome, PartitionOutcome, SelfishOutcome } from '../../../regtest/index.js';
import { columns, count, percent } from './terminal.js';

/** How selfish mining ended: a line for each stretch between two adjustments, and what it came to. */
export function tellSelfish(result: SelfishOutcome): string[] {
  const spans = columns(
    [
      ['heights', 'difficulty', "attacker's blocks", 'of', 'mean block times'],
      ...result.spans.map(({ from, to, difficulty, attacker, time }) => [
        `${from} to ${to}`,
        difficulty.toFixed(3),
        String(attacker),
        String(to - from + 1),
        time.toFixed(1),
      ]),
    ],
    [1, 2, 3, 4],
  );
  const figures = columns(
    [
      ['', 'this time', 'theory'],
      ["attacker's share of the chain", percent(result.share), percent(result.theory)],
      ['revenue per time before adjustment', percent(result.revenueBefore), percent(result.theoryBefore)],
      ['revenue per time after adjustment', percent(result.revenueAfter), percent(result.theoryAfter)],
      ['his share of the hash rate', percent(result.hashrate), ''],
    ],
    [1, 2],
  );
  return [...spans, '', ...figures, '', selfishVerdict(result)];
}

function selfishVerdict({ success, difficulty }: SelfishOutcome): string {
  const earned = success ? 'more' : 'no more';
  return `The difficulty came to ${difficulty.toFixed(3)}, and the attacker has got ${earned} than his share of the hash rate.`;
}

/** How censorship ended. */
export function tellCensor({ txid, confirmedAt, orphaned }: CensorOutcome): string[] {
  return [
    `${count(orphaned, 'block')} of others that held the transaction were orphaned.`,
    confirmedAt === undefined
      ? `${txid} was never confirmed for good.`
      : `${txid} was confirmed for good after ${confirmedAt.toFixed(2)} mean block times.`,
  ];
}

/** How a partition ended: where each transaction is. */
export function tellPartition(result: PartitionOutcome): string[] {
  const transactions = columns([
    ['transaction', 'made on', 'is in', 'spends'],
    ...result.transactions.map(({ txid, side, conflicting, places }) => [
      txid,
      side,
      [...new Set(places)].join(', '),
      conflicting ? 'a coin that the other side spent too' : 'a coin of its own',
    ]),
  ]);
  return [
    ...transactions,
    '',
    result.split
      ? 'The sides never agree again: the losing one refuses to undo so many blocks.'
      : `The ${result.outcome} had more work; the other undid ${count(result.reorgDepth, 'block')}.`,
  ];
}
