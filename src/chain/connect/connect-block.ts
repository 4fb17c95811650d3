import { bip30Enforced, blockScriptFlags, heightsTellCoinbasesApart } from '../../consensus/block-flags.js';
import type { HeaderId, HeaderView } from '../../consensus/chain-view.js';
import type { ConsensusParams } from '../../consensus/params.js';
import { type BlockRejection, reject } from '../../consensus/rejection.js';
import { blockSubsidy } from '../../consensus/subsidy.js';
import type { Block } from '../../primitives/block.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { BlockUndo } from '../chain.js';
import type { MutableCoins } from '../coins/mutable-coins.js';
import { applyTransactions } from './apply-transactions.js';
import { checkBlockScripts, type ScriptChecks, type ScriptRejection } from './check-scripts.js';

export interface ConnectRules {
  readonly view: HeaderView;
  readonly params: ConsensusParams;
  /** How to check scripts; undefined takes them as good (assumevalid). */
  readonly scripts: ScriptChecks | undefined;
  /** The coins before the block, if they stay as they are: to tell of a block that does not hold all that Core tells. */
  readonly coinsBefore?: Pick<MutableCoins, 'has'>;
}

export interface FailedConnect {
  readonly rejection: BlockRejection;
  /** The transaction whose scripts failed, if that was it. */
  readonly badScripts?: Transaction;
}

export type ConnectResult = { readonly undo: BlockUndo } | FailedConnect;

/** A block whose coins are spent and created, while its scripts are still being checked. */
export interface ConnectAttempt {
  /** All other rules hold: were the scripts good, the coins would be those after the block. */
  readonly holds: boolean;
  /** The undo data, or why not. */
  readonly result: Promise<ConnectResult>;
}

/** Connects a block as {@link beginConnect} does, and waits for the result. */
export async function connectBlock(
  block: Block,
  prev: HeaderId,
  coins: MutableCoins,
  rules: ConnectRules,
): Promise<ConnectResult> {
  return beginConnect(block, prev, coins, rules).result;
}

/**
 * Connects a block to the coins after `prev`: every rule that needs coins (Core's ConnectBlock). The block has passed the
 * checks that need none. What is reported is the first broken rule in the order of transactions, scripts included,
 * as Core with one script thread reports it, whatever the number of threads is here.
 *
 * Effects: changes `coins`, all at once, and which are worth nothing after a rejection; see {@link checkBlockScripts} for
 * its cache.
 */
export function beginConnect(
  block: Block,
  prev: HeaderId,
  coins: MutableCoins,
  { view, params, scripts, coinsBefore }: ConnectRules,
): ConnectAttempt {
  const height = view.height(prev) + 1;
  const flags = blockScriptFlags(height, block.hash, params);
  const mayOverwrite = bip30Enforced(block.hash, prev, view, params);
  // To look for each new coin in the database takes long, and is left out where nothing but the reason can come of it.
  const isReasonOnly = heightsTellCoinbasesApart(params);
  if (mayOverwrite && !isReasonOnly && overwrites(block, coins)) return decided({ rejection: OVERWRITES });
  const applied = applyTransactions(block, coins, { prev, height, flags, view, params });
  if (mayOverwrite && isReasonOnly && applied.rejection !== undefined && coinsBefore !== undefined) {
    if (overwrites(block, coinsBefore)) return decided({ rejection: OVERWRITES });
  }
  const rejection = applied.rejection ?? checkReward(block, applied.fees + blockSubsidy(height, params));
  const checks = scripts && checkBlockScripts(block, applied.spent, flags, scripts);
  const otherwise: ConnectResult = rejection === undefined ? { undo: applied.spent } : { rejection };
  return { holds: rejection === undefined, result: withScripts(checks, otherwise) };
}

/** An attempt whose result is known without scripts. */
export function decided(result: ConnectResult): ConnectAttempt {
  return { holds: 'undo' in result, result: Promise.resolve(result) };
}

/** Scripts come before what is wrong with later transactions, or with the reward. */
async function withScripts(
  checks: Promise<ScriptRejection | undefined> | undefined,
  otherwise: ConnectResult,
): Promise<ConnectResult> {
  const bad = await checks;
  return bad === undefined ? otherwise : { rejection: bad.rejection, badScripts: bad.tx };
}

const OVERWRITES = reject('consensus', 'bad-txns-BIP30');

/** BIP30: whether a transaction would replace unspent outputs of an earlier one with the same id. */
function overwrites(block: Block, coins: Pick<MutableCoins, 'has'>): boolean {
  return block.transactions.some(({ txid, outputCount }) => {
    for (let vout = 0; vout < outputCount; vout++) if (coins.has({ txid, vout })) return true;
    return false;
  });
}

function checkReward(block: Block, limit: number): BlockRejection | undefined {
  const paid = block.transactions[0]?.valueOut ?? 0;
  return paid > limit ? reject('consensus', 'bad-cb-amount') : undefined;
}
