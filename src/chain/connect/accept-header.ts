import { checkBlockHeader, contextualCheckHeader } from '../../consensus/block-check.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { type BlockRejection, formatRejection, reject } from '../../consensus/rejection.js';
import { bytesEqual, hashToHex } from '../../primitives/bytes.js';
import type { BlockHeader } from '../../primitives/header.js';
import { offerBestHeader } from '../best-header.js';
import type { SharedState } from '../chain-state.js';
import { isInitialDownload } from '../initial-download.js';
import { BlockStatus } from '../store/block-status.js';
import { lastCheckpointHeight } from './checkpoints.js';

export interface AcceptedHeader {
  /** NO_HEADER for one that was refused and is not in the tree. */
  readonly id: HeaderId;
  readonly isNew: boolean;
  readonly rejection?: BlockRejection;
}

/**
 * Checks a header and adds it to the tree (Core's AcceptBlockHeader). A known one is looked up only.
 *
 * Effects: the tree and the best header. Listeners are not told.
 */
export function acceptHeader(shared: SharedState, header: BlockHeader): AcceptedHeader {
  const { tree, params, logger } = shared;
  const known = tree.find(header.hash);
  if (known !== NO_HEADER) return knownHeader(shared, known);
  const isGenesis = bytesEqual(header.hash, params.consensus.genesisHash);
  const rejection = isGenesis ? undefined : checkHeader(shared, header);
  if (rejection !== undefined) {
    logger.debug('validation', refusalLine(header, rejection));
    return { id: NO_HEADER, isNew: false, rejection };
  }
  const id = tree.add(header);
  tree.setStatus(id, BlockStatus.VALID_TREE);
  offerBestHeader(shared, id);
  const line = () => `Saw new header hash=${hashToHex(header.hash)} height=${tree.height(id)}`;
  if (!isInitialDownload(shared)) logger.info(line());
  else if (logger.enabled('validation')) logger.debug('validation', line());
  return { id, isNew: true };
}

function knownHeader({ tree, logger }: SharedState, id: HeaderId): AcceptedHeader {
  if (!tree.isInvalid(id)) return { id, isNew: false };
  logger.debug('validation', `AcceptBlockHeader: block ${hashToHex(tree.hash(id))} is marked invalid`);
  return { id, isNew: false, rejection: reject('cached-invalid', 'duplicate') };
}

function checkHeader(shared: SharedState, header: BlockHeader): BlockRejection | undefined {
  const { tree, params, clock } = shared;
  const broken = checkBlockHeader(header, params.consensus);
  if (broken !== undefined) return broken;
  const prev = tree.find(header.prevHash);
  if (prev === NO_HEADER) return reject('missing-prev', 'prev-blk-not-found');
  if (tree.isInvalid(prev)) return reject('invalid-prev', 'bad-prevblk');
  const checkpoint = lastCheckpointHeight(shared);
  return contextualCheckHeader(header, prev, tree, params.consensus, clock.now(), checkpoint);
}

/** Tells of a refused header in Core's words, which name the check and not always the code. */
function refusalLine(header: BlockHeader, rejection: BlockRejection): string {
  const hash = hashToHex(header.hash);
  const before = hashToHex(header.prevHash);
  switch (rejection.reason) {
    case 'prev-blk-not-found':
      return `header ${hash} has prev block not found: ${before}`;
    case 'bad-prevblk':
      return `header ${hash} has prev block invalid: ${before}`;
    default: {
      const check = rejection.reason === 'high-hash' ? 'CheckBlockHeader' : 'ContextualCheckBlockHeader';
      return `AcceptBlockHeader: Consensus::${check}: ${hash}, ${formatRejection(rejection)}`;
    }
  }
}
