import { Block } from '../primitives/block.js';
import { defined } from '../runtime/errors.js';
import { groupSpends, type Spend, verifySpends } from '../script/verify-spends.js';
import { arrayArgument, bytesArgument, prevoutsArgument, properties } from './arguments.js';
import { flagsArgument } from './flags.js';
import { UsageError } from './usage-error.js';
import type { Prevout, ScriptErrorName } from './verify-input.js';

/** Inputs that run before the verdict on their Schnorr signatures, which are checked together: two full batches. */
const INPUTS_AT_ONCE = 256;

export interface VerifyBlockScriptsRequest {
  /** One serialised block. */
  readonly block: Uint8Array;
  /**
   * The output that each input of the block spends, coinbases left out: all in one list in block order, or a list for each
   * transaction but coinbases.
   */
  readonly prevouts: readonly Prevout[] | readonly (readonly Prevout[])[];
  /** Names of the rules; {@link scriptFlagsAt} has those of a height. */
  readonly flags: readonly string[];
}

export type VerifyBlockScriptsResult =
  | {
      readonly ok: true;
      /** How many inputs were verified. */
      readonly inputs: number;
    }
  | {
      readonly ok: false;
      /** Core's name of what went wrong in the first input, in block order, that fails. */
      readonly error: ScriptErrorName;
      /** Index of its transaction in the block, the coinbase counted. */
      readonly txIndex: number;
      /** Id of that transaction, 32 bytes, internal order. */
      readonly txid: Uint8Array;
      /** Index of the input in its transaction. */
      readonly inputIndex: number;
    };

/**
 * Verifies the scripts of all inputs of a block, as {@link verifyInput} does for one, in block order, and stops at the
 * first that fails. Coinbases spend nothing and are passed over. All else about the block is for others to check
 * ({@link checkBlock}). Runs to its end on the calling thread: seconds for a full block.
 *
 * @throws DecodeError when `block` is not a serialised block
 * @throws UsageError as {@link verifyInput}
 * @example
 * import assert from 'node:assert/strict';
 * import { fromHex, verifyBlockScripts } from 'blocksmith/consensus';
 *
 * // A header that nobody looks at, a coinbase, and a transaction with two inputs that have empty scripts.
 * const coinbase = `0100000001${'00'.repeat(32)}ffffffff025151ffffffff0100f2052a01000000015100000000`;
 * const input = seed => `${seed.repeat(32)}0000000000ffffffff`;
 * const spend = `0100000002${input('aa')}${input('bb')}0100f2052a01000000015100000000`;
 * const block = fromHex(`${'00'.repeat(80)}02${coinbase}${spend}`);
 * const verify = (...scripts) => verifyBlockScripts({
 *   block,
 *   prevouts: scripts.map(script => ({ value: 2_500_000_000, script: fromHex(script) })),
 *   flags: ['P2SH', 'WITNESS', 'TAPROOT'],
 * });
 * assert.deepEqual(verify('51', '52'), { ok: true, inputs: 2 }); // OP_1, OP_2
 * const { error, txIndex, inputIndex } = verify('51', '00'); // OP_0
 * assert.deepEqual([error, txIndex, inputIndex], ['EVAL_FALSE', 1, 1]);
 */
export function verifyBlockScripts(request: VerifyBlockScriptsRequest): VerifyBlockScriptsResult {
  const { block: bytes, prevouts, flags: names } = properties(request, 'request');
  const flags = flagsArgument(names);
  const block = Block.parse(bytesArgument(bytes, 'block'));
  const spends = spendsOf(block, arrayArgument(prevouts, 'prevouts'));
  for (const group of groupSpends(spends, INPUTS_AT_ONCE)) {
    const failure = verifySpends(group, flags);
    if (failure === undefined) continue;
    const { error, inputIndex } = failure;
    const { tx, txIndex } = defined(group[failure.index], 'the spend that failed');
    return { ok: false, error, inputIndex, txIndex, txid: new Uint8Array(tx.txid) };
  }
  return { ok: true, inputs: spends.reduce((sum, { tx }) => sum + tx.inputCount, 0) };
}

/** A transaction of a block that spends outputs. */
interface BlockSpend extends Spend {
  readonly txIndex: number;
}

/** The transactions that are not coinbases, with a caller's prevouts of either shape. */
function spendsOf(block: Block, prevouts: readonly unknown[]): BlockSpend[] {
  const spends = block.transactions.flatMap((tx, txIndex) => (tx.isCoinbase ? [] : [{ tx, txIndex }]));
  if (prevouts.some(Array.isArray)) {
    if (prevouts.length !== spends.length) {
      const lists = prevouts.length === 1 ? '1 list' : `${prevouts.length} lists`;
      const text = `prevouts has ${lists}, but there are ${spends.length} transactions to have one each`;
      throw new UsageError('prevout-count', text);
    }
    return spends.map(({ tx, txIndex }, i) => {
      const spent = prevoutsArgument(prevouts[i], tx.inputCount, `prevouts[${i}]`);
      return { tx, txIndex, spent, from: 0, to: tx.inputCount };
    });
  }
  const inputs = spends.reduce((sum, { tx }) => sum + tx.inputCount, 0);
  const all = prevoutsArgument(prevouts, inputs, 'prevouts');
  let from = 0;
  return spends.map(({ tx, txIndex }) => {
    const spent = all.slice(from, from + tx.inputCount);
    from += tx.inputCount;
    return { tx, txIndex, spent, from: 0, to: tx.inputCount };
  });
}
