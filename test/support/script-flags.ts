import { ScriptFlag, type ScriptFlagName, type ScriptFlags } from '../../src/script/flags.js';

export const ALL_FLAG_NAMES = Object.keys(ScriptFlag) as ScriptFlagName[];

export const ALL_SCRIPT_FLAGS: ScriptFlags = ALL_FLAG_NAMES.reduce((all, name) => all | ScriptFlag[name], 0);

/** Flags from a list like `P2SH,WITNESS`; NONE and the empty list are none. */
export function parseScriptFlags(list: string): ScriptFlags {
  if (list === '' || list === 'NONE') return 0;
  let flags = 0;
  for (const name of list.split(',')) {
    const bit = ScriptFlag[name as ScriptFlagName];
    if (bit === undefined) throw new Error(`not a script flag: ${name}`);
    flags |= bit;
  }
  return flags;
}

/** Drops the flags whose prerequisites are missing: WITNESS needs P2SH, CLEANSTACK needs WITNESS. */
export function trimScriptFlags(flags: ScriptFlags): ScriptFlags {
  let trimmed = flags;
  if ((trimmed & ScriptFlag.P2SH) === 0) trimmed &= ~ScriptFlag.WITNESS;
  if ((trimmed & ScriptFlag.WITNESS) === 0) trimmed &= ~ScriptFlag.CLEANSTACK;
  return trimmed;
}

/** Adds the prerequisites of the flags that are set. */
export function fillScriptFlags(flags: ScriptFlags): ScriptFlags {
  let filled = flags;
  if ((filled & ScriptFlag.CLEANSTACK) !== 0) filled |= ScriptFlag.WITNESS;
  if ((filled & ScriptFlag.WITNESS) !== 0) filled |= ScriptFlag.P2SH;
  return filled;
}

/** `flags` less each of its flags in turn, trimmed, without repeats. */
export function withoutEachFlag(flags: ScriptFlags): ScriptFlags[] {
  const combinations = new Set(ALL_FLAG_NAMES.map(name => trimScriptFlags(flags & ~ScriptFlag[name])));
  combinations.delete(flags);
  return [...combinations];
}

/** The same sequence of random flag sets at each run. */
export function randomFlagSource(seed: number): () => ScriptFlags {
  let state = seed >>> 0;
  return () => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & ALL_SCRIPT_FLAGS;
  };
}
