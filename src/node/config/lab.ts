import type { LabRetarget } from '../../consensus/params.js';
import { StartError } from '../../runtime/errors.js';
import type { Settings } from '../options/settings.js';

/** Options that change rules for experiments: only where every node knows of it. */
const LAB_OPTIONS = ['labmaxreorg', 'labretarget'] as const;

/** Blocks of a period: with fewer than mainnet's factor of four the limits of an adjustment would make no sense. */
export const MIN_RETARGET_BLOCKS = 4;
export const MAX_RETARGET_BLOCKS = 1_000_000;
/** Seconds. */
export const MAX_SPACING = 86_400;
/** Hashes that a block takes on average are twice as many: a fraction of a second. */
export const MAX_DIFFICULTY = 1_000_000;
/** Blocks: more than any chain of a lab has. */
export const MAX_REORG_LIMIT = 1_000_000;

/** @throws StartError when an option of the lab is given on another network than regtest */
export function checkLabOptions(settings: Settings): void {
  if (settings.chain() === 'regtest') return;
  const given = LAB_OPTIONS.find(name => settings.isSet(name));
  if (given !== undefined) throw new StartError(`-${given} is for regtest only.`);
}

/** `-labmaxreorg`: the most blocks that the node undoes to follow more work; undefined for any number. */
export function maxReorgDepth(settings: Settings): number | undefined {
  if (!settings.isSet('labmaxreorg')) return undefined;
  const text = settings.text('labmaxreorg') ?? '';
  const depth = wholeNumber(text, 0, MAX_REORG_LIMIT);
  if (depth === undefined) throw new StartError(`Invalid value (${text}) for -labmaxreorg=<blocks>.`);
  return depth;
}

/** `-labretarget=<blocks>:<seconds>:<difficulty>`: a regtest whose difficulty changes; undefined without it. */
export function labRetarget(settings: Settings): LabRetarget | undefined {
  if (!settings.isSet('labretarget')) return undefined;
  const text = settings.text('labretarget') ?? '';
  const [blocks, seconds, difficulty, ...rest] = text.split(':');
  const period = wholeNumber(blocks, MIN_RETARGET_BLOCKS, MAX_RETARGET_BLOCKS);
  const spacing = wholeNumber(seconds, 1, MAX_SPACING);
  const first = wholeNumber(difficulty, 1, MAX_DIFFICULTY);
  if (period === undefined || spacing === undefined || first === undefined || rest.length > 0)
    throw new StartError(`Invalid value (${text}) for -labretarget=<blocks>:<seconds>:<difficulty>.`);
  return { blocks: period, spacing, difficulty: first };
}

function wholeNumber(text: string | undefined, least: number, most: number): number | undefined {
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}
