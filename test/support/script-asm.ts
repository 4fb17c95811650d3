import { ScriptBuilder } from '../../src/script/build.js';
import { Op, opcodeName } from '../../src/script/opcodes.js';

const OPCODES: ReadonlyMap<string, number> = opcodesByName();

/** Operations by name, with and without OP_; constants and pushes have no names in this language but OP_RESERVED. */
function opcodesByName(): Map<string, number> {
  const names = new Map<string, number>();
  for (let opcode = 0; opcode <= Op.OP_CHECKSIGADD; opcode++) {
    const name = opcodeName(opcode);
    if ((opcode < Op.OP_NOP && opcode !== Op.OP_RESERVED) || name === 'OP_UNKNOWN') continue;
    names.set(name, opcode);
    names.set(name.slice('OP_'.length), opcode);
  }
  // What these were called before they had a meaning, in older vectors.
  for (const [old, opcode] of [
    ['NOP2', Op.OP_CHECKLOCKTIMEVERIFY],
    ['NOP3', Op.OP_CHECKSEQUENCEVERIFY],
  ] as const) {
    names.set(old, opcode);
  }
  return names;
}

/** Numbers of more than 53 bits, which older vectors have: magnitude from the lowest byte up, sign in the highest bit. */
function largeNumber(text: string): Uint8Array {
  const bytes: number[] = [];
  const isNegative = text.startsWith('-');
  for (let rest = BigInt(text.replace('-', '')); rest > 0n; rest >>= 8n) bytes.push(Number(rest & 0xffn));
  if ((bytes.at(-1) ?? 0) >= 0x80) bytes.push(0);
  if (isNegative) bytes.push((bytes.pop() ?? 0) | 0x80);
  return Uint8Array.from(bytes);
}

/**
 * Script from the language of the vectors: numbers are pushed as numbers, 'text' as bytes, 0x… goes in as it is,
 * anything else is an operation. Throws on a word that is none of these.
 */
export function parseScriptAsm(text: string): Uint8Array {
  const builder = new ScriptBuilder();
  for (const word of text.split(/[ \t\n]+/)) {
    if (word === '') continue;
    if (/^-?\d+$/.test(word)) {
      if (Number.isSafeInteger(Number(word))) builder.pushNumber(Number(word));
      else builder.pushData(largeNumber(word));
    } else if (/^0x(?:[0-9a-fA-F]{2})+$/.test(word)) builder.raw(Buffer.from(word.slice(2), 'hex'));
    else if (word.length >= 2 && word.startsWith("'") && word.endsWith("'")) {
      builder.pushData(Buffer.from(word.slice(1, -1), 'utf8'));
    } else {
      const opcode = OPCODES.get(word);
      if (opcode === undefined) throw new Error(`not a word of script: ${word}`);
      builder.op(opcode);
    }
  }
  return builder.finish();
}
