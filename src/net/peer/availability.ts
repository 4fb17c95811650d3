import type { Chain } from '../../chain/chain.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { buriedActive } from '../../consensus/deployments.js';
import type { Hash256 } from '../../primitives/bytes.js';
import { blockWork } from '../../primitives/target.js';
import type { Clock } from '../../runtime/clock.js';
import { canServeWitnesses } from '../services.js';
import type { Peer } from './peer.js';

/** Blocks that the best tip may be old for new blocks to be fetched at once. */
const DIRECT_FETCH_BLOCKS = 20;
/** Blocks of work that a header chain may lack compared with our tip to be worth keeping. */
const ANTI_DOS_BLOCKS = 144n;

/** The peer's best known block, when we meanwhile know the header of what it announced last. */
export function processAvailability(chain: Chain, peer: Peer): void {
  const { lastUnknown } = peer.chain;
  if (lastUnknown === undefined) return;
  const id = chain.headers.find(lastUnknown);
  if (id === NO_HEADER) return;
  takeBest(chain, peer, id);
  peer.chain.lastUnknown = undefined;
}

/** The peer has told us that it has this block. */
export function updateAvailability(chain: Chain, peer: Peer, hash: Hash256): void {
  processAvailability(chain, peer);
  const id = chain.headers.find(hash);
  if (id === NO_HEADER) peer.chain.lastUnknown = hash.slice();
  else takeBest(chain, peer, id);
}

function takeBest(chain: Chain, peer: Peer, id: HeaderId): void {
  const { bestKnown } = peer.chain;
  const { headers } = chain;
  if (bestKnown === NO_HEADER || headers.chainWork(id) >= headers.chainWork(bestKnown)) {
    peer.chain.bestKnown = id;
  }
}

/** The peer knows the header: it told us of it or a descendant, or we told it. */
export function peerHasHeader(chain: Chain, peer: Peer, id: HeaderId): boolean {
  const isAncestorOf = (known: HeaderId) => known !== NO_HEADER && hasOnBranch(chain, known, id);
  return isAncestorOf(peer.chain.bestKnown) || isAncestorOf(peer.chain.bestHeaderSent);
}

/** The chain up to `tip` goes through `id`. */
export function hasOnBranch({ headers }: Chain, tip: HeaderId, id: HeaderId): boolean {
  return headers.ancestor(tip, headers.height(id)) === id;
}

/** Total work of a chain, 0 for none. */
export function workOf(chain: Chain, id: HeaderId): bigint {
  return id === NO_HEADER ? 0n : chain.headers.chainWork(id);
}

/** The tip is recent: what is announced is new, not part of the initial download. */
export function canDirectFetch(chain: Chain, clock: Clock): boolean {
  const { powTargetSpacing } = chain.params.consensus;
  return chain.headers.time(chain.tip) > clock.nowMs() / 1000 - powTargetSpacing * DIRECT_FETCH_BLOCKS;
}

/** Least total work of headers from peers that we keep: about a day's less than our tip's, and the network's minimum. */
export function antiDosWorkThreshold(chain: Chain): bigint {
  const { headers, tip, params } = chain;
  const work = headers.chainWork(tip);
  const nearTip = work - ANTI_DOS_BLOCKS * blockWork(headers.bits(tip));
  const minimum = params.consensus.minimumChainWork;
  return nearTip > minimum ? nearTip : minimum;
}

/** The block needs its witnesses, and the peer has them; or it needs none. */
export function canServeBlock(chain: Chain, peer: Peer, id: HeaderId): boolean {
  if (canServeWitnesses(peer.theirServices)) return true;
  return !buriedActive('segwit', chain.headers.height(id), chain.params.consensus);
}
