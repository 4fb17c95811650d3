import type { ScriptErrorCode } from '../errors.js';
import { scriptNumEncode } from '../number.js';
import { Op } from '../opcodes.js';
import type { OpHandler, OpTable, ScriptMachine } from './machine.js';

// Operands have up to four bytes, so every result is exact in a double. One that needs five bytes may stay on the
// stack, but is no operand any more. An operand that is no number ends the script with UNKNOWN_ERROR, as in Core.

/** (x -- out) */
function unary(calculate: (x: number) => number): OpHandler {
  return machine => {
    if (machine.stack.length < 1) return 'INVALID_STACK_OPERATION';
    const x = machine.peekNumber(0);
    if (x === undefined) return 'UNKNOWN_ERROR';
    machine.drop(1);
    machine.push(scriptNumEncode(calculate(x)));
    return 'OK';
  };
}

/** (a b -- out) */
function binary(calculate: (a: number, b: number) => number): OpHandler {
  return machine => {
    if (machine.stack.length < 2) return 'INVALID_STACK_OPERATION';
    const a = machine.peekNumber(1);
    const b = machine.peekNumber(0);
    if (a === undefined || b === undefined) return 'UNKNOWN_ERROR';
    machine.drop(2);
    machine.push(scriptNumEncode(calculate(a, b)));
    return 'OK';
  };
}

/** (a b -- bool) */
function comparison(holds: (a: number, b: number) => boolean): OpHandler {
  return binary((a, b) => (holds(a, b) ? 1 : 0));
}

const numEqual = comparison((a, b) => a === b);

/** (a b -- ) */
function numEqualVerify(machine: ScriptMachine): ScriptErrorCode {
  const error = numEqual(machine);
  if (error !== 'OK') return error;
  return machine.pop().length > 0 ? 'OK' : 'NUMEQUALVERIFY';
}

/** (x min max -- bool): min ≤ x < max */
function within(machine: ScriptMachine): ScriptErrorCode {
  if (machine.stack.length < 3) return 'INVALID_STACK_OPERATION';
  const x = machine.peekNumber(2);
  const min = machine.peekNumber(1);
  const max = machine.peekNumber(0);
  if (x === undefined || min === undefined || max === undefined) return 'UNKNOWN_ERROR';
  machine.drop(3);
  machine.pushBool(min <= x && x < max);
  return 'OK';
}

export const ARITHMETIC_OPS: OpTable = {
  [Op.OP_1ADD]: unary(x => x + 1),
  [Op.OP_1SUB]: unary(x => x - 1),
  [Op.OP_NEGATE]: unary(x => 0 - x),
  [Op.OP_ABS]: unary(Math.abs),
  [Op.OP_NOT]: unary(x => (x === 0 ? 1 : 0)),
  [Op.OP_0NOTEQUAL]: unary(x => (x === 0 ? 0 : 1)),
  [Op.OP_ADD]: binary((a, b) => a + b),
  [Op.OP_SUB]: binary((a, b) => a - b),
  [Op.OP_BOOLAND]: comparison((a, b) => a !== 0 && b !== 0),
  [Op.OP_BOOLOR]: comparison((a, b) => a !== 0 || b !== 0),
  [Op.OP_NUMEQUAL]: numEqual,
  [Op.OP_NUMEQUALVERIFY]: numEqualVerify,
  [Op.OP_NUMNOTEQUAL]: comparison((a, b) => a !== b),
  [Op.OP_LESSTHAN]: comparison((a, b) => a < b),
  [Op.OP_GREATERTHAN]: comparison((a, b) => a > b),
  [Op.OP_LESSTHANOREQUAL]: comparison((a, b) => a <= b),
  [Op.OP_GREATERTHANOREQUAL]: comparison((a, b) => a >= b),
  [Op.OP_MIN]: binary(Math.min),
  [Op.OP_MAX]: binary(Math.max),
  [Op.OP_WITHIN]: within,
};
