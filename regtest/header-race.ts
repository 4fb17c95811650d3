import { ActiveChain } from '../src/chain/active-chain.js';
import { BlockCandidates } from '../src/chain/block-candidates.js';
import { BlockLinks } from '../src/chain/block-links.js';
import { HeaderTree } from '../src/chain/header-tree.js';
import { BlockStatus } from '../src/chain/store/block-status.js';
import { chainParams } from '../src/consensus/networks.js';
import { BlockHeader } from '../src/primitives/header.js';

const GENESIS = chainParams('regtest').genesis.header;

/** In the 80 bytes of a header. */
const PREV_HASH_AT = 4;

/** A tree with more headers is dropped for a new one: up to here none of its columns has to grow. */
const MAX_HEADERS = 640;

/**
 * An honest network and an attacker, as headers alone: the node's own header tree, and the node's own rule for the best
 * chain. Nobody searches for proofs of work, and blocks have no contents; both would be checked before the tree.
 */
export class HeaderRace {
  private tree = new HeaderTree();
  private active = new ActiveChain(this.tree);
  private links = new BlockLinks(this.tree);
  private candidates = new BlockCandidates(this.tree, this.active, this.links);
  private privateBranch: number[] = [];
  private fork = 0;

  /** Genesis but for its predecessor, and so with the same work as all others. One for all: the tree copies it. */
  private readonly raw = Uint8Array.from(GENESIS.raw);
  private readonly header = new BlockHeader(this.raw);
  private readonly hash = new Uint8Array(32);

  constructor() {
    this.reset();
  }

  /** Starts a race: the attacker splits off at the network's tip. */
  start(): void {
    if (this.tree.size > MAX_HEADERS) this.reset();
    this.fork = this.active.tip;
    this.privateBranch = [];
  }

  /** Honest blocks since the fork. */
  get honest(): number {
    return this.active.height - this.tree.height(this.fork);
  }

  /** The attacker's blocks since the fork. */
  get attacker(): number {
    return this.privateBranch.length;
  }

  /** An honest miner finds a block, which all others take at once. */
  mineHonest(): void {
    this.publish(this.extend(this.active.tip));
  }

  /** The attacker finds a block, and keeps it to himself. */
  mineInPrivate(): void {
    this.privateBranch.push(this.extend(this.privateBranch.at(-1) ?? this.fork));
  }

  /** The attacker publishes his branch. Returns whether the network left its own for it. */
  release(): boolean {
    for (const id of this.privateBranch) this.publish(id);
    return this.privateBranch.length > 0 && this.active.tip === this.privateBranch.at(-1);
  }

  /** A block reaches the network: it is valid, linked, and may be the new tip. */
  private publish(id: number): void {
    const { tree, active, links, candidates } = this;
    tree.setStatus(id, BlockStatus.VALID_TRANSACTIONS | BlockStatus.HAVE_DATA);
    tree.setTxCount(id, 1);
    links.received(id);
    const best = candidates.mostWork();
    if (best === active.tip) return;
    if (active.height < 0 || tree.prev(best) === active.tip) active.push(best);
    else this.reorganize(best);
    candidates.prune();
  }

  private reorganize(best: number): void {
    const { tree, active } = this;
    const fork = active.fork(best);
    while (active.tip !== fork) active.pop();
    while (active.tip !== best) active.push(tree.ancestor(best, active.height + 1));
  }

  private extend(prev: number): number {
    writeHash(this.raw, PREV_HASH_AT, prev);
    writeHash(this.hash, 0, this.tree.size);
    return this.tree.add(this.header, this.hash);
  }

  private reset(): void {
    this.tree = new HeaderTree();
    this.active = new ActiveChain(this.tree);
    this.links = new BlockLinks(this.tree);
    this.candidates = new BlockCandidates(this.tree, this.active, this.links);
    this.tree.add(GENESIS);
    this.publish(0);
    this.tree.takeDirty();
  }
}

/** Writes what stands for the hash of header `id` of a tree. */
function writeHash(to: Uint8Array, at: number, id: number): void {
  if (id === 0) {
    to.set(GENESIS.hash, at);
    return;
  }
  to.fill(0, at, at + 32);
  for (let i = 0, rest = id; i < 4; i++, rest >>>= 8) to[at + i] = rest & 0xff;
}
