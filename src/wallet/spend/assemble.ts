import { type OutPointKey, outPointKey } from '../../primitives/outpoint.js';
import { MAX_NON_FINAL_SEQUENCE, MAX_REPLACEABLE_SEQUENCE } from '../../primitives/sequence.js';
import type { TxInput, TxOutput, TxParts } from '../../primitives/transaction.js';
import { assert, defined } from '../../runtime/errors.js';
import { isDust } from '../../script/dust.js';
import { LOCKTIME_THRESHOLD } from '../../script/limits.js';
import type { Wallet } from '../wallet.js';
import type { CoinControl, PresetInput, Recipient } from './coin-control.js';
import { SpendFailure } from './failure.js';
import type { SelectableCoin } from './selection/coin.js';
import { type RandomSource, shuffled } from './selection/random.js';

const DEFAULT_VERSION = 2;

/** A tip older than this, in seconds, says that the node is not up to date. */
const MAX_TIP_AGE = 8 * 60 * 60;

/** Inputs in random order; those that the user chose come first and in the user's order. */
export function orderCoins(
  coins: readonly SelectableCoin[],
  preset: ReadonlyMap<OutPointKey, PresetInput>,
  random: RandomSource,
): SelectableCoin[] {
  const places = new Map([...preset.keys()].map((key, place) => [key, place]));
  const placeOf = ({ outpoint }: SelectableCoin) =>
    places.get(outPointKey(outpoint.txid, outpoint.vout)) ?? places.size;
  return shuffled(coins, random).sort((a, b) => placeOf(a) - placeOf(b));
}

/** The transaction without signatures. */
export function assemble(
  wallet: Wallet,
  coins: readonly SelectableCoin[],
  outputs: readonly TxOutput[],
  control: CoinControl,
  preset: ReadonlyMap<OutPointKey, PresetInput>,
  random: RandomSource,
): TxParts {
  const rbf = control.signalRbf ?? wallet.modules.options.walletRbf;
  const sequence = rbf ? MAX_REPLACEABLE_SEQUENCE : MAX_NON_FINAL_SEQUENCE;
  const chosen = coins.map(({ outpoint }) => preset.get(outPointKey(outpoint.txid, outpoint.vout)));
  const inputs = coins.map(
    ({ outpoint }, index): TxInput => ({
      prevout: outpoint,
      scriptSig: chosen[index]?.scriptSig ?? new Uint8Array(0),
      witness: chosen[index]?.witness ?? [],
      sequence: chosen[index]?.sequence ?? sequence,
    }),
  );
  const isFree = control.lockTime === undefined && chosen.every(input => input?.sequence === undefined);
  return {
    version: control.version ?? DEFAULT_VERSION,
    inputs,
    outputs,
    lockTime: control.lockTime ?? (isFree ? antiSnipingLockTime(wallet, random) : 0),
  };
}

/**
 * Height that keeps the transaction out of blocks that would replace the present tip, so that its fee is no reason to
 * replace it. Now and then a somewhat lower one, so that those who are slow to send do not stand out. 0 when the node is
 * behind, since an old height would mark the transaction.
 */
function antiSnipingLockTime(wallet: Wallet, random: RandomSource): number {
  const { chain, clock } = wallet.modules;
  const tip = chain.tip();
  if (chain.isInitialBlockDownload() || tip.time < clock.now() - MAX_TIP_AGE) return 0;
  const { height } = wallet.ledger.tip;
  assert(height < LOCKTIME_THRESHOLD, 'a height is no time');
  return random.below(10) === 0 ? Math.max(0, height - random.below(100)) : height;
}

export function sumOutputs(outputs: readonly TxOutput[]): number {
  return outputs.reduce((sum, output) => sum + output.value, 0);
}

/**
 * Takes `amount` satoshis off the payments that pay the fee, in equal parts; the first takes the remainder.
 *
 * @param outputs payments in the order of `recipients`, with change between them at `changePosition`
 */
export function subtractFee(
  outputs: readonly TxOutput[],
  recipients: readonly Recipient[],
  changePosition: number | undefined,
  amount: number,
  dustRate: number,
): TxOutput[] | SpendFailure {
  const payers = recipients.filter(recipient => recipient.subtractFee).length;
  const share = Math.trunc(amount / payers);
  let remainder = amount % payers;
  const reduced = [...outputs];
  for (const [index, recipient] of recipients.entries()) {
    if (!recipient.subtractFee) continue;
    const at = changePosition !== undefined && index >= changePosition ? index + 1 : index;
    const output = defined(outputs[at], 'output of a recipient');
    const paid = { ...output, value: output.value - share - remainder };
    remainder = 0;
    if (isDust(paid, dustRate)) {
      return new SpendFailure(
        paid.value < 0
          ? 'The transaction amount is too small to pay the fee'
          : 'The transaction amount is too small to send after the fee has been deducted',
      );
    }
    reduced[at] = paid;
  }
  return reduced;
}
