import type { PowPool } from '../../src/miner/pow-pool.js';
import type { Block } from '../../src/primitives/block.js';
import { hashToHex } from '../../src/primitives/bytes.js';
import { defined } from '../../src/runtime/errors.js';
import { ifAnswering } from '../answering.js';
import { refuseSplit } from '../network-split.js';
import type { RegtestNode } from '../node.js';
import { DEFAULT_TIMEOUT_MS } from '../wait.js';
import { type BlockPlace, hasInChain, waitForBlock } from './follow.js';
import { type BranchBlock, mineBranch, submitBranch } from './mine-branch.js';
import { doomedWith, feesOf, paymentsOf, readBlocks } from './removed-blocks.js';

/** The lab mines one block more than it takes out, and each node takes them in: a minute's work at a depth like this. */
export const MAX_REORG_DEPTH = 10_000;

/** How long nodes may take for a block of a branch, beside the time that they have anyway. */
const BLOCK_TIMEOUT_MS = 100;

/** Somebody mines on the old branch while the new one is made; not that often. */
const MAX_ATTEMPTS = 20;

/** Bytes of a removed block's hash that make the one in its place another. */
const MARK_BYTES = 8;

export interface ReorgOptions {
  /** Blocks that are taken out of the chain. */
  readonly depth: number;
  /** The node that gets the branch; the first one that runs unless told. Those that are connected with it follow. */
  readonly node?: RegtestNode | undefined;
  /** The new blocks hold the old ones' transactions, as far as they can. Without it they are empty. */
  readonly keepTransactions?: boolean | undefined;
}

export interface ReorgOutcome {
  readonly forkHeight: number;
  /** Blocks taken out of the chain, oldest first, and those put in their place. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Transactions of the removed blocks that are not in the added ones. */
  readonly reversed: readonly string[];
  /** Those of them that cannot come back, as what they spend came from a coinbase that is no more. */
  readonly lost: readonly string[];
}

export interface ReorgModules {
  readonly pool: PowPool;
  /** Address that the rewards of the branch go to. */
  readonly payTo: string;
  /** Nodes refuse to undo more blocks than this. */
  readonly maxReorg: number | undefined;
  /** Time by the clock of the network, in Unix seconds. */
  readonly now: () => number;
  /** The running nodes that are connected with this one, directly or not, and itself. */
  readonly sideOf: (node: RegtestNode) => readonly RegtestNode[];
}

/**
 * Takes blocks out of the chain by a competing branch with more work: one block more from below them, with real proof of
 * work, given to one node. All others on its side of the network follow by themselves; that is waited for.
 *
 * @throws RangeError when the chain has no such depth, or the nodes would not undo so much
 * @throws NetworkSplit when some nodes of the side refuse the others' chain
 * @throws BranchRefused when the node finds fault with the branch
 */
export async function reorganize(
  node: RegtestNode,
  { depth, keepTransactions = false }: ReorgOptions,
  modules: ReorgModules,
): Promise<ReorgOutcome> {
  const { rpc } = node;
  const height = await rpc.call('getblockcount');
  checkDepth(depth, height, node);
  checkLimit(depth, modules.maxReorg);
  await refuseSplit(modules.sideOf(node));
  const forkHeight = height - depth;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const old = await readBlocks(rpc, forkHeight + 1, await rpc.call('getblockcount'));
    const doomed = doomedWith(old);
    const plan = keepTransactions ? await keeping(node, old, doomed) : old.map(inPlaceOf);
    const blocks = [...plan, ...(await ahead(node, forkHeight + old.length, modules))];
    const parent = await rpc.call('getblockhash', forkHeight);
    const { pool, payTo } = modules;
    const branch = await mineBranch(rpc, pool, { parent, blocks, payTo, now: modules.now() });
    await submitBranch(node, branch);
    await node.reportFound(branch.map(({ hash }) => hashToHex(hash)));
    const tip = endOf(forkHeight, branch);
    if (!(await hasInChain(node, tip))) continue;
    const timeoutMs = DEFAULT_TIMEOUT_MS + branch.length * BLOCK_TIMEOUT_MS;
    await waitForBlock(() => modules.sideOf(node), tip, { timeoutMs });
    return outcomeOf(forkHeight, old, branch, doomed);
  }
  throw new Error(`${node.name}: the chain grew faster than a branch beside it`);
}

function checkDepth(depth: number, height: number, { name }: RegtestNode): void {
  const most = Math.min(height, MAX_REORG_DEPTH);
  if (Number.isSafeInteger(depth) && depth >= 1 && depth <= most) return;
  const why = most === height ? `the height of ${name}'s chain` : 'what is reasonable';
  throw new RangeError(
    most === 0
      ? `${name}'s chain has no block that could be taken out`
      : `the depth of a reorganisation is a whole number from 1 to ${most}, ${why}, not ${depth}`,
  );
}

function checkLimit(depth: number, limit: number | undefined): void {
  if (limit === undefined || depth <= limit) return;
  throw new RangeError(
    `the nodes of this network refuse to undo more than ${limit} blocks (maxReorg): a reorganisation of ${depth} would end there`,
  );
}

/**
 * A block in the place of another. With its time and target the branch's headers are good by the same rules, those that
 * set the difficulty among them.
 */
function inPlaceOf({ header, hash }: Block): BranchBlock {
  const { time, bits, version } = header;
  return { time, bits, version, extraNonce: hash.subarray(0, MARK_BYTES) };
}

async function keeping(
  { rpc }: RegtestNode,
  old: readonly Block[],
  doomed: ReadonlySet<string>,
): Promise<readonly BranchBlock[]> {
  const plan: BranchBlock[] = [];
  for (const block of old) {
    const transactions = paymentsOf(block).filter(({ txid }) => !doomed.has(hashToHex(txid)));
    const feeOf = await feesOf(rpc, block);
    const fees = transactions.reduce((sum, { txid }) => sum + (feeOf.get(hashToHex(txid)) ?? 0), 0);
    plan.push({ ...inPlaceOf(block), transactions, fees });
  }
  return plan;
}

/** What makes the branch the one with most work: a block above the highest tip of its side. */
async function ahead(
  node: RegtestNode,
  height: number,
  { sideOf }: ReorgModules,
): Promise<readonly BranchBlock[]> {
  const heights = await Promise.all(
    sideOf(node).map(one => ifAnswering(one, () => one.rpc.call('getblockcount'))),
  );
  const highest = Math.max(height, ...heights.map(one => one ?? 0));
  const { bits, version } = await node.rpc.call('getblocktemplate', { rules: ['segwit'] });
  const block = { bits: Number.parseInt(bits, 16), version };
  return Array.from({ length: highest + 1 - height }, () => block);
}

function endOf(forkHeight: number, branch: readonly Block[]): BlockPlace {
  const { hash } = defined(branch.at(-1), 'block of the branch');
  return { hash: hashToHex(hash), height: forkHeight + branch.length };
}

function outcomeOf(
  forkHeight: number,
  old: readonly Block[],
  branch: readonly Block[],
  doomed: ReadonlySet<string>,
): ReorgOutcome {
  const kept = new Set(branch.flatMap(idsOf));
  return {
    forkHeight,
    removed: old.map(({ hash }) => hashToHex(hash)),
    added: branch.map(({ hash }) => hashToHex(hash)),
    reversed: old.flatMap(idsOf).filter(txid => !kept.has(txid)),
    lost: [...doomed],
  };
}

function idsOf(block: Block): readonly string[] {
  return paymentsOf(block).map(({ txid }) => hashToHex(txid));
}
