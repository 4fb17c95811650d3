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

/** Fills in what was left open. */
export function networkRules(
  maxReorg: number | undefined,
  proofOfWork: ProofOfWork | undefined,
): NetworkRules {
  if (proofOfWork === undefined) return { maxReorg, proofOfWork };
  const { retargetBlocks, spacingSeconds = DEFAULT_SPACING, difficulty = DEFAULT_DIFFICULTY } = proofOfWork;
  return { maxReorg, proofOfWork: { retargetBlocks, spacingSeconds, difficulty } };
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
