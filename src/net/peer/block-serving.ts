import { MIN_BLOCKS_TO_KEEP } from '../../chain/prune/limits.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { bytesEqual, type Hash256, hashToHex, ZERO_HASH } from '../../primitives/bytes.js';
import type { BlockHeader } from '../../primitives/header.js';
import { blockWork } from '../../primitives/target.js';
import { errorMessage } from '../../runtime/errors.js';
import { PERMISSION_DOWNLOAD, PERMISSION_NO_BAN } from '../permissions.js';
import { isLimitedPeer, LIMITED_MIN_BLOCKS } from '../services.js';
import {
  type Inventory,
  MSG_BLOCK,
  MSG_CMPCT_BLOCK,
  MSG_FILTERED_BLOCK,
  MSG_WITNESS_BLOCK,
} from '../wire/inventory.js';
import { MAX_GETBLOCKS_RESULTS, MAX_HEADERS_RESULTS } from '../wire/limits.js';
import type { MessageOf } from '../wire/messages.js';
import type { PeerContext } from './context.js';
import type { Misbehavior } from './misbehavior.js';
import type { Peer } from './peer.js';

/** Seconds after which a block off the main chain is not served: who asks for it wants to recognise us. */
const STALE_RELAY_AGE_LIMIT = 30 * 24 * 60 * 60;
/** Seconds after which a block counts as historical against the upload target. */
const HISTORICAL_BLOCK_AGE = 7 * 24 * 60 * 60;
/** Blocks below the tip that a node with recent ones promises to have, and a few more for races. */
const LIMITED_SERVED_BLOCKS = LIMITED_MIN_BLOCKS + 2;
/** Blocks that a pruned node keeps for sure, less those that may go within an hour. */
const PRUNED_BLOCKS_LIKELY_TO_HAVE = MIN_BLOCKS_TO_KEEP - 6;
/** Blocks below the tip up to which single transactions are served (BIP152). */
const MAX_BLOCKTXN_DEPTH = 10;

/** Answers peers that want headers and blocks. */
export class BlockServing {
  constructor(
    private readonly context: PeerContext,
    private readonly misbehavior: Misbehavior,
  ) {}

  onGetHeaders(peer: Peer, { locator, stop }: MessageOf<'getheaders'>): void {
    const { chain } = this.context;
    const { headers } = chain;
    if (this.context.isLoadingBlocks()) {
      this.debug(`Ignoring getheaders from peer=${peer.id} while importing/reindexing`);
      return;
    }
    const isPoor = headers.chainWork(chain.tip) < chain.params.consensus.minimumChainWork;
    if (isPoor && !peer.connection.may(PERMISSION_DOWNLOAD)) {
      const why = 'because active chain has too little work; sending empty response';
      this.debug(`Ignoring getheaders from peer=${peer.id} ${why}`);
      peer.send({ type: 'headers', headers: [] });
      return;
    }
    const first = locator.length === 0 ? this.singleHeader(peer, stop) : this.afterFork(locator);
    if (first === undefined) return;
    this.debug(`getheaders ${this.heightOrNone(first)} to ${describeStop(stop)} from peer=${peer.id}`);
    const found: BlockHeader[] = [];
    let last = NO_HEADER;
    for (let id = first; id !== NO_HEADER; id = this.next(id)) {
      found.push(headers.header(id));
      last = id;
      if (found.length === MAX_HEADERS_RESULTS || bytesEqual(headers.hash(id), stop)) break;
      last = NO_HEADER;
    }
    // With nothing left to send, the peer knows our tip, even if it was already told of it by the locator.
    peer.chain.bestHeaderSent = last === NO_HEADER ? chain.tip : last;
    peer.send({ type: 'headers', headers: found });
  }

  onGetBlocks(peer: Peer, { locator, stop }: MessageOf<'getblocks'>): void {
    const { headers } = this.context.chain;
    const first = this.afterFork(locator);
    const what = `${this.heightOrNone(first)} to ${describeStop(stop)} limit ${MAX_GETBLOCKS_RESULTS}`;
    this.debug(`getblocks ${what} from peer=${peer.id}`);
    let left = MAX_GETBLOCKS_RESULTS;
    for (let id = first; id !== NO_HEADER; id = this.next(id)) {
      const hash = headers.hash(id);
      const where = `${headers.height(id)} ${hashToHex(hash)}`;
      if (bytesEqual(hash, stop)) {
        this.debug(`  getblocks stopping at ${where}`);
        return;
      }
      if (this.isLikelyPruned(id)) {
        this.debug(` getblocks stopping, pruned or too old block at ${where}`);
        return;
      }
      peer.announce.byInv.push(hash);
      if (--left === 0) {
        this.debug(`  getblocks stopping at limit ${where}`);
        peer.announce.continuation = hash;
        return;
      }
    }
  }

  /** Serves one block of a getdata. */
  async serveBlock(peer: Peer, item: Inventory): Promise<void> {
    const { chain } = this.context;
    const id = chain.headers.find(item.hash);
    if (id === NO_HEADER || !this.mayServe(peer, id, item)) return;
    try {
      if (item.type === MSG_WITNESS_BLOCK || item.type === MSG_CMPCT_BLOCK) {
        // A compact block may be answered with the whole one.
        peer.connection.send('block', await chain.readBlockBytes(id));
      } else if (item.type === MSG_BLOCK) {
        peer.connection.send('block', (await chain.readBlock(id)).baseBytes());
      }
    } catch (thrown) {
      if (chain.headers.hasData(id)) {
        const why = `Cannot load block from disk (${errorMessage(thrown)})`;
        this.context.logger.error(`${why}, disconnect peer=${peer.id}`);
      } else this.debug(`Block was pruned before it could be read, disconnect peer=${peer.id}`);
      peer.connection.disconnect();
      return;
    }
    this.continueGetBlocks(peer, item.hash);
  }

