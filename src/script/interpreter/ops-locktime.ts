import { SEQUENCE_LOCKTIME_DISABLE_FLAG } from '../../primitives/sequence.js';
import type { ScriptErrorCode } from '../errors.js';
import { ScriptFlag } from '../flags.js';
import { MAX_LOCK_NUM_SIZE, scriptNumDecode } from '../number.js';
import { Op } from '../opcodes.js';
import type { OpTable, ScriptMachine } from './machine.js';

/** The number on top, which stays there; up to five bytes, since lock times are unsigned 32-bit numbers. */
function peekLock(machine: ScriptMachine): number | ScriptErrorCode {
  if (machine.stack.length < 1) return 'INVALID_STACK_OPERATION';
  const lock = scriptNumDecode(machine.peek(0), machine.requireMinimal, MAX_LOCK_NUM_SIZE);
  if (lock === undefined) return 'UNKNOWN_ERROR';
  return lock < 0 ? 'NEGATIVE_LOCKTIME' : lock;
}

/** BIP65 (lockTime -- lockTime); a NOP before its activation. */
function checkLockTimeVerify(machine: ScriptMachine): ScriptErrorCode {
  if (!machine.hasFlag(ScriptFlag.CHECKLOCKTIMEVERIFY)) return 'OK';
  const lock = peekLock(machine);
  if (typeof lock === 'string') return lock;
  return machine.checker.checkLockTime(lock) ? 'OK' : 'UNSATISFIED_LOCKTIME';
}

/** BIP112 (sequence -- sequence); a NOP before its activation and for numbers that are no relative lock. */
function checkSequenceVerify(machine: ScriptMachine): ScriptErrorCode {
  if (!machine.hasFlag(ScriptFlag.CHECKSEQUENCEVERIFY)) return 'OK';
  const lock = peekLock(machine);
  if (typeof lock === 'string') return lock;
  if ((lock & SEQUENCE_LOCKTIME_DISABLE_FLAG) !== 0) return 'OK';
  return machine.checker.checkSequence(lock) ? 'OK' : 'UNSATISFIED_LOCKTIME';
}

export const LOCKTIME_OPS: OpTable = {
  [Op.OP_CHECKLOCKTIMEVERIFY]: checkLockTimeVerify,
  [Op.OP_CHECKSEQUENCEVERIFY]: checkSequenceVerify,
};
