import { defined } from '../../runtime/errors.js';
import { BECH32_CHARSET } from '../bech32.js';

/**
 * Characters a descriptor may hold, in three groups of 32. The order makes the usual slips (another hex digit, another
 * case) change as few symbols of the code as possible.
 */
const INPUT_CHARSET =
  '0123456789()[],\'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#"\\ ';

const CHECKSUM_LENGTH = 8;

/** Place of each character in the set, by its code; -1 for those that are not in it. */
const POSITIONS = new Int8Array(128).fill(-1);
for (let at = 0; at < INPUT_CHARSET.length; at++) POSITIONS[INPUT_CHARSET.charCodeAt(at)] = at;

/** Generator of the code (degree 8 over GF(32)), times 1, 2, 4, 8 and 16. */
const GENERATOR = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn];

/**
 * What the generator takes away for each value of the symbol that is pushed out: 40 bits, split into the upper and the lower
 * 20 so that all arithmetic stays in 32-bit integers.
 */
const HIGH = new Int32Array(32);
const LOW = new Int32Array(32);
for (let top = 0; top < 32; top++) {
  const sum = GENERATOR.reduce((rest, term, bit) => (((top >>> bit) & 1) === 0 ? rest : rest ^ term), 0n);
  HIGH[top] = Number(sum >> 20n);
  LOW[top] = Number(sum & 0xfffffn);
}

class ChecksumState {
  private high = 0;
  private low = 1;

  /** Multiplies the state by x, adds `symbol` and reduces by the generator. */
  push(symbol: number): void {
    const top = this.high >>> 15;
    this.high = (((this.high & 0x7fff) << 5) | (this.low >>> 15)) ^ (HIGH[top] as number);
    this.low = ((this.low & 0x7fff) << 5) ^ symbol ^ (LOW[top] as number);
  }

  symbols(): number[] {
    const low = this.low ^ 1;
    return [this.high, low].flatMap(half => [15, 10, 5, 0].map(bits => (half >>> bits) & 31));
  }
}

/** The 8-character checksum of a descriptor without one (BIP380), or undefined when it holds a foreign character. */
export function descriptorChecksum(descriptor: string): string | undefined {
  const state = new ChecksumState();
  let groups = 0;
  let pending = 0;
  for (let at = 0; at < descriptor.length; at++) {
    const position = POSITIONS[descriptor.charCodeAt(at)] ?? -1;
    if (position < 0) return undefined;
    state.push(position & 31);
    groups = groups * 3 + (position >> 5);
    if (++pending < 3) continue;
    state.push(groups);
    groups = 0;
    pending = 0;
  }
  if (pending > 0) state.push(groups);
  for (let i = 0; i < CHECKSUM_LENGTH; i++) state.push(0);
  return state
    .symbols()
    .map(symbol => BECH32_CHARSET.charAt(symbol))
    .join('');
}

/** The descriptor with `#` and its checksum. `descriptor` holds only characters that a descriptor may. */
export function addChecksum(descriptor: string): string {
  return `${descriptor}#${defined(descriptorChecksum(descriptor), 'checksum of a descriptor')}`;
}

/** Takes the checksum off a descriptor, or tells in Core's words why it does not fit. */
export function splitChecksum(
  text: string,
  requireChecksum: boolean,
): { readonly payload: string; readonly checksum: string } | { readonly error: string } {
  const [payload = '', given, ...more] = text.split('#');
  if (more.length > 0) return { error: "Multiple '#' symbols" };
  if (given === undefined && requireChecksum) return { error: 'Missing checksum' };
  if (given !== undefined && given.length !== CHECKSUM_LENGTH) {
    return { error: `Expected 8 character checksum, not ${given.length} characters` };
  }
  const checksum = descriptorChecksum(payload);
  if (checksum === undefined) return { error: 'Invalid characters in payload' };
  if (given !== undefined && given !== checksum) {
    return { error: `Provided checksum '${given}' does not match computed checksum '${checksum}'` };
  }
  return { payload, checksum };
}