  async onGetBlockTxn(peer: Peer, { blockHash, indexes }: MessageOf<'getblocktxn'>): Promise<void> {
    const { chain } = this.context;
    const id = chain.headers.find(blockHash);
    if (id === NO_HEADER || !chain.headers.hasData(id)) {
      this.debug(`Peer ${peer.id} sent us a getblocktxn for a block we don't have`);
      return;
    }
    if (chain.headers.height(id) < chain.height - MAX_BLOCKTXN_DEPTH) {
      const depth = `> ${MAX_BLOCKTXN_DEPTH} deep`;
      this.debug(`Peer ${peer.id} sent us a getblocktxn for a block ${depth}`);
      peer.getData.push({ type: MSG_WITNESS_BLOCK, hash: blockHash.slice() });
      return;
    }
    const block = await chain.readBlock(id);
    const transactions = indexes.map(index => block.transactions[index]);
    const known = transactions.filter(tx => tx !== undefined);
    if (known.length < transactions.length) {
      this.misbehavior.flag(peer, 'getblocktxn with out-of-bounds tx indices');
      return;
    }
    peer.send({ type: 'blocktxn', blockHash, transactions: known });
  }

  /** Blocks of the main chain are served, and of others if they are recent and valid. */
  private isAllowed(id: HeaderId): boolean {
    const { chain } = this.context;
    const { headers } = chain;
    if (chain.isActive(id)) return true;
    const best = chain.bestHeader;
    if (!headers.isFullyValid(id)) return false;
    return (
      headers.time(best) - headers.time(id) < STALE_RELAY_AGE_LIMIT &&
      this.equivalentTime(best, id) < STALE_RELAY_AGE_LIMIT
    );
  }

  /** Seconds that the difference in work would take at the best header's difficulty. */
  private equivalentTime(best: HeaderId, id: HeaderId): number {
    const { headers, params } = this.context.chain;
    const more = headers.chainWork(best) - headers.chainWork(id);
    return Number((more * BigInt(params.consensus.powTargetSpacing)) / blockWork(headers.bits(best)));
  }

  private mayServe(peer: Peer, id: HeaderId, item: Inventory): boolean {
    const { chain, bandwidth } = this.context;
    const { headers } = chain;
    const { connection } = peer;
    if (!this.isAllowed(id)) {
      const why = "for old block that isn't in the main chain";
      this.debug(`ProcessGetBlockData: ignoring request from peer=${peer.id} ${why}`);
      return false;
    }
    const age = headers.time(chain.bestHeader) - headers.time(id);
    const isHistorical = age > HISTORICAL_BLOCK_AGE || item.type === MSG_FILTERED_BLOCK;
    if (isHistorical && bandwidth.targetReached(true) && !connection.may(PERMISSION_DOWNLOAD)) {
      this.debug(`historical block serving limit reached, disconnect peer=${peer.id}`);
      connection.disconnect();
      return false;
    }
    const depth = chain.height - headers.height(id);
    const isTooDeep = isLimitedPeer(peer.ourServices) && depth > LIMITED_SERVED_BLOCKS;
    if (isTooDeep && !connection.may(PERMISSION_NO_BAN)) {
      this.debug(`Ignore block request below NODE_NETWORK_LIMITED threshold, disconnect peer=${peer.id}`);
      connection.disconnect();
      return false;
    }
    return headers.hasData(id);
  }

  /** The last of 500 blocks was fetched: our tip makes the peer ask for more. */
  private continueGetBlocks(peer: Peer, served: Hash256): void {
    const { announce } = peer;
    const { chain } = this.context;
    if (announce.continuation === undefined || !bytesEqual(announce.continuation, served)) return;
    peer.send({ type: 'inv', items: [{ type: MSG_BLOCK, hash: chain.headers.hash(chain.tip) }] });
    announce.continuation = undefined;
  }

  /** The header named by `stop` alone; undefined when it is not to be told. */
  private singleHeader(peer: Peer, stop: Hash256): HeaderId | undefined {
    const id = this.context.chain.headers.find(stop);
    if (id === NO_HEADER) return undefined;
    if (this.isAllowed(id)) return id;
    const why = "for old block header that isn't in the main chain";
    this.debug(`ProcessMessage: ignoring request from peer=${peer.id} ${why}`);
    return undefined;
  }

  private afterFork(locator: readonly Hash256[]): HeaderId {
    return this.next(this.context.chain.findFork(locator));
  }

  /** The block after `id` in the main chain; none after one that is not in it. */
  private next(id: HeaderId): HeaderId {
    const { chain } = this.context;
    return chain.isActive(id) ? chain.at(chain.headers.height(id) + 1) : NO_HEADER;
  }

  private isLikelyPruned(id: HeaderId): boolean {
    const { chain, options } = this.context;
    if (!options.pruned) return false;
    const depth = chain.height - chain.headers.height(id);
    return !chain.headers.hasData(id) || depth >= PRUNED_BLOCKS_LIKELY_TO_HAVE;
  }

  private heightOrNone(id: HeaderId): number {
    return id === NO_HEADER ? -1 : this.context.chain.headers.height(id);
  }

  private debug(message: string): void {
    this.context.logger.debug('net', message);
  }
}

function describeStop(stop: Hash256): string {
  return bytesEqual(stop, ZERO_HASH) ? 'end' : hashToHex(stop);
}
