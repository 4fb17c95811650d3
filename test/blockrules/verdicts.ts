/**
 * Where a broken rule is found, which decides what the node remembers of the block and how it tells:
 * - `header`: the header is not kept;
 * - `mutated`: the data are not those of the header, so nothing is held against the block;
 * - `block`: found without looking at other blocks, and not held against the block either;
 * - `context`: found when the block is to be stored, which it then is not;
 * - `connect`: found among the coins, when the block is to become the tip.
 */
export type Stage = 'header' | 'mutated' | 'block' | 'context' | 'connect';

/** Core's classes of broken rules, as far as they occur here. */
export type Category =
  | 'consensus'
  | 'mutated'
  | 'invalid-header'
  | 'time-future'
  | 'missing-prev'
  | 'invalid-prev'
  | 'cached-invalid';

/** What is to be seen of a refusal besides its code. */
export interface Refusal {
  readonly stage: Stage;
  readonly category: Category;
}

const header: Refusal = { stage: 'header', category: 'invalid-header' };
const mutated: Refusal = { stage: 'mutated', category: 'mutated' };
const block: Refusal = { stage: 'block', category: 'consensus' };
const context: Refusal = { stage: 'context', category: 'consensus' };
const connect: Refusal = { stage: 'connect', category: 'consensus' };

/** Core's reject codes of blocks. Codes of scripts, which carry a text, and of versions are not in the table. */
const REFUSALS = {
  'high-hash': header,
  'bad-diffbits': header,
  'time-too-old': header,
  'time-too-new': { stage: 'header', category: 'time-future' },
  'time-timewarp-attack': header,
  'prev-blk-not-found': { stage: 'header', category: 'missing-prev' },
  'bad-prevblk': { stage: 'header', category: 'invalid-prev' },
  duplicate: { stage: 'header', category: 'cached-invalid' },

  'bad-txnmrklroot': mutated,
  'bad-txns-duplicate': mutated,
  'bad-witness-nonce-size': mutated,
  'bad-witness-merkle-match': mutated,
  'unexpected-witness': mutated,

  'bad-blk-length': block,
  'bad-cb-missing': block,
  'bad-cb-multiple': block,
  'bad-cb-length': block,
  'bad-txns-vin-empty': block,
  'bad-txns-vout-empty': block,
  'bad-txns-vout-negative': block,
  'bad-txns-vout-toolarge': block,
  'bad-txns-txouttotal-toolarge': block,
  'bad-txns-inputs-duplicate': block,
  'bad-txns-prevout-null': block,
  /** Those in the block's own scripts; {@link CONNECT_SIGOPS} counts those in what it spends as well. */
  'bad-blk-sigops': block,

  /** By lock time (BIP113); {@link CONNECT_NONFINAL} is by sequence number (BIP68). */
  'bad-txns-nonfinal': context,
  'bad-cb-height': context,
  'bad-blk-weight': context,

  'bad-txns-BIP30': connect,
  'bad-txns-inputs-missingorspent': connect,
  'bad-txns-premature-spend-of-coinbase': connect,
  'bad-txns-in-belowout': connect,
  'bad-cb-amount': connect,
} as const satisfies Record<string, Refusal>;

export type BlockCode = keyof typeof REFUSALS;

/** Why a block is refused: Core's code, and when and how. */
export interface Reason extends Refusal {
  readonly code: string;
}

/** The reason that a code of the table stands for. */
export function reason(code: BlockCode): Reason {
  return { code, ...REFUSALS[code] };
}

/** The same codes, found among the coins. */
export const CONNECT_SIGOPS: Reason = { code: 'bad-blk-sigops', ...connect };
export const CONNECT_NONFINAL: Reason = { code: 'bad-txns-nonfinal', ...connect };

/** A version that went out of use; `version` as eight hex digits. */
export function badVersion(version: string): Reason {
  return { code: `bad-version(0x${version})`, ...header };
}

/** A script that fails, with Core's sentence about how. */
export function badScript(text: string): Reason {
  return { code: `mandatory-script-verify-flag-failed (${text})`, ...connect };
}

export const EVAL_FALSE = badScript(
  'Script evaluated without error but finished with a false/empty top stack element',
);

/** Whether a peer that brings such a block loses its connection: not for clocks, nor for what others may not know yet. */
export function isPunished({ category }: Reason): boolean {
  return category !== 'time-future' && category !== 'cached-invalid';
}
