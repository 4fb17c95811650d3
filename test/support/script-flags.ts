import {
  isScriptFlagName,
  NO_SCRIPT_FLAGS,
  SCRIPT_FLAG_NAMES,
  ScriptFlag,
  type ScriptFlags,
  scriptFlagsOf,
} from '../../src/script/flags.js';

export const ALL_SCRIPT_FLAGS: ScriptFlags = scriptFlagsOf(SCRIPT_FLAG_NAMES);

/** Flags from a list of the vectors like `P2SH,WITNESS`; NONE and the empty list are none. */
export function parseScriptFlags(list: string): ScriptFlags {
  if (list === '' || list === 'NONE') return NO_SCRIPT_FLAGS;
  const names = list.split(',');
  const known = names.filter(isScriptFlagName);
  if (known.length !== names.length) throw new Error(`not a list of script flags: ${list}`);
  return scriptFlagsOf(known);
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
  const combinations = new Set(SCRIPT_FLAG_NAMES.map(name => trimScriptFlags(flags & ~ScriptFlag[name])));
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
