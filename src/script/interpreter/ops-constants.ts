import { scriptNumEncode } from '../number.js';
import { Op } from '../opcodes.js';
import type { OpHandler, OpTable } from './machine.js';

/** ( -- n) */
function constant(value: number): OpHandler {
  const bytes = scriptNumEncode(value);
  return machine => {
    machine.push(bytes);
    return 'OK';
  };
}

function buildTable(): OpTable {
  const table: Record<number, OpHandler> = { [Op.OP_1NEGATE]: constant(-1) };
  for (let n = 1; n <= 16; n++) table[Op.OP_1 - 1 + n] = constant(n);
  return table;
}

/** OP_1NEGATE and OP_1 … OP_16; pushes of data are read by the loop itself. */
export const CONSTANT_OPS: OpTable = buildTable();
