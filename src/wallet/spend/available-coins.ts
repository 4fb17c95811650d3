import { feeAt } from '../../primitives/feerate.js';
import { outPointKey } from '../../primitives/outpoint.js';
import type { TxOutput } from '../../primitives/transaction.js';
import { solve } from '../../script/templates.js';
import type { OwnCoin } from '../ledger/ledger.js';
import type { WalletTx } from '../ledger/wallet-tx.js';
import { Trust } from '../trust.js';
import type { Wallet } from '../wallet.js';
import { type CoinControl, presetByKey } from './coin-control.js';
import { inputSize } from './input-size.js';
import type { CoinType, SelectableCoin } from './selection/coin.js';

export interface CoinFilter {
  /** Satoshis. */
  readonly minAmount?: number;
  readonly maxAmount?: number;
  /** Stop when the coins found are worth that much. */
  readonly minSum?: number;
  readonly maxCount?: number;
  readonly includeImmatureCoinbase?: boolean;
  /** Coins that the user locked are left out unless this is set. */
  readonly includeLocked?: boolean;
}

/** A coin with the transaction it comes from. */
export interface AvailableCoin extends SelectableCoin {
  readonly wtx: WalletTx;
}

/**
 * The wallet's coins that can be spent, best known first.
 *
 * @param feeRate satoshis per 1000 vbytes, for the effective values; 0 when they do not matter
 */
export function availableCoins(
  wallet: Wallet,
  control: CoinControl,
  feeRate: number,
  filter: CoinFilter = {},
): AvailableCoin[] {
  const trust = new Trust(wallet.ledger, wallet.modules.options.spendZeroConfChange);
  const preset = presetByKey(control);
  const found: AvailableCoin[] = [];
  let sum = 0;
  for (const coin of wallet.ledger.ownCoins()) {
    const { wtx, vout, output } = coin;
    const depth = usableDepth(wallet, wtx, filter);
    if (depth === undefined || depth < (control.minDepth ?? 0)) continue;
    if (depth > (control.maxDepth ?? Number.MAX_SAFE_INTEGER)) continue;
    const safe = isSafe(wtx, depth, trust);
    if (!safe && control.includeUnsafe !== true) continue;
    if (
      output.value < (filter.minAmount ?? 0) ||
      output.value > (filter.maxAmount ?? Number.MAX_SAFE_INTEGER)
    ) {
      continue;
    }
    if (preset.has(outPointKey(wtx.tx.txid, vout))) continue;
    if (filter.includeLocked !== true && wallet.isLocked(wtx.tx.txid, vout)) continue;
    if (control.avoidAddressReuse !== false && wallet.isReused(output.script)) continue;
    found.push(describe(wallet, coin, depth, safe, feeRate, control));
    sum += output.value;
    if (sum >= (filter.minSum ?? Number.POSITIVE_INFINITY)) break;
    if (filter.maxCount !== undefined && filter.maxCount > 0 && found.length >= filter.maxCount) break;
  }
  return found;
}

/** Confirmations of a transaction whose outputs are there to be spent; undefined for others. */
function usableDepth(wallet: Wallet, wtx: WalletTx, filter: CoinFilter): number | undefined {
  const { ledger } = wallet;
  if (filter.includeImmatureCoinbase !== true && ledger.isImmature(wtx)) return undefined;
  const depth = ledger.depth(wtx);
  // What is not even in the mempool may be in conflict with something that the wallet does not know of.
  if (depth < 0 || (depth === 0 && !wtx.inMempool)) return undefined;
  return depth;
}

/**
 * A replacement's outputs are not safe, nor those of what was replaced: after a reorganisation both a spend of the one
 * and its replacement by a spend of the other might be confirmed.
 */
function isSafe(wtx: WalletTx, depth: number, trust: Trust): boolean {
  if (depth === 0 && (wtx.notes.has('replaces_txid') || wtx.notes.has('replaced_by_txid'))) return false;
  return trust.isTrusted(wtx);
}

function describe(
  wallet: Wallet,
  { wtx, vout, output }: OwnCoin,
  depth: number,
  safe: boolean,
  feeRate: number,
  control: CoinControl,
): AvailableCoin {
  const size = inputSize(wallet, output.script, control);
  const fee = size === undefined ? 0 : feeAt(feeRate, size);
  return {
    wtx,
    outpoint: { txid: wtx.tx.txid, vout },
    output,
    type: coinType(wallet, output),
    depth,
    inputSize: size,
    fromMe: wallet.ledger.debit(wtx.tx) > 0,
    safe,
    fee,
    effectiveValue: output.value - fee,
  };
}

/** Kind of address that the coin is at; segwit within P2SH is seen through the redeem script. */
export function coinType(wallet: Wallet, { script }: TxOutput): CoinType {
  const template = solve(script);
  switch (template.type) {
    case 'witness_v1_taproot':
      return 'bech32m';
    case 'witness_v0_keyhash':
    case 'witness_v0_scripthash':
      return 'bech32';
    case 'pubkeyhash':
      return 'legacy';
    case 'scripthash': {
      const redeemScript = wallet.keychain.solvingProvider(script).script(template.scriptHash);
      const inner = redeemScript && solve(redeemScript).type;
      return inner === 'witness_v0_keyhash' || inner === 'witness_v0_scripthash' ? 'p2sh-segwit' : 'legacy';
    }
    default:
      return 'unknown';
  }
}
