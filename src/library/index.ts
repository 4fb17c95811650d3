/**
 * Bitcoin's consensus rules as functions: `blocksmith/consensus`, what libbitcoinconsensus was to C programs.
 *
 * Bytes go in, a verdict comes out. There is no I/O here: no socket, file, thread or timer, and no state but caches of
 * constants. Ids and hashes are 32 raw bytes in internal order ({@link idToHex} shows them as people write them), amounts
 * are whole satoshis. Verdicts are returned. Bytes that are no transaction or block throw a {@link DecodeError}, calls
 * that have no answer a {@link UsageError}; nothing else is thrown.
 *
 * `docs/CONSENSUS-LIBRARY.md` is the reference.
 *
 * @packageDocumentation
 */
export { DecodeError } from '../primitives/codec.js';
export { scriptErrorText } from '../script/error-text.js';
export type { ScriptFlagName } from '../script/flags.js';
export {
  type CheckBlockRequest,
  type CheckResult,
  checkBlock,
  checkTransaction,
} from './check-block.js';
export {
  CONSENSUS_SCRIPT_FLAGS,
  SCRIPT_FLAGS,
  type ScriptFlagsAtRequest,
  STANDARD_SCRIPT_FLAGS,
  scriptFlagsAt,
} from './flags.js';
export { fromHex, idFromHex, idToHex, toHex } from './hex.js';
export { NETWORKS, type Network } from './networks.js';
export {
  type ParsedBlock,
  type ParsedInput,
  type ParsedOutPoint,
  type ParsedOutput,
  type ParsedTransaction,
  parseBlock,
  parseTransaction,
} from './parse.js';
export { UsageError, type UsageErrorCode } from './usage-error.js';
export {
  type VerifyBlockScriptsRequest,
  type VerifyBlockScriptsResult,
  verifyBlockScripts,
} from './verify-block-scripts.js';
export {
  type Prevout,
  type ScriptErrorName,
  type VerifyInputRequest,
  type VerifyInputResult,
  verifyInput,
} from './verify-input.js';
