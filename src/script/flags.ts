/** Script verification flags: Core's bits, so that packed work for the script-check threads is one 32-bit word. */
export const ScriptFlag = {
  P2SH: 1 << 0,
  STRICTENC: 1 << 1,
  DERSIG: 1 << 2,
  LOW_S: 1 << 3,
  NULLDUMMY: 1 << 4,
  SIGPUSHONLY: 1 << 5,
  MINIMALDATA: 1 << 6,
  DISCOURAGE_UPGRADABLE_NOPS: 1 << 7,
  CLEANSTACK: 1 << 8,
  CHECKLOCKTIMEVERIFY: 1 << 9,
  CHECKSEQUENCEVERIFY: 1 << 10,
  WITNESS: 1 << 11,
  DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM: 1 << 12,
  MINIMALIF: 1 << 13,
  NULLFAIL: 1 << 14,
  WITNESS_PUBKEYTYPE: 1 << 15,
  CONST_SCRIPTCODE: 1 << 16,
  TAPROOT: 1 << 17,
  DISCOURAGE_UPGRADABLE_TAPROOT_VERSION: 1 << 18,
  DISCOURAGE_OP_SUCCESS: 1 << 19,
  DISCOURAGE_UPGRADABLE_PUBKEYTYPE: 1 << 20,
} as const;

export type ScriptFlagName = keyof typeof ScriptFlag;

/** A set of script flags as a bit mask. */
export type ScriptFlags = number;

export const NO_SCRIPT_FLAGS: ScriptFlags = 0;

/** True for the name of a flag, as script_tests.json spells it: Core's without SCRIPT_VERIFY_. */
export function isScriptFlagName(name: string): name is ScriptFlagName {
  return Object.hasOwn(ScriptFlag, name);
}

/** Names of all flags, in order of their bits. */
export const SCRIPT_FLAG_NAMES: readonly ScriptFlagName[] = Object.keys(ScriptFlag).filter(isScriptFlagName);

/** The set of flags with these names. */
export function scriptFlagsOf(names: readonly ScriptFlagName[]): ScriptFlags {
  return names.reduce((flags, name) => flags | ScriptFlag[name], NO_SCRIPT_FLAGS);
}

/** Names of the flags in a set, in order of their bits. */
export function scriptFlagNames(flags: ScriptFlags): ScriptFlagName[] {
  return SCRIPT_FLAG_NAMES.filter(name => (flags & ScriptFlag[name]) !== 0);
}

/** A flag that may be set only along with another. */
export interface FlagPrerequisite {
  readonly flag: ScriptFlagName;
  readonly needs: ScriptFlagName;
}

/** Without what it needs, each of these would accept what the rules before it refuse: no soft fork. */
const PREREQUISITES: readonly FlagPrerequisite[] = [
  { flag: 'WITNESS', needs: 'P2SH' },
  { flag: 'CLEANSTACK', needs: 'WITNESS' },
];

/** The first flag of a set that lacks what it needs; undefined for a set that scripts can be verified under. */
export function missingPrerequisite(
  flags: ScriptFlags,
  prerequisites: readonly FlagPrerequisite[] = PREREQUISITES,
): FlagPrerequisite | undefined {
  return prerequisites.find(
    ({ flag, needs }) => (flags & ScriptFlag[flag]) !== 0 && (flags & ScriptFlag[needs]) === 0,
  );
}

/** Flags whose failure is a breach of consensus today: peers that send such a transaction are misbehaving. */
export const MANDATORY_SCRIPT_FLAGS: ScriptFlags =
  ScriptFlag.P2SH |
  ScriptFlag.DERSIG |
  ScriptFlag.NULLDUMMY |
  ScriptFlag.CHECKLOCKTIMEVERIFY |
  ScriptFlag.CHECKSEQUENCEVERIFY |
  ScriptFlag.WITNESS |
  ScriptFlag.TAPROOT;

/** Mandatory flags and the policy ones that relayed transactions must also meet. */
export const STANDARD_SCRIPT_FLAGS: ScriptFlags =
  MANDATORY_SCRIPT_FLAGS |
  ScriptFlag.STRICTENC |
  ScriptFlag.MINIMALDATA |
  ScriptFlag.DISCOURAGE_UPGRADABLE_NOPS |
  ScriptFlag.CLEANSTACK |
  ScriptFlag.MINIMALIF |
  ScriptFlag.NULLFAIL |
  ScriptFlag.LOW_S |
  ScriptFlag.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM |
  ScriptFlag.WITNESS_PUBKEYTYPE |
  ScriptFlag.CONST_SCRIPTCODE |
  ScriptFlag.DISCOURAGE_UPGRADABLE_TAPROOT_VERSION |
  ScriptFlag.DISCOURAGE_OP_SUCCESS |
  ScriptFlag.DISCOURAGE_UPGRADABLE_PUBKEYTYPE;
