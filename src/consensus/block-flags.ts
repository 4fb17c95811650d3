import { bytesEqual, type Hash256, hashFromHex, hashKey } from '../primitives/bytes.js';
import { defined } from '../runtime/errors.js';
import { ScriptFlag, type ScriptFlags } from '../script/flags.js';
import { type HeaderId, type HeaderView, NO_HEADER } from './chain-view.js';
import type { ConsensusParams } from './params.js';

/**
 * Script flags that the block at `height` with `hash` is checked under. P2SH, witness and taproot rules hold for all
 * blocks ever but the few exceptions; the others from their activation height on.
 */
export function blockScriptFlags(height: number, hash: Hash256, params: ConsensusParams): ScriptFlags {
  const { buriedHeights } = params;
  let flags: ScriptFlags =
    params.scriptFlagExceptions.get(hashKey(hash)) ??
    ScriptFlag.P2SH | ScriptFlag.WITNESS | ScriptFlag.TAPROOT;
  if (height >= buriedHeights.dersig) flags |= ScriptFlag.DERSIG;
  if (height >= buriedHeights.cltv) flags |= ScriptFlag.CHECKLOCKTIMEVERIFY;
  if (height >= buriedHeights.csv) flags |= ScriptFlag.CHECKSEQUENCEVERIFY;
  // BIP147 came with segwit.
  if (height >= buriedHeights.segwit) flags |= ScriptFlag.NULLDUMMY;
  return flags;
}

interface Place {
  readonly height: number;
  readonly hash: Hash256;
}

function place(height: number, hash: string): Place {
  return { height, hash: defined(hashFromHex(hash), 'block hash') };
}

/** The two mainnet blocks whose coinbases overwrote earlier unspent ones, before BIP30. */
const BIP30_REPEATS = [
  place(91842, '00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec'),
  place(91880, '00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721'),
];

/** The two blocks whose coinbases were overwritten by them, and so can never be spent. */
const BIP30_UNSPENDABLE = [
  place(91722, '00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e'),
  place(91812, '00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f'),
];

function isAt(places: readonly Place[], height: number, hash: Hash256): boolean {
  return places.some(known => known.height === height && bytesEqual(known.hash, hash));
}

/** True for the blocks that repeat an earlier coinbase and are excused from BIP30. */
export function isBip30Repeat(height: number, hash: Hash256): boolean {
  return isAt(BIP30_REPEATS, height, hash);
}

/** True for the blocks whose coinbase output was lost to a repeat. */
export function isBip30Unspendable(height: number, hash: Hash256): boolean {
  return isAt(BIP30_UNSPENDABLE, height, hash);
}

/**
 * From this height on, coinbases made before BIP34 could come again: they carry, by chance, the number of a later
 * block as their height, and this is the lowest number that is still ahead.
 */
const BIP34_IMPLIES_BIP30_LIMIT = 1_983_702;

/**
 * Whether the block `hash` on top of `prev` must be searched for transactions that overwrite unspent ones (BIP30).
 * Not on the chain that contains the known BIP34 activation block: heights in coinbases keep their ids apart there.
 */
export function bip30Enforced(
  hash: Hash256,
  prev: HeaderId,
  view: HeaderView,
  params: ConsensusParams,
): boolean {
  const height = view.height(prev) + 1;
  if (height >= BIP34_IMPLIES_BIP30_LIMIT) return true;
  return !isBip30Repeat(height, hash) && !isOnBip34Chain(prev, view, params);
}

/**
 * Whether all coinbases that made coins have their heights, as on regtest. No two of them are the same then, so no two
 * transactions spend the same outpoints: one that comes again has no coins to spend, and breaks another rule, too.
 */
export function heightsTellCoinbasesApart({ buriedHeights }: ConsensusParams): boolean {
  return buriedHeights.bip34 <= 1;
}

function isOnBip34Chain(prev: HeaderId, view: HeaderView, params: ConsensusParams): boolean {
  const activationHeight = params.buriedHeights.bip34;
  if (params.bip34Hash === undefined || activationHeight > view.height(prev)) return false;
  const activation = view.ancestor(prev, activationHeight);
  return activation !== NO_HEADER && bytesEqual(view.hash(activation), params.bip34Hash);
}
