import { EMPTY_BYTES } from '../../primitives/bytes.js';
import { Op } from '../opcodes.js';
import { matchMultiA } from '../templates.js';

/**
 * Stack that satisfies a tapscript of one key or of `multi_a()`, bottom first; undefined for other scripts and when
 * signatures are missing.
 *
 * @param sign makes a key's signature for the leaf, or tells by undefined that it cannot
 */
export function satisfyTapscript(
  script: Uint8Array,
  sign: (xOnlyKey: Uint8Array) => Uint8Array | undefined,
): Uint8Array[] | undefined {
  if (script.length === 34 && script[0] === 32 && script[33] === Op.OP_CHECKSIG) {
    const signature = sign(script.subarray(1, 33));
    return signature && [signature];
  }
  const multi = matchMultiA(script);
  if (multi === undefined) return undefined;
  // All sign, so that others can use what this input does not need; as in Core the last keys' signatures are used.
  const stack: Uint8Array[] = [];
  let count = 0;
  for (const xOnlyKey of multi.xOnlyKeys.toReversed()) {
    const signature = sign(xOnlyKey);
    const used = signature !== undefined && count < multi.required;
    if (used) count++;
    stack.push(used ? signature : EMPTY_BYTES);
  }
  return count === multi.required ? stack : undefined;
}
