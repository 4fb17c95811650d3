import type { TreeBlock } from '../../events/block-tree.js';

/** Where a block is drawn: a column by its height, and a lane. Lane 0 is the chain with the most work. */
export interface PlacedBlock {
  readonly block: TreeBlock;
  readonly lane: number;
}

export interface ChainLayout {
  readonly blocks: readonly PlacedBlock[];
  /** Lanes that are in use, at least 1. */
  readonly lanes: number;
}

/**
 * Places blocks in lanes. Every branch keeps to one lane from the block after its fork to its end, and no two branches
 * share a place; a branch takes the lowest lane that is free over its length and one column on either side.
 *
 * @param blocks all blocks to be placed, the lowest first
 * @param main hash of the tip whose chain is lane 0
 */
export function layoutChain(blocks: readonly TreeBlock[], main: string | undefined): ChainLayout {
  const byHash = new Map(blocks.map(block => [block.hash, block]));
  const placed = new Map<string, number>();
  const lanes: Interval[][] = [[]];
  for (const branch of branchesOf(blocks, byHash, main)) {
    const lane = branch.isMain ? 0 : freeLane(lanes, branch);
    for (const { hash } of branch.blocks) placed.set(hash, lane);
  }
  return { blocks: blocks.map(block => ({ block, lane: placed.get(block.hash) ?? 0 })), lanes: lanes.length };
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

interface Branch extends Interval {
  readonly blocks: readonly TreeBlock[];
  readonly isMain: boolean;
}

/** The main chain first, then the others by where they begin, the longer before the shorter. */
function branchesOf(
  blocks: readonly TreeBlock[],
  byHash: ReadonlyMap<string, TreeBlock>,
  main: string | undefined,
): Branch[] {
  const taken = new Set<string>();
  const walk = (tip: TreeBlock, isMain: boolean): Branch => {
    const found: TreeBlock[] = [];
    for (
      let at: TreeBlock | undefined = tip;
      at !== undefined && !taken.has(at.hash);
      at = byHash.get(at.parent)
    ) {
      taken.add(at.hash);
      found.push(at);
    }
    const low = found.at(-1)?.height ?? tip.height;
    return { blocks: found, low, high: tip.height, isMain };
  };
  const mainTip = main === undefined ? undefined : byHash.get(main);
  const branches = mainTip === undefined ? [] : [walk(mainTip, true)];
  // From the top, so that a branch's longest arm is one line and the shorter ones fork off it.
  for (const block of [...blocks].sort((a, b) => b.height - a.height)) {
    if (!taken.has(block.hash)) branches.push(walk(block, mainTip === undefined && branches.length === 0));
  }
  const [first, ...rest] = branches;
  if (first === undefined) return [];
  return [first, ...rest.sort((a, b) => a.low - b.low || b.high - a.high)];
}

function freeLane(lanes: Interval[][], { low, high }: Interval): number {
  for (let lane = 1; ; lane++) {
    const taken = lanes[lane] ?? [];
    if (taken.some(other => low - 1 <= other.high + 1 && other.low - 1 <= high + 1)) continue;
    lanes[lane] = [...taken, { low, high }];
    return lane;
  }
}
