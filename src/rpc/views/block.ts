import type { BlockUndo, Chain } from '../../chain/chain.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import type { Block } from '../../primitives/block.js';
import { hashToHex } from '../../primitives/bytes.js';
import { formatUint256 } from '../../primitives/target.js';
import type { JsonValue } from '../json.js';
import { transactionView } from './transaction.js';

type JsonMembers = { readonly [key: string]: JsonValue };

/** Ratio of the easiest target with a 32-bit mantissa, 0x1d00ffff, to the target of `bits`. */
export function difficulty(bits: number): number {
  let shift = (bits >>> 24) & 0xff;
  let ratio = 0x0000ffff / (bits & 0x00ffffff);
  for (; shift < 29; shift++) ratio *= 256;
  for (; shift > 29; shift--) ratio /= 256;
  return ratio;
}

export function bitsHex(bits: number): string {
  return bits.toString(16).padStart(8, '0');
}

/** Blocks on top of `id` plus one, or -1 when it is not in the active chain. */
export function confirmationsOf(chain: Chain, id: HeaderId): number {
  return chain.isActive(id) ? chain.height - chain.headers.height(id) + 1 : -1;
}

/** A header as getblockheader and getblock show it. */
export function headerView(chain: Chain, id: HeaderId): JsonMembers {
  const { headers } = chain;
  const header = headers.header(id);
  const height = headers.height(id);
  const next = chain.isActive(id) ? chain.at(height + 1) : NO_HEADER;
  const prev = headers.prev(id);
  return {
    hash: hashToHex(header.hash),
    confirmations: confirmationsOf(chain, id),
    height,
    version: header.version,
    versionHex: (header.version >>> 0).toString(16).padStart(8, '0'),
    merkleroot: hashToHex(header.merkleRoot),
    time: header.time,
    mediantime: headers.medianTimePast(id),
    nonce: header.nonce,
    bits: bitsHex(header.bits),
    difficulty: difficulty(header.bits),
    chainwork: formatUint256(headers.chainWork(id)),
    nTx: headers.txCount(id),
    previousblockhash: prev === NO_HEADER ? undefined : hashToHex(headers.hash(prev)),
    nextblockhash: next === NO_HEADER ? undefined : hashToHex(headers.hash(next)),
  };
}

/** How much of its transactions a block shows. */
export type BlockDetail = 'txids' | 'transactions' | 'prevouts';

/** A block as getblock shows it (verbosity 1 to 3). */
export function blockView(
  chain: Chain,
  id: HeaderId,
  block: Block,
  detail: BlockDetail,
  undo: BlockUndo | undefined,
): JsonMembers {
  const params = chain.params.address;
  return {
    ...headerView(chain, id),
    strippedsize: block.baseSize,
    size: block.totalSize,
    weight: block.weight,
    tx:
      detail === 'txids'
        ? block.txids.map(hashToHex)
        : block.transactions.map((tx, index) =>
            transactionView(tx, params, {
              spent: index === 0 ? undefined : undo?.[index - 1],
              withPrevouts: detail === 'prevouts',
              withHex: true,
            }),
          ),
  };
}
