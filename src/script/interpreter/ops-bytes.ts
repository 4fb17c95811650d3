import { bytesEqual } from '../../primitives/bytes.js';
import type { ScriptErrorCode } from '../errors.js';
import { scriptNumEncode } from '../number.js';
import { Op } from '../opcodes.js';
import type { OpTable, ScriptMachine } from './machine.js';

/** (in -- in size) */
function size(machine: ScriptMachine): ScriptErrorCode {
  if (machine.stack.length < 1) return 'INVALID_STACK_OPERATION';
  machine.push(scriptNumEncode(machine.peek(0).length));
  return 'OK';
}

/** (a b -- bool) */
function equal(machine: ScriptMachine): ScriptErrorCode {
  if (machine.stack.length < 2) return 'INVALID_STACK_OPERATION';
  machine.pushBool(bytesEqual(machine.pop(), machine.pop()));
  return 'OK';
}

/** (a b -- ) */
function equalVerify(machine: ScriptMachine): ScriptErrorCode {
  if (machine.stack.length < 2) return 'INVALID_STACK_OPERATION';
  return bytesEqual(machine.pop(), machine.pop()) ? 'OK' : 'EQUALVERIFY';
}

/** What is left of the splice and bit operations; the others are disabled. */
export const BYTE_OPS: OpTable = {
  [Op.OP_SIZE]: size,
  [Op.OP_EQUAL]: equal,
  [Op.OP_EQUALVERIFY]: equalVerify,
};
