import { toHex } from '../primitives/bytes.js';
import { defined } from '../runtime/errors.js';
import { ScriptFlag } from './flags.js';
import { sigHashName } from './hash-type-names.js';
import { MAX_SCRIPT_NUM_SIZE, scriptNumDecode } from './number.js';
import { Op, opcodeName } from './opcodes.js';
import { isUnspendable, ScriptReader } from './parse.js';
import { checkSignatureEncoding } from './signature-encoding.js';

export interface AsmOptions {
  /** Write the hash type of what looks like an ECDSA signature in words: `3044…[ALL]`. For scriptSigs. */
  readonly decodeSigHash?: boolean;
}

/**
 * A script as words, as Core's `asm` fields have it: pushes of up to four bytes are decimal numbers, longer ones hex; a
 * push cut short ends the text with `[error]`.
 */
export function scriptToAsm(script: Uint8Array, { decodeSigHash = false }: AsmOptions = {}): string {
  const reader = new ScriptReader(script);
  // Data of an unspendable output may look like a signature without being one.
  const decode = decodeSigHash && !isUnspendable(script);
  const words: string[] = [];
  while (reader.next()) {
    words.push(reader.opcode <= Op.OP_PUSHDATA4 ? pushToAsm(reader.data, decode) : opcodeName(reader.opcode));
  }
  if (reader.malformed) words.push('[error]');
  return words.join(' ');
}

function pushToAsm(data: Uint8Array, decodeSigHash: boolean): string {
  if (data.length <= MAX_SCRIPT_NUM_SIZE) return String(scriptNumDecode(data, false));
  if (!decodeSigHash || checkSignatureEncoding(data, ScriptFlag.STRICTENC) !== 'OK') return toHex(data);
  const name = defined(sigHashName(data[data.length - 1] as number), 'name of a hash type that was checked');
  return `${toHex(data.subarray(0, -1))}[${name}]`;
}
