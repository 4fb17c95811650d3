import type { SignatureChecker, TaprootExecution } from '../checker.js';
import type { ScriptErrorCode } from '../errors.js';
import { ScriptFlag, type ScriptFlags } from '../flags.js';
import { MAX_OPS_PER_SCRIPT, MAX_SCRIPT_ELEMENT_SIZE, MAX_SCRIPT_SIZE, MAX_STACK_SIZE } from '../limits.js';
import { Op } from '../opcodes.js';
import { isMinimalPush } from '../parse.js';
import { SigVersion } from '../sig-version.js';
import { NO_CODE_SEPARATOR } from '../sighash.js';
import { type OpHandler, ScriptMachine } from './machine.js';
import { ARITHMETIC_OPS } from './ops-arithmetic.js';
import { BYTE_OPS } from './ops-bytes.js';
import { CONSTANT_OPS } from './ops-constants.js';
import { FLOW_OPS } from './ops-flow.js';
import { HASH_OPS } from './ops-hash.js';
import { LOCKTIME_OPS } from './ops-locktime.js';
import { MULTISIG_OPS } from './ops-multisig.js';
import { SIGNATURE_OPS } from './ops-signature.js';
import { STACK_OPS } from './ops-stack.js';

/** Operations switched off in 2010 (CVE-2010-5137): their presence is an error even where they do not run. */
const DISABLED_OPCODES: readonly number[] = [
  Op.OP_CAT,
  Op.OP_SUBSTR,
  Op.OP_LEFT,
  Op.OP_RIGHT,
  Op.OP_INVERT,
  Op.OP_AND,
  Op.OP_OR,
  Op.OP_XOR,
  Op.OP_2MUL,
  Op.OP_2DIV,
  Op.OP_MUL,
  Op.OP_DIV,
  Op.OP_MOD,
  Op.OP_LSHIFT,
  Op.OP_RSHIFT,
];

const IS_DISABLED: Uint8Array = Uint8Array.from({ length: 256 }, (_, opcode) =>
  DISABLED_OPCODES.includes(opcode) ? 1 : 0,
);

const HANDLERS: readonly OpHandler[] = buildHandlers();

function buildHandlers(): OpHandler[] {
  const handlers = new Array<OpHandler>(256).fill(() => 'BAD_OPCODE');
  const tables = [
    CONSTANT_OPS,
    FLOW_OPS,
    STACK_OPS,
    BYTE_OPS,
    ARITHMETIC_OPS,
    HASH_OPS,
    SIGNATURE_OPS,
    MULTISIG_OPS,
    LOCKTIME_OPS,
  ];
  for (const table of tables) {
    for (const [opcode, handler] of Object.entries(table)) handlers[Number(opcode)] = handler;
  }
  return handlers;
}

/** State for a script that is not in a taproot input. */
export function emptyExecution(): TaprootExecution {
  return {
    annexHash: undefined,
    leafHash: undefined,
    codeSeparatorPosition: NO_CODE_SEPARATOR,
    validationWeightLeft: 0,
  };
}

/**
 * Runs one script on `stack`, which is changed and, when the script fails, left as it was then. What the stack must hold
 * at the end is for the caller to judge.
 *
 * @param execution for tapscript: what its signatures commit to, and their budget
 */
export function evalScript(
  stack: Uint8Array[],
  script: Uint8Array,
  flags: ScriptFlags,
  checker: SignatureChecker,
  sigVersion: SigVersion,
  execution: TaprootExecution = emptyExecution(),
): ScriptErrorCode {
  if (sigVersion !== SigVersion.TAPSCRIPT && script.length > MAX_SCRIPT_SIZE) return 'SCRIPT_SIZE';
  execution.codeSeparatorPosition = NO_CODE_SEPARATOR;
  // The scriptSig of every witness input.
  if (script.length === 0) return 'OK';
  const machine = new ScriptMachine(stack, script, flags, checker, sigVersion, execution);
  const { reader, altStack, conditions } = machine;
  while (reader.next()) {
    const error = reader.opcode <= Op.OP_PUSHDATA4 ? pushBytes(machine) : runOperation(machine);
    if (error !== 'OK') return error;
    if (stack.length + altStack.length > MAX_STACK_SIZE) return 'STACK_SIZE';
    machine.opcodePosition++;
  }
  if (reader.malformed) return 'BAD_OPCODE';
  return conditions.isEmpty ? 'OK' : 'UNBALANCED_CONDITIONAL';
}

function pushBytes(machine: ScriptMachine): ScriptErrorCode {
  const { reader } = machine;
  const size = reader.dataEnd - reader.dataStart;
  if (size > MAX_SCRIPT_ELEMENT_SIZE) return 'PUSH_SIZE';
  if (!machine.conditions.allTrue) return 'OK';
  if (machine.requireMinimal && !isMinimalPush(reader.opcode, size, machine.script[reader.dataStart])) {
    return 'MINIMALDATA';
  }
  machine.push(reader.data);
  return 'OK';
}

function runOperation(machine: ScriptMachine): ScriptErrorCode {
  const { opcode } = machine;
  if (opcode > Op.OP_16 && !machine.isTapscript && ++machine.opCount > MAX_OPS_PER_SCRIPT) return 'OP_COUNT';
  if (IS_DISABLED[opcode] !== 0) return 'DISABLED_OPCODE';
  if (opcode === Op.OP_CODESEPARATOR && forbidsCodeSeparator(machine)) return 'OP_CODESEPARATOR';
  // The conditionals, and OP_VERIF and OP_VERNOTIF between them, are looked at even where nothing runs.
  const always = opcode >= Op.OP_IF && opcode <= Op.OP_ENDIF;
  if (!always && !machine.conditions.allTrue) return 'OK';
  return (HANDLERS[opcode] as OpHandler)(machine);
}

function forbidsCodeSeparator(machine: ScriptMachine): boolean {
  return machine.sigVersion === SigVersion.BASE && machine.hasFlag(ScriptFlag.CONST_SCRIPTCODE);
}
