import type { ScriptErrorCode } from '../errors.js';
import { ScriptFlag } from '../flags.js';
import { Op } from '../opcodes.js';
import { SigVersion } from '../sig-version.js';
import { castToBool, type OpTable, type ScriptMachine } from './machine.js';

/** OP_IF, OP_NOTIF: (condition -- ), and nothing from the stack inside a branch that does not run. */
function beginIf(machine: ScriptMachine, runsOn: boolean): ScriptErrorCode {
  if (!machine.conditions.allTrue) {
    machine.conditions.push(false);
    return 'OK';
  }
  if (machine.stack.length < 1) return 'UNBALANCED_CONDITIONAL';
  const condition = machine.peek(0);
  if (!isMinimalCondition(condition)) {
    if (machine.isTapscript) return 'TAPSCRIPT_MINIMALIF';
    if (machine.sigVersion === SigVersion.WITNESS_V0 && machine.hasFlag(ScriptFlag.MINIMALIF)) {
      return 'MINIMALIF';
    }
  }
  machine.conditions.push(castToBool(condition) === runsOn);
  machine.drop(1);
  return 'OK';
}

/** Exactly the empty string or exactly 01. */
function isMinimalCondition(condition: Uint8Array): boolean {
  return condition.length === 0 || (condition.length === 1 && condition[0] === 1);
}

function toggleBranch(machine: ScriptMachine): ScriptErrorCode {
  if (machine.conditions.isEmpty) return 'UNBALANCED_CONDITIONAL';
  machine.conditions.toggleTop();
  return 'OK';
}

function endIf(machine: ScriptMachine): ScriptErrorCode {
  if (machine.conditions.isEmpty) return 'UNBALANCED_CONDITIONAL';
  machine.conditions.pop();
  return 'OK';
}

/** (true -- ) */
function verify(machine: ScriptMachine): ScriptErrorCode {
  if (machine.stack.length < 1) return 'INVALID_STACK_OPERATION';
  if (!castToBool(machine.peek(0))) return 'VERIFY';
  machine.drop(1);
  return 'OK';
}

function upgradableNop(machine: ScriptMachine): ScriptErrorCode {
  return machine.hasFlag(ScriptFlag.DISCOURAGE_UPGRADABLE_NOPS) ? 'DISCOURAGE_UPGRADABLE_NOPS' : 'OK';
}

export const FLOW_OPS: OpTable = {
  [Op.OP_NOP]: () => 'OK',
  [Op.OP_IF]: machine => beginIf(machine, true),
  [Op.OP_NOTIF]: machine => beginIf(machine, false),
  [Op.OP_ELSE]: toggleBranch,
  [Op.OP_ENDIF]: endIf,
  [Op.OP_VERIFY]: verify,
  [Op.OP_RETURN]: () => 'OP_RETURN',
  [Op.OP_NOP1]: upgradableNop,
  [Op.OP_NOP4]: upgradableNop,
  [Op.OP_NOP5]: upgradableNop,
  [Op.OP_NOP6]: upgradableNop,
  [Op.OP_NOP7]: upgradableNop,
  [Op.OP_NOP8]: upgradableNop,
  [Op.OP_NOP9]: upgradableNop,
  [Op.OP_NOP10]: upgradableNop,
};
