import { checkBlock } from '../../consensus/block-check.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { formatRejection } from '../../consensus/rejection.js';
import type { Block } from '../../primitives/block.js';
import { hashToHex } from '../../primitives/bytes.js';
import { errorMessage } from '../../runtime/errors.js';
import { readBlock, readUndo } from '../block-data.js';
import type { BlockUndo } from '../chain.js';
import type { ChainState } from '../chain-state.js';
import { CoinsOverlay } from '../coins/coins-overlay.js';
import { connectBlock } from '../connect/connect-block.js';
import { disconnectBlock } from '../connect/disconnect-block.js';
import { coinsCreated, coinsSpentFromOutside } from '../connect/prefetch.js';

export interface VerifyOptions {
  /** Blocks from the tip down; 0 is all. */
  readonly depth: number;
  /** 0 read blocks, 1 check them, 2 read undo data, 3 disconnect them in memory, 4 connect them again. */
  readonly level: number;
  /** Told what the log is told when data turn out to be damaged. */
  readonly onFailure?: (text: string) => void;
}

/**
 * - `ok`: no inconsistency;
 * - `incomplete`: none found, but blocks that are not on disk could not be looked at;
 * - `corrupt`: data are damaged, as the log says.
 */
export type VerifyResult = 'ok' | 'incomplete' | 'corrupt' | 'interrupted';

/**
 * Checks the last blocks of the active chain against their data and the coins (Core's VerifyDB: at start, and RPC
 * verifychain). Runs while the chain stands still.
 *
 * Effects: none but log lines and cached coins.
 */
export async function verifyChain(state: ChainState, options: VerifyOptions): Promise<VerifyResult> {
  const { active, logger } = state;
  if (active.height <= 0) return 'ok';
  const depth = options.depth <= 0 ? active.height : Math.min(options.depth, active.height);
  const level = Math.min(Math.max(options.level, 0), 4);
  logger.info(`Verifying last ${depth} blocks at level ${level}`);
  logger.info('Verification progress: 0%');
  return new ChainVerification(state, depth, level, options.onFailure).run();
}

class ChainVerification {
  private readonly coins: CoinsOverlay;
  private goodTransactions = 0;
  private failedHeight: number | undefined;

  constructor(
    private readonly state: ChainState,
    private readonly depth: number,
    private readonly level: number,
    private readonly onFailure: (text: string) => void = () => {},
  ) {
    this.coins = new CoinsOverlay(state.coins);
  }

  async run(): Promise<VerifyResult> {
    const { active, logger } = this.state;
    const downTo = active.height - this.depth;
    let height = active.height;
    for (; height > downTo; height--) {
      if (this.state.shared.stopping) return 'interrupted';
      const id = active.at(height);
      if (this.isGone(id)) {
        logger.info(
          `VerifyDB(): block verification stopping at height ${height} (no data). This could be due to pruning or use of an assumeutxo snapshot.`,
        );
        break;
      }
      if (!(await this.checkDown(id, height))) return 'corrupt';
    }
    if (this.failedHeight !== undefined) {
      const blocks = active.height - this.failedHeight + 1;
      this.report(
        `coin database inconsistencies found (last ${blocks} blocks, ` +
          `${this.goodTransactions} good transactions before that)`,
      );
      return 'corrupt';
    }
    if (this.level >= 4 && !(await this.connectAgain(height + 1))) return 'corrupt';
    logger.info(
      `Verification: No coin database inconsistencies in last ${active.height - height} blocks ` +
        `(${this.goodTransactions} transactions)`,
    );
    return height > downTo ? 'incomplete' : 'ok';
  }

  /** Pruned, or below a snapshot and not fetched yet. Without either it is damage that data are missing. */
  private isGone(id: HeaderId): boolean {
    const { tree, base, shared } = this.state;
    if (shared.limits.pruneTarget === undefined && base === NO_HEADER) return false;
    return !tree.hasData(id) || (this.level >= 3 && !tree.hasUndo(id));
  }

  private async checkDown(id: HeaderId, height: number): Promise<boolean> {
    const block = await this.read('ReadBlockFromDisk failed', id, () => readBlock(this.state, id));
    if (block === undefined) return false;
    const rejection = this.level >= 1 ? checkBlock(block, this.state.params.consensus) : undefined;
    if (rejection !== undefined) return this.fail('found bad block', id, ` (${formatRejection(rejection)})`);
    if (this.level < 2) return true;
    if (this.level < 3 && !this.state.tree.hasUndo(id)) return true;
    const undo = await this.read('found bad undo data', id, () => readUndo(this.state, id));
    if (undo === undefined) return false;
    return this.level < 3 || this.disconnect(block, undo, id, height);
  }

  private async disconnect(block: Block, undo: BlockUndo, id: HeaderId, height: number): Promise<boolean> {
    await this.state.coins.prefetch(coinsCreated(block));
    const result = disconnectBlock(block, height, undo, this.coins);
    if (result === 'failed') return this.fail('irrecoverable inconsistency in block data', id);
    if (result === 'unclean') {
      this.goodTransactions = 0;
      this.failedHeight = height;
    } else this.goodTransactions += block.transactions.length;
    return true;
  }

  private async connectAgain(from: number): Promise<boolean> {
    const { state, coins } = this;
    const { active, tree, params, verifier, executionCache } = state;
    for (let height = from; height <= active.height; height++) {
      const id = active.at(height);
      const block = await this.read('ReadBlockFromDisk failed', id, () => readBlock(state, id));
      if (block === undefined) return false;
      await state.coins.prefetch(coinsSpentFromOutside(block));
      const scripts = { verifier, cache: executionCache, remember: false };
      const rules = { view: tree, params: params.consensus, scripts };
      const result = await connectBlock(block, tree.prev(id), coins, rules);
      if (!('rejection' in result)) continue;
      return this.fail('found unconnectable block', id, ` (${formatRejection(result.rejection)})`);
    }
    return true;
  }

  private async read<T>(what: string, id: HeaderId, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (thrown) {
      this.fail(what, id, ` (${errorMessage(thrown)})`);
      return undefined;
    }
  }

  private fail(what: string, id: HeaderId, detail = ''): false {
    const { tree } = this.state;
    this.report(`${what} at ${tree.height(id)}, hash=${hashToHex(tree.hash(id))}${detail}`);
    return false;
  }

  private report(what: string): void {
    const text = `Verification error: ${what}`;
    this.state.logger.info(text);
    this.onFailure(text);
  }
}
