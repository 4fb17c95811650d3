import { EMPTY_BYTES } from '../../primitives/bytes.js';
import type { SignatureChecker, TaprootExecution } from '../checker.js';
import type { ScriptErrorCode } from '../errors.js';
import { ScriptFlag, type ScriptFlags } from '../flags.js';
import { scriptNumDecode } from '../number.js';
import { ScriptReader } from '../parse.js';
import { SigVersion } from '../sig-version.js';
import { ConditionStack } from './condition-stack.js';

/** Runs one opcode. Anything but 'OK' ends the script. */
export type OpHandler = (machine: ScriptMachine) => ScriptErrorCode;

/** Handlers by opcode; each topic has a table of its own. */
export type OpTable = Readonly<Record<number, OpHandler>>;

export const TRUE_BYTES: Uint8Array = Uint8Array.of(1);
export const FALSE_BYTES: Uint8Array = EMPTY_BYTES;

/** The truth of a stack element: false for any zero, negative zero included. */
export function castToBool(bytes: Uint8Array): boolean {
  const last = bytes.length - 1;
  for (let i = 0; i < last; i++) if (bytes[i] !== 0) return true;
  return last >= 0 && bytes[last] !== 0 && bytes[last] !== 0x80;
}

/**
 * State of one running script. Elements are never changed in place, so that the stack may hold views of scripts and
 * witnesses, and the same bytes twice.
 */
export class ScriptMachine {
  readonly reader: ScriptReader;
  readonly altStack: Uint8Array[] = [];
  readonly conditions = new ConditionStack();
  /** BIP62 rules on numbers and pushes apply. */
  readonly requireMinimal: boolean;
  /** Counted operations so far (not in tapscript). */
  opCount = 0;
  /** Index of the operation that runs, counted from 0 and including pushes. */
  opcodePosition = 0;
  /** Where the script code for signatures starts: after the last OP_CODESEPARATOR that ran. */
  codeStart = 0;

  constructor(
    /** Top last. */
    readonly stack: Uint8Array[],
    readonly script: Uint8Array,
    readonly flags: ScriptFlags,
    readonly checker: SignatureChecker,
    readonly sigVersion: SigVersion,
    readonly execution: TaprootExecution,
  ) {
    this.reader = new ScriptReader(script);
    this.requireMinimal = (flags & ScriptFlag.MINIMALDATA) !== 0;
  }

  /** Opcode that runs. */
  get opcode(): number {
    return this.reader.opcode;
  }

  get isTapscript(): boolean {
    return this.sigVersion === SigVersion.TAPSCRIPT;
  }

  hasFlag(flag: ScriptFlags): boolean {
    return (this.flags & flag) !== 0;
  }

  /** The element `depth` below the top (0 is the top); the caller has checked that it is there. */
  peek(depth: number): Uint8Array {
    return this.stack[this.stack.length - 1 - depth] as Uint8Array;
  }

  /** The number `depth` below the top; undefined when it is no valid number. */
  peekNumber(depth: number): number | undefined {
    return scriptNumDecode(this.peek(depth), this.requireMinimal);
  }

  push(bytes: Uint8Array): void {
    this.stack.push(bytes);
  }

  pushBool(value: boolean): void {
    this.stack.push(value ? TRUE_BYTES : FALSE_BYTES);
  }

  /** Takes off the top; the caller has checked that it is there. */
  pop(): Uint8Array {
    return this.stack.pop() as Uint8Array;
  }

  drop(count: number): void {
    for (let i = 0; i < count; i++) this.stack.pop();
  }
}
