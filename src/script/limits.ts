/** Bytes that one stack element or push may have (consensus). */
export const MAX_SCRIPT_ELEMENT_SIZE = 520;

/** Opcodes above OP_16 that one script may run, keys of CHECKMULTISIG included (consensus, not in tapscript). */
export const MAX_OPS_PER_SCRIPT = 201;

/** Public keys that one CHECKMULTISIG may take (consensus). */
export const MAX_PUBKEYS_PER_MULTISIG = 20;

/** Public keys in a script of OP_CHECKSIGADDs: what standard descriptors allow (policy). */
export const MAX_PUBKEYS_PER_MULTI_A = 999;

/** Bytes of a script that can run (consensus, not in tapscript). A longer output script can never be spent. */
export const MAX_SCRIPT_SIZE = 10_000;

/** Elements that stack and alt stack together may hold (consensus). */
export const MAX_STACK_SIZE = 1000;

/** Lock times below this are block heights, others are UNIX times (consensus). */
export const LOCKTIME_THRESHOLD = 500_000_000;

/** First byte of the last witness element that makes it the annex (BIP341). */
export const ANNEX_TAG = 0x50;

/** Each signature check in tapscript that does not fail on an empty signature costs this much weight (BIP342). */
export const VALIDATION_WEIGHT_PER_SIGOP_PASSED = 50;

/** Weight that a tapscript input may spend on signatures on top of the size of its witness (BIP342). */
export const VALIDATION_WEIGHT_OFFSET = 50;

/** Bytes of witness programs. */
export const WITNESS_V0_KEYHASH_SIZE = 20;
export const WITNESS_V0_SCRIPTHASH_SIZE = 32;
export const WITNESS_V1_TAPROOT_SIZE = 32;

/** Bits of a control block's first byte that hold the leaf version (BIP341). */
export const TAPROOT_LEAF_MASK = 0xfe;

/** Leaf version of tapscript (BIP342). */
export const TAPROOT_LEAF_TAPSCRIPT = 0xc0;

/** A control block is this much, then 32 bytes for each level up to 128 (BIP341). */
export const TAPROOT_CONTROL_BASE_SIZE = 33;
export const TAPROOT_CONTROL_NODE_SIZE = 32;
export const TAPROOT_CONTROL_MAX_NODE_COUNT = 128;
export const TAPROOT_CONTROL_MAX_SIZE =
  TAPROOT_CONTROL_BASE_SIZE + TAPROOT_CONTROL_NODE_SIZE * TAPROOT_CONTROL_MAX_NODE_COUNT;
