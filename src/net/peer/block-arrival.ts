import type { ProcessBlockOptions } from '../../chain/chain.js';
import { mutationSteps } from '../../consensus/block-check.js';
import { NO_HEADER } from '../../consensus/chain-view.js';
import { buriedActive } from '../../consensus/deployments.js';
import { type BlockRejection, formatRejection } from '../../consensus/rejection.js';
import type { Block } from '../../primitives/block.js';
import { type Hash256, type HashKey, hashKey, hashToHex } from '../../primitives/bytes.js';
import { blockWork } from '../../primitives/target.js';
import { deferred } from '../../runtime/queue.js';
import type { Steps } from '../../runtime/steps.js';
import { inTurns } from '../../runtime/turns.js';
import type { NodeId } from '../api.js';
import { antiDosWorkThreshold } from './availability.js';
import type { BlockDownload } from './block-download.js';
import type { PeerContext } from './context.js';
import type { Misbehavior } from './misbehavior.js';
import type { Peer } from './peer.js';

/** Takes blocks from peers to the chain, and the chain's verdict back to who sent them. */
export class BlockArrival {
  /** Who sent blocks that are being checked. One entry for each block in work. */
  private readonly sources = new Map<HashKey, NodeId>();
  /** Blocks of each peer that are stored, and whose scripts are being checked while it sends on. */
  private readonly behind = new Map<NodeId, Set<Promise<void>>>();

  constructor(
    private readonly context: PeerContext,
    private readonly download: BlockDownload,
    private readonly misbehavior: Misbehavior,
  ) {}

  senderOf(block: Hash256): NodeId | undefined {
    return this.sources.get(hashKey(block));
  }

  async onBlock(peer: Peer, block: Block): Promise<void> {
    const { chain, logger } = this.context;
    const { key } = block.header;
    const hash = hashToHex(block.hash);
    if (this.context.isLoadingBlocks()) {
      this.debug(`Unexpected block message received from peer ${peer.id}`);
      return;
    }
    this.debug(`received block ${hash} peer=${peer.id}`);
    if (await inTurns(this.isMutated(block))) {
      this.debug(`Received mutated block from peer=${peer.id}`);
      this.misbehavior.flag(peer, 'mutated block');
      this.download.removeRequest(key, peer.id);
      return;
    }
    const requested = this.download.isRequested(key);
    this.download.removeRequest(key, peer.id);
    if (this.isUnwantedLowWork(block)) {
      logger.debug(
        'validation',
        `AcceptBlockHeader: not adding new block header ${hash}, missing anti-dos proof-of-work validation`,
      );
      return;
    }
    this.context.connections().events.emit('blockAnnounced', peer.id, block.hash);
    if (!this.sources.has(key)) this.sources.set(key, peer.id);
    if (!requested || !chain.isInitialBlockDownload) return this.process(peer, block, { requested });
    const { promise: taken, resolve: onTaken } = deferred();
    const done = this.process(peer, block, { requested, onTaken });
    this.leaveBehind(peer, done);
    await Promise.race([taken, done]);
  }

  /** Resolves when the peer's blocks that were left behind are connected, or refused; undefined when there are none. */
  settled(peer: Peer): Promise<unknown> | undefined {
    const works = this.behind.get(peer.id);
    return works === undefined ? undefined : Promise.all(works);
  }

  forgetPeer(peer: Peer): void {
    this.behind.delete(peer.id);
  }

  /** The chain has checked a block. */
  onChecked(block: Block, rejection: BlockRejection | undefined): void {
    if (rejection !== undefined) this.punish(block.header.key, rejection);
    else this.sources.delete(block.header.key);
  }

  private async process(peer: Peer, block: Block, options: ProcessBlockOptions): Promise<void> {
    const { chain, clock } = this.context;
    const { key } = block.header;
    const result = await this.download.whileArriving(key, () => chain.processBlock(block, options));
    if (result.isNew) {
      peer.connection.lastBlock = clock.now();
      this.download.removeRequest(key);
    }
    if (result.rejection !== undefined) this.punish(key, result.rejection);
    else if (!result.isNew) this.sources.delete(key);
  }

  /** The peer's next block need not wait for this one. A failure is for whoever waits for all of them. */
  private leaveBehind(peer: Peer, done: Promise<void>): void {
    const works = this.behind.get(peer.id) ?? new Set();
    this.behind.set(peer.id, works.add(done));
    const end = () => {
      works.delete(done);
      if (works.size === 0 && this.behind.get(peer.id) === works) this.behind.delete(peer.id);
    };
    done.then(end, () => {});
  }

  private punish(key: HashKey, rejection: BlockRejection): void {
    const id = this.sources.get(key);
    this.sources.delete(key);
    const peer = id === undefined ? undefined : this.context.peers.get(id);
    if (peer !== undefined) this.misbehavior.punishForBlock(peer, rejection, false);
  }

  /** Its transactions are not those of its header. Without the predecessor we cannot know which rules are in force. */
  private *isMutated(block: Block): Steps<boolean> {
    const { headers, params } = this.context.chain;
    const previous = headers.find(block.header.prevHash);
    if (previous === NO_HEADER) return false;
    const withSegwit = buriedActive('segwit', headers.height(previous) + 1, params.consensus);
    const rejection = yield* mutationSteps(block, withSegwit);
    if (rejection === undefined) return false;
    this.context.logger.debug('validation', `Block mutated: ${formatRejection(rejection)}`);
    return true;
  }

  /** A new header with too little work to keep, of a chain that we know. */
  private isUnwantedLowWork({ header }: Block): boolean {
    const { chain } = this.context;
    if (chain.headers.find(header.hash) !== NO_HEADER) return false;
    const previous = chain.headers.find(header.prevHash);
    if (previous === NO_HEADER) return false;
    return chain.headers.chainWork(previous) + blockWork(header.bits) < antiDosWorkThreshold(chain);
  }

  private debug(message: string): void {
    this.context.logger.debug('net', message);
  }
}
