import type { ScriptErrorCode } from '../errors.js';
import { scriptNumEncode } from '../number.js';
import { Op } from '../opcodes.js';
import { castToBool, type OpHandler, type OpTable, type ScriptMachine } from './machine.js';

/** A handler that needs at least `depth` elements and then cannot fail. */
function withDepth(depth: number, run: (machine: ScriptMachine) => void): OpHandler {
  return machine => {
    if (machine.stack.length < depth) return 'INVALID_STACK_OPERATION';
    run(machine);
    return 'OK';
  };
}

/** Pushes the element `depth` below the top `count` times; with depth count - 1 that copies the top `count` elements. */
function copy(count: number, depth: number): OpHandler {
  return withDepth(depth + 1, machine => {
    for (let i = 0; i < count; i++) machine.push(machine.peek(depth));
  });
}

function swapElements(stack: Uint8Array[], a: number, b: number): void {
  const atA = stack[stack.length - 1 - a] as Uint8Array;
  stack[stack.length - 1 - a] = stack[stack.length - 1 - b] as Uint8Array;
  stack[stack.length - 1 - b] = atA;
}

/** Takes out the element `depth` below the top. */
function remove(stack: Uint8Array[], depth: number): Uint8Array {
  const at = stack.length - 1 - depth;
  const element = stack[at] as Uint8Array;
  const last = stack.length - 1;
  // Moved one by one: Array.copyWithin is 30 times slower, and splice makes an array for what it takes out.
  for (let i = at; i < last; i++) stack[i] = stack[i + 1] as Uint8Array;
  stack.pop();
  return element;
}

function fromAltStack(machine: ScriptMachine): ScriptErrorCode {
  const element = machine.altStack.pop();
  if (element === undefined) return 'INVALID_ALTSTACK_OPERATION';
  machine.push(element);
  return 'OK';
}

/** (… n -- …): reads the depth that OP_PICK and OP_ROLL reach down to; a code when there is none. */
function popDepth(machine: ScriptMachine): number | ScriptErrorCode {
  if (machine.stack.length < 2) return 'INVALID_STACK_OPERATION';
  const depth = machine.peekNumber(0);
  if (depth === undefined) return 'UNKNOWN_ERROR';
  machine.drop(1);
  return depth < 0 || depth >= machine.stack.length ? 'INVALID_STACK_OPERATION' : depth;
}

/** (xn … x0 n -- xn … x0 xn) */
function pick(machine: ScriptMachine): ScriptErrorCode {
  const depth = popDepth(machine);
  if (typeof depth === 'string') return depth;
  machine.push(machine.peek(depth));
  return 'OK';
}

/** (xn … x0 n -- … x0 xn) */
function roll(machine: ScriptMachine): ScriptErrorCode {
  const depth = popDepth(machine);
  if (typeof depth === 'string') return depth;
  machine.push(remove(machine.stack, depth));
  return 'OK';
}

export const STACK_OPS: OpTable = {
  [Op.OP_TOALTSTACK]: withDepth(1, machine => machine.altStack.push(machine.pop())),
  [Op.OP_FROMALTSTACK]: fromAltStack,
  // (x1 x2 -- )
  [Op.OP_2DROP]: withDepth(2, machine => machine.drop(2)),
  // (x1 x2 -- x1 x2 x1 x2)
  [Op.OP_2DUP]: copy(2, 1),
  // (x1 x2 x3 -- x1 x2 x3 x1 x2 x3)
  [Op.OP_3DUP]: copy(3, 2),
  // (x1 x2 x3 x4 -- x1 x2 x3 x4 x1 x2)
  [Op.OP_2OVER]: copy(2, 3),
  // (x1 x2 x3 x4 x5 x6 -- x3 x4 x5 x6 x1 x2)
  [Op.OP_2ROT]: withDepth(6, machine => {
    machine.push(remove(machine.stack, 5));
    machine.push(remove(machine.stack, 5));
  }),
  // (x1 x2 x3 x4 -- x3 x4 x1 x2)
  [Op.OP_2SWAP]: withDepth(4, machine => {
    swapElements(machine.stack, 3, 1);
    swapElements(machine.stack, 2, 0);
  }),
  // (x -- x x) for a true x
  [Op.OP_IFDUP]: withDepth(1, machine => {
    if (castToBool(machine.peek(0))) machine.push(machine.peek(0));
  }),
  // ( -- size)
  [Op.OP_DEPTH]: withDepth(0, machine => machine.push(scriptNumEncode(machine.stack.length))),
  // (x -- )
  [Op.OP_DROP]: withDepth(1, machine => machine.drop(1)),
  // (x -- x x)
  [Op.OP_DUP]: copy(1, 0),
  // (x1 x2 -- x2)
  [Op.OP_NIP]: withDepth(2, machine => remove(machine.stack, 1)),
  // (x1 x2 -- x1 x2 x1)
  [Op.OP_OVER]: copy(1, 1),
  [Op.OP_PICK]: pick,
  [Op.OP_ROLL]: roll,
  // (x1 x2 x3 -- x2 x3 x1)
  [Op.OP_ROT]: withDepth(3, machine => machine.push(remove(machine.stack, 2))),
  // (x1 x2 -- x2 x1)
  [Op.OP_SWAP]: withDepth(2, machine => swapElements(machine.stack, 1, 0)),
  // (x1 x2 -- x2 x1 x2)
  [Op.OP_TUCK]: withDepth(2, machine => {
    swapElements(machine.stack, 1, 0);
    machine.push(machine.peek(1));
  }),
};
