import { Writer } from '../primitives/codec.js';
import { scriptNumEncode } from './number.js';
import { Op, smallIntegerOpcode } from './opcodes.js';

/**
 * Puts a script together.
 *
 * @example
 * new ScriptBuilder().op(Op.OP_DUP).op(Op.OP_HASH160).pushData(keyHash).op(Op.OP_EQUALVERIFY).op(Op.OP_CHECKSIG).finish();
 */
export class ScriptBuilder {
  private readonly writer = new Writer(64);

  op(...opcodes: readonly number[]): this {
    for (const opcode of opcodes) this.writer.u8(opcode);
    return this;
  }

  /**
   * Pushes bytes by the shortest push that carries a length: empty data is OP_0, but one byte 01 … 10 or 81 stays a
   * plain push of one byte, as when Core streams bytes into a script.
   */
  pushData(data: Uint8Array): this {
    const { writer } = this;
    const { length } = data;
    if (length < Op.OP_PUSHDATA1) writer.u8(length);
    else if (length <= 0xff) writer.u8(Op.OP_PUSHDATA1).u8(length);
    else if (length <= 0xffff) writer.u8(Op.OP_PUSHDATA2).u16(length);
    else writer.u8(Op.OP_PUSHDATA4).u32(length);
    writer.bytes(data);
    return this;
  }

  /** Pushes a whole number: OP_0, OP_1 … OP_16, OP_1NEGATE, or the bytes of its script number. */
  pushNumber(value: number): this {
    if (value === -1) return this.op(Op.OP_1NEGATE);
    if (value >= 0 && value <= 16) return this.op(smallIntegerOpcode(value));
    return this.pushData(scriptNumEncode(value));
  }

  /** Appends bytes of script as they are. */
  raw(script: Uint8Array): this {
    this.writer.bytes(script);
    return this;
  }

  finish(): Uint8Array {
    return this.writer.finish();
  }
}

/** The script that pushes `data`, in the form of {@link ScriptBuilder.pushData}. */
export function pushData(data: Uint8Array): Uint8Array {
  return new ScriptBuilder().pushData(data).finish();
}

/** The script that pushes `value`, in the form of {@link ScriptBuilder.pushNumber}. */
export function pushNumber(value: number): Uint8Array {
  return new ScriptBuilder().pushNumber(value).finish();
}
