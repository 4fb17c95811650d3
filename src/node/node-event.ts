import type { RemovalReason } from '../mempool/mempool.js';

/** Why a transaction left the mempool. */
export type TxRemovalReason = RemovalReason | 'block';

/**
 * What a node tells those who watch it from outside, as it happens. Hashes and txids are hex as RPC has them, amounts
 * satoshis, sizes bytes. Blocks that are connected while a node starts are not told.
 */
export type NodeEvent =
  /** A block passed the checks that need no coins, and is on disk; it need not become part of the chain. */
  | {
      readonly type: 'blockStored';
      readonly hash: string;
      readonly parent: string;
      readonly height: number;
      /** Unix seconds in the header. */
      readonly time: number;
      readonly txs: number;
      readonly bytes: number;
      /** Name in the user agent of the peer that sent it; absent when it came by RPC or was mined here. */
      readonly from?: string;
    }
  /** A peer told of a block by its header, an inventory entry or the block itself; once for each peer and block. */
  | { readonly type: 'blockAnnounced'; readonly hash: string; readonly from: string }
  /** Part of the active chain from now on. Txids are without the coinbase. */
  | {
      readonly type: 'blockConnected';
      readonly hash: string;
      readonly height: number;
      readonly txids: readonly string[];
    }
  /** No longer part of the active chain. Txids are without the coinbase: they are reversed. */
  | {
      readonly type: 'blockDisconnected';
      readonly hash: string;
      readonly height: number;
      readonly txids: readonly string[];
    }
  /** After a round of connecting; `forkHeight` is that of the last block kept of the former chain. */
  | {
      readonly type: 'tip';
      readonly hash: string;
      readonly height: number;
      readonly forkHeight: number;
    }
  | {
      readonly type: 'txAdded';
      readonly txid: string;
      readonly fee: number;
      /** Virtual bytes. */
      readonly vsize: number;
    }
  | { readonly type: 'txRemoved'; readonly txid: string; readonly reason: TxRemovalReason }
  /** A connection is greeted, or gone. `peer` is the name in its user agent, empty when it has none. */
  | { readonly type: 'peer'; readonly peer: string; readonly connected: boolean }
  /** Whoever listens was too slow: so many events that came before this one were left out. */
  | { readonly type: 'lost'; readonly events: number };
