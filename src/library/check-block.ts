import * as rules from '../consensus/block-check.js';
import type { Rejection } from '../consensus/rejection.js';
import * as txRules from '../consensus/tx-check.js';
import { Block } from '../primitives/block.js';
import { Transaction } from '../primitives/transaction.js';
import { booleanArgument, bytesArgument, properties } from './arguments.js';
import { networkRules } from './network-rules.js';
import type { Network } from './networks.js';

export type CheckResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** Core's reject string, such as `bad-txnmrklroot`. */
      readonly error: string;
      /** What Core's log adds to it; may be empty, and may change. */
      readonly detail: string;
    };

export interface CheckBlockRequest {
  /** One serialised block. */
  readonly block: Uint8Array;
  readonly network: Network;
  /** Of a signet of one's own (BIP325); the public signet's when left out. */
  readonly signetChallenge?: Uint8Array;
  /** Proof of work, and on signet the block's signature; false for a block that is still to be mined. True if left out. */
  readonly checkPow?: boolean;
  /** True if left out. */
  readonly checkMerkleRoot?: boolean;
}

/**
 * Checks the rules that a block must meet by itself: proof of work for the target that its header claims, merkle root,
 * size, one coinbase and in the first place, the rules of each transaction, signature operations; on signet the block's
 * signature. Core calls it CheckBlock.
 *
 * What needs to know the chain is not checked: the target itself, times, lock times, the height in the coinbase, the
 * witness commitment, coins, amounts, scripts ({@link verifyBlockScripts}).
 *
 * @throws DecodeError when `block` is not a serialised block
 * @throws UsageError
 * @example
 * import assert from 'node:assert/strict';
 * import { checkBlock, fromHex } from 'blocksmith/consensus';
 *
 * // Nobody has worked for a header of zeros, and it commits to no transaction.
 * const coinbase = `0100000001${'00'.repeat(32)}ffffffff025151ffffffff0100f2052a01000000015100000000`;
 * const block = fromHex(`${'00'.repeat(80)}01${coinbase}`);
 * const { error } = checkBlock({ block, network: 'main' });
 * assert.equal(error, 'high-hash');
 * const unmined = checkBlock({ block, network: 'main', checkPow: false });
 * assert.equal(unmined.error, 'bad-txnmrklroot');
 * const proposed = checkBlock({ block, network: 'main', checkPow: false, checkMerkleRoot: false });
 * assert.deepEqual(proposed, { ok: true });
 */
export function checkBlock(request: CheckBlockRequest): CheckResult {
  const { block, network, signetChallenge, checkPow, checkMerkleRoot } = properties(request, 'request');
  const params = networkRules(network, signetChallenge);
  const options = {
    checkPow: booleanArgument(checkPow, 'checkPow', true),
    checkMerkle: booleanArgument(checkMerkleRoot, 'checkMerkleRoot', true),
  };
  return resultOf(rules.checkBlock(Block.parse(bytesArgument(block, 'block')), params, options));
}

/**
 * Checks the rules that a transaction must meet by itself: it has inputs and outputs, is not too large, its amounts are
 * in range, it spends nothing twice; a coinbase has a script of 2 to 100 bytes. Core calls it CheckTransaction.
 *
 * @param bytes one serialised transaction
 * @throws DecodeError when `bytes` are not a serialised transaction
 * @throws UsageError when they are not a Uint8Array
 * @example
 * import assert from 'node:assert/strict';
 * import { checkTransaction, fromHex } from 'blocksmith/consensus';
 *
 * const input = `${'aa'.repeat(32)}0000000000ffffffff`;
 * const output = '000000000000000000';
 * const once = fromHex(`0100000001${input}01${output}00000000`);
 * const twice = fromHex(`0100000002${input}${input}01${output}00000000`);
 * assert.deepEqual(checkTransaction(once), { ok: true });
 * assert.equal(checkTransaction(twice).error, 'bad-txns-inputs-duplicate');
 */
export function checkTransaction(bytes: Uint8Array): CheckResult {
  return resultOf(txRules.checkTransaction(Transaction.parse(bytesArgument(bytes, 'bytes'))));
}

function resultOf(rejection: Rejection<string> | undefined): CheckResult {
  if (rejection === undefined) return { ok: true };
  return { ok: false, error: rejection.reason, detail: rejection.debug };
}
