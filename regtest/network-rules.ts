import {
  MAX_DIFFICULTY,
  MAX_REORG_LIMIT,
  MAX_RETARGET_BLOCKS,
  MAX_SPACING,
  MIN_RETARGET_BLOCKS,
} from '../src/node/config/lab.js';

/** A chain whose difficulty adjusts itself. */
export interface ProofOfWork {
  /** Blocks from one adjustment to the next. */
  readonly retargetBlocks: number;
  /** Seconds between blocks that come as they should, 600 unless told. */
  readonly spacingSeconds?: number | undefined;
  /** Of the first block, in multiples of the least, so that it can fall; 64 unless told. A block takes twice as many hashes. */
  readonly difficulty?: number | undefined;
}

const DEFAULT_SPACING = 600;
const DEFAULT_DIFFICULTY = 64;

/** Rules of a network that are not Core's regtest's; its nodes have them from their start. */
export interface NetworkRules {
  /** Nodes refuse to undo more blocks than this; undefined where they undo any number. */
  readonly maxReorg: number | undefined;
  /** Undefined where the difficulty never changes. */
  readonly proofOfWork: Required<ProofOfWork> | undefined;
}

/** Fills in what was left open. @throws RangeError when a number is not one that nodes take */
export function networkRules(
  maxReorg: number | undefined,
  proofOfWork: ProofOfWork | undefined,
): NetworkRules {
  if (maxReorg !== undefined) checkWhole('maxReorg', maxReorg, 0, MAX_REORG_LIMIT);
  if (proofOfWork === undefined) return { maxReorg, proofOfWork };
  const { retargetBlocks, spacingSeconds = DEFAULT_SPACING, difficulty = DEFAULT_DIFFICULTY } = proofOfWork;
  checkWhole('retargetBlocks', retargetBlocks, MIN_RETARGET_BLOCKS, MAX_RETARGET_BLOCKS);
  checkWhole('spacingSeconds', spacingSeconds, 1, MAX_SPACING);
  checkWhole('difficulty', difficulty, 1, MAX_DIFFICULTY);
  return { maxReorg, proofOfWork: { retargetBlocks, spacingSeconds, difficulty } };
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} is a whole number from ${least} to ${most}, not ${value}`);
}

/** The rules that differ from regtest's, and none of the others: to be told. */
export type ToldRules = { readonly [K in keyof NetworkRules]?: Exclude<NetworkRules[K], undefined> };

export function toldRules({ maxReorg, proofOfWork }: NetworkRules): ToldRules {
  return {
    ...(maxReorg === undefined ? {} : { maxReorg }),
    ...(proofOfWork === undefined ? {} : { proofOfWork }),
  };
}

/** Options of blocksmithd that make a node follow these rules. */
export function argumentsForRules({ maxReorg, proofOfWork }: NetworkRules): readonly string[] {
  const args: string[] = [];
  if (maxReorg !== undefined) args.push(`-labmaxreorg=${maxReorg}`);
  if (proofOfWork !== undefined) {
    const { retargetBlocks, spacingSeconds, difficulty } = proofOfWork;
    args.push(`-labretarget=${retargetBlocks}:${spacingSeconds}:${difficulty}`);
  }
  return args;
}
