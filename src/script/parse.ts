import { type ByteRange, EMPTY_BYTES } from '../primitives/bytes.js';
import { MAX_SCRIPT_ELEMENT_SIZE, MAX_SCRIPT_SIZE } from './limits.js';
import { MAX_OPCODE, Op, smallIntegerOf } from './opcodes.js';

/**
 * Walks over a script, one operation per {@link next}. Nothing is allocated unless {@link data} is read.
 *
 * @example
 * const reader = new ScriptReader(script);
 * while (reader.next()) visit(reader.opcode, reader.data);
 * if (reader.malformed) ...
 */
export class ScriptReader {
  /** Opcode that the last {@link next} read; OP_INVALIDOPCODE before the first and after a failed one. */
  opcode: number = Op.OP_INVALIDOPCODE;
  /** Offset of the byte after the operation. After a failed read: after the part of it that could be read, as in Core. */
  position: number;
  /** Range of the bytes that the operation pushes; empty for everything that is not a push of data. */
  dataStart = 0;
  dataEnd = 0;
  /** True once an operation was cut short by the end of the script. */
  malformed = false;

  private end: number;

  constructor(
    public script: Uint8Array,
    position = 0,
  ) {
    this.position = position;
    this.end = script.length;
  }

  /** Begins with another script. @param range where in `bytes` it is; all of them unless told */
  read(bytes: Uint8Array, range?: ByteRange): void {
    this.script = bytes;
    this.position = range?.from ?? 0;
    this.end = range?.to ?? bytes.length;
    this.opcode = Op.OP_INVALIDOPCODE;
    this.malformed = false;
  }

  /** True when every byte has been read. */
  get isDone(): boolean {
    return this.position >= this.end;
  }

  /** View of the bytes that the operation pushes. */
  get data(): Uint8Array {
    return this.dataStart === this.dataEnd ? EMPTY_BYTES : this.script.subarray(this.dataStart, this.dataEnd);
  }

  /** Reads the next operation; false at the end of the script and, with {@link malformed} set, at a push cut short. */
  next(): boolean {
    const { script } = this;
    const at = this.position;
    if (at >= this.end || this.malformed) {
      this.opcode = Op.OP_INVALIDOPCODE;
      return false;
    }
    const opcode = script[at] as number;
    if (opcode > Op.OP_PUSHDATA4) {
      this.opcode = opcode;
      this.position = at + 1;
      this.dataStart = 0;
      this.dataEnd = 0;
      return true;
    }
    return this.readPush(opcode, at + 1);
  }

  private readPush(opcode: number, at: number): boolean {
    const { script, end } = this;
    let start = at;
    let size = opcode;
    if (opcode >= Op.OP_PUSHDATA1) {
      const width = 1 << (opcode - Op.OP_PUSHDATA1);
      if (end - at < width) return this.fail(at);
      start = at + width;
      size = 0;
      // Multiplied, not shifted: the length of OP_PUSHDATA4 is unsigned.
      for (let i = start - 1; i >= at; i--) size = size * 256 + (script[i] as number);
    }
    if (end - start < size) return this.fail(start);
    this.opcode = opcode;
    this.dataStart = start;
    this.dataEnd = start + size;
    this.position = this.dataEnd;
    return true;
  }

  private fail(position: number): false {
    this.opcode = Op.OP_INVALIDOPCODE;
    this.position = position;
    this.dataStart = 0;
    this.dataEnd = 0;
    this.malformed = true;
    return false;
  }
}

/** True when a script does nothing but push. OP_RESERVED counts as a push here, as in Core. */
export function isPushOnly(script: Uint8Array, start = 0): boolean {
  const reader = new ScriptReader(script, start);
  while (reader.next()) if (reader.opcode > Op.OP_16) return false;
  return !reader.malformed;
}

/** True when every operation is whole, has an opcode up to OP_NOP10 and pushes no more than 520 bytes. */
export function hasValidOps(script: Uint8Array): boolean {
  const reader = new ScriptReader(script);
  while (reader.next()) {
    if (reader.opcode > MAX_OPCODE || reader.dataEnd - reader.dataStart > MAX_SCRIPT_ELEMENT_SIZE)
      return false;
  }
  return !reader.malformed;
}

/** True for `OP_HASH160 <20 bytes> OP_EQUAL` (BIP16). */
export function isPayToScriptHash(script: Uint8Array): boolean {
  return (
    script.length === 23 && script[0] === Op.OP_HASH160 && script[1] === 20 && script[22] === Op.OP_EQUAL
  );
}

/** True for `OP_0 <32 bytes>` (BIP141). */
export function isPayToWitnessScriptHash(script: Uint8Array): boolean {
  return script.length === 34 && script[0] === Op.OP_0 && script[1] === 32;
}

/** True for the anchor output `OP_1 <4e73>`, which anyone can spend with an empty witness. */
export function isPayToAnchor(script: Uint8Array): boolean {
  return (
    script.length === 4 &&
    script[0] === Op.OP_1 &&
    script[1] === 2 &&
    script[2] === 0x4e &&
    script[3] === 0x73
  );
}

export interface WitnessProgram {
  /** 0 to 16. */
  readonly version: number;
  /** 2 to 40 bytes; a view of the script. */
  readonly program: Uint8Array;
}

/** The witness program that a script is (BIP141), or undefined. */
export function isWitnessProgram(script: Uint8Array): WitnessProgram | undefined {
  const { length } = script;
  if (length < 4 || length > 42) return undefined;
  const first = script[0] as number;
  if (first !== Op.OP_0 && (first < Op.OP_1 || first > Op.OP_16)) return undefined;
  if ((script[1] as number) + 2 !== length) return undefined;
  return { version: smallIntegerOf(first), program: script.subarray(2) };
}

/** True for an output that no input can ever spend: it starts with OP_RETURN or is too big to run. */
export function isUnspendable(script: Uint8Array): boolean {
  return script.length > MAX_SCRIPT_SIZE || (script.length > 0 && script[0] === Op.OP_RETURN);
}

/**
 * Bytes that the last operation of a script pushes (empty for OP_1 … OP_16 and for an empty script), or undefined when
 * the script is not push-only. For a P2SH input this is the redeem script.
 */
export function lastPush(script: Uint8Array): Uint8Array | undefined {
  const reader = new ScriptReader(script);
  while (reader.next()) if (reader.opcode > Op.OP_16) return undefined;
  return reader.malformed ? undefined : reader.data;
}

/** True when `opcode` is the shortest way to push `length` bytes that start with `first` (BIP62 rule 3). */
export function isMinimalPush(opcode: number, length: number, first: number | undefined): boolean {
  if (length === 0) return opcode === Op.OP_0;
  if (length === 1 && first !== undefined && ((first >= 1 && first <= 16) || first === 0x81)) return false;
  if (length <= 75) return opcode === length;
  if (length <= 255) return opcode === Op.OP_PUSHDATA1;
  if (length <= 65535) return opcode === Op.OP_PUSHDATA2;
  return true;
}
