import type { HeaderId } from '../consensus/chain-view.js';
import type { ChainTxData } from '../consensus/params.js';
import { hashToHex } from '../primitives/bytes.js';
import type { HeaderIndex } from './chain.js';
import type { ChainState } from './chain-state.js';
import { checkUnknownRules } from './warnings.js';

/** Unix seconds as Core's logs write them: `2009-01-03T18:15:05Z`. */
export function formatTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

function formatLog2Work(headers: HeaderIndex, id: HeaderId): string {
  return Math.log2(Number(headers.chainWork(id))).toFixed(6);
}

/**
 * Share of all transactions of the network that are in the chain up to `id` (Core's GuessVerificationProgress): a guess
 * from the rate at which they used to come.
 *
 * @param nowSeconds Unix seconds
 */
export function verificationProgress(
  headers: HeaderIndex,
  id: HeaderId,
  known: ChainTxData,
  nowSeconds: number,
): number {
  const count = headers.chainTxCount(id);
  if (count === 0) return 0;
  const [from, since] = count <= known.txCount ? [known.txCount, known.time] : [count, headers.time(id)];
  return Math.min(count / (from + (nowSeconds - since) * known.txRate), 1);
}

/** In the background a line for every block would bury those about the tip. */
const BACKGROUND_LOG_INTERVAL = 2000;

/** Tells of the new tip, in Core's words. */
export function logTip(state: ChainState): void {
  const { tree, active, coins, params, clock, logger, isBackground, shared } = state;
  const { tip } = active;
  if (isBackground && active.height % BACKGROUND_LOG_INTERVAL !== 0) return;
  const warning = isBackground ? '' : checkUnknownRules(shared);
  const version = (tree.version(tip) >>> 0).toString(16).padStart(8, '0');
  const progress = verificationProgress(tree, tip, params.chainTxData, clock.now());
  const cacheMiB = (coins.bytes / (1 << 20)).toFixed(1);
  logger.info(
    `${isBackground ? '[background validation] ' : ''}UpdateTip: new best=${hashToHex(tree.hash(tip))} height=${active.height} version=0x${version} ` +
      `log2_work=${formatLog2Work(tree, tip)} tx=${tree.chainTxCount(tip)} date='${formatTime(tree.time(tip))}' ` +
      `progress=${progress.toFixed(6)} cache=${cacheMiB}MiB(${coins.size}txo)` +
      (warning === '' ? '' : ` warning='${warning}'`),
  );
}

/** Tells that `id` was found invalid, and where the chain stands. */
export function logInvalidChain({ tree, active, logger }: ChainState, id: HeaderId): void {
  const line = (what: string, of: HeaderId) =>
    `InvalidChainFound: ${what}=${hashToHex(tree.hash(of))}  height=${tree.height(of)}  ` +
    `log2_work=${formatLog2Work(tree, of)}  date=${formatTime(tree.time(of))}`;
  logger.info(line('invalid block', id));
  logger.info(line(' current best', active.tip));
}
