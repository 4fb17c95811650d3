import type { Chain } from '../chain/chain.js';
import { firstAtOrAfter } from '../chain/first-at-or-after.js';
import { StoreError } from '../chain/store/store-error.js';
import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import { formatRejection, type TxRejection } from '../consensus/rejection.js';
import { type Mempool, TOO_HIGH_FEE } from '../mempool/mempool.js';
import { MEMPOOL_HEIGHT } from '../mempool/policy/limits.js';
import type { MempoolOptions } from '../mempool/policy/settings.js';
import type { P2P } from '../net/api.js';
import type { Block } from '../primitives/block.js';
import { type Hash256, hashKey } from '../primitives/bytes.js';
import type { Coin } from '../primitives/coin.js';
import type { OutPoint } from '../primitives/outpoint.js';
import type { Transaction } from '../primitives/transaction.js';
import type { Logger } from '../runtime/logger.js';
import type { BlockRef, WalletChain, WalletNotifications } from '../wallet/chain-access.js';

export interface WalletChainModules {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly p2p: Pick<P2P, 'broadcastTransaction'>;
  readonly logger: Logger;
  /** The mempool's options that wallets have to go by. */
  readonly policy: Pick<MempoolOptions, 'dustRelayFeeRate' | 'limits'>;
  readonly estimateFeeRate: WalletChain['estimateFeeRate'];
}

function refusalText(rejection: TxRejection): string {
  if (rejection.reason !== TOO_HIGH_FEE) return formatRejection(rejection);
  return `Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate): ${rejection.debug}`;
}

/** The node as wallets see it. */
export class NodeWalletChain implements WalletChain {
  constructor(private readonly modules: WalletChainModules) {}

  tip(): BlockRef {
    return this.ref(this.modules.chain.tip);
  }

  at(height: number): BlockRef | undefined {
    const id = this.modules.chain.at(height);
    return id === NO_HEADER ? undefined : this.ref(id);
  }

  find(hash: Hash256): BlockRef | undefined {
    const { chain } = this.modules;
    const id = chain.headers.find(hash);
    return id === NO_HEADER || !chain.isActive(id) ? undefined : this.ref(id);
  }

  async readBlock(ref: BlockRef): Promise<Block | undefined> {
    const { chain, logger } = this.modules;
    const id = chain.headers.find(ref.hash);
    if (!chain.headers.hasData(id)) return undefined;
    try {
      return await chain.readBlock(id);
    } catch (thrown) {
      if (!(thrown instanceof StoreError)) throw thrown;
      logger.error(thrown.message);
      return undefined;
    }
  }

  get havePruned(): boolean {
    return this.modules.chain.havePruned;
  }

  hasBlocks(from: number, to?: number): boolean {
    const { chain } = this.modules;
    for (let height = Math.min(to ?? chain.height, chain.height); height >= from; height--) {
      if (!chain.headers.hasData(chain.at(height))) return false;
    }
    return true;
  }

  firstAtOrAfter(time: number): BlockRef | undefined {
    const id = firstAtOrAfter(this.modules.chain, time);
    return id === NO_HEADER ? undefined : this.ref(id);
  }

  async coins(outpoints: readonly OutPoint[]): Promise<(Coin | undefined)[]> {
    const { chain, mempool } = this.modules;
    await chain.coins.prefetch(outpoints);
    return chain.runStable(() =>
      outpoints.map(outpoint => {
        const parent = mempool.get(hashKey(outpoint.txid))?.tx;
        if (parent === undefined) return chain.coins.get(outpoint);
        const output = parent.outputs[outpoint.vout];
        return output && { ...output, height: MEMPOOL_HEIGHT, coinbase: false };
      }),
    );
  }

  isInMempool(txid: Hash256): boolean {
    return this.modules.mempool.has(hashKey(txid));
  }

  mempoolAncestry(txid: Hash256) {
    const entry = this.modules.mempool.get(hashKey(txid));
    if (entry === undefined) return undefined;
    const { ancestorCount, ancestorSize, ancestorFees } = entry;
    const descendants = this.modules.mempool.descendantMaximum(entry);
    return { ancestors: ancestorCount, descendants, ancestorSize, ancestorFees };
  }

  hasDescendantsInMempool(txid: Hash256): boolean {
    return (this.modules.mempool.get(hashKey(txid))?.descendantCount ?? 1) > 1;
  }

  *mempoolTransactions(): Iterable<Transaction> {
    for (const entry of this.modules.mempool.entriesByDepthAndScore()) yield entry.tx;
  }

  mempoolChainLimits() {
    const { limits } = this.modules.policy;
    return { ancestors: limits.ancestorCount, descendants: limits.descendantCount };
  }

  checkChainLimits(tx: Transaction): string | undefined {
    return this.modules.mempool.checkChainLimits(tx);
  }

  isReplaceable(txid: Hash256): boolean {
    const entry = this.modules.mempool.get(hashKey(txid));
    return entry !== undefined && this.modules.mempool.isReplaceable(entry);
  }

  async broadcast(tx: Transaction, maxFee: number, relay = true): Promise<{ readonly error?: string }> {
    const { mempool } = this.modules;
    if (!mempool.has(tx.txidKey)) {
      const result = await mempool.accept(tx, maxFee > 0 ? { maxFee } : undefined);
      if (!result.accepted) return { error: refusalText(result.rejection) };
    }
    if (relay) {
      mempool.addUnbroadcast(tx.txid);
      this.modules.p2p.broadcastTransaction(tx);
    }
    return {};
  }

  minRelayFeeRate(): number {
    return this.modules.mempool.info().minRelayFeeRate;
  }

  incrementalRelayFeeRate(): number {
    return this.modules.mempool.info().incrementalFeeRate;
  }

  mempoolMinFeeRate(): number {
    return this.modules.mempool.info().minFeeRate;
  }

  dustRelayFeeRate(): number {
    return this.modules.policy.dustRelayFeeRate;
  }

  estimateFeeRate(targetBlocks: number, conservative?: boolean): number | undefined {
    return this.modules.estimateFeeRate(targetBlocks, conservative);
  }

  isInitialBlockDownload(): boolean {
    return this.modules.chain.isInitialBlockDownload;
  }

  /** Passes what happens in chain and mempool on to the wallets; returns what ends it. */
  notify(wallets: WalletNotifications): () => void {
    const { chain, mempool } = this.modules;
    const connected = (block: Parameters<WalletNotifications['blockConnected']>[0], id: HeaderId) =>
      wallets.blockConnected(block, this.ref(id));
    const disconnected = (block: Parameters<WalletNotifications['blockDisconnected']>[0], id: HeaderId) =>
      wallets.blockDisconnected(block, this.ref(id));
    const added = (entry: { readonly tx: Transaction }) => wallets.transactionAdded(entry.tx);
    const removed = (entry: { readonly tx: Transaction }, reason: string) =>
      wallets.transactionRemoved(entry.tx, reason);
    chain.events.on('connected', connected).on('disconnected', disconnected);
    mempool.events.on('added', added).on('removed', removed);
    return () => {
      chain.events.off('connected', connected).off('disconnected', disconnected);
      mempool.events.off('added', added).off('removed', removed);
    };
  }

  private ref(id: HeaderId): BlockRef {
    const { headers } = this.modules.chain;
    return {
      hash: headers.hash(id),
      height: headers.height(id),
      time: headers.time(id),
      medianTimePast: headers.medianTimePast(id),
    };
  }
}
