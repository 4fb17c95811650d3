import bs58check from 'bs58check';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Bytes of the checksum that base58check appends. */
const CHECKSUM_SIZE = 4;

/** Core skips blanks on either side of a base58 text. */
const OUTER_BLANKS = /^[ \f\n\r\t\v]+|[ \f\n\r\t\v]+$/g;

function trim(text: string): string {
  return text.replace(OUTER_BLANKS, '');
}

/**
 * Number of bytes that a base58 text (blanks around it allowed) decodes to, or undefined when it is not one or decodes
 * to more than `max`.
 */
export function base58DecodedLength(text: string, max: number): number | undefined {
  const digits = trim(text);
  // A character carries at most a byte ('1') and at least log(58)/log(256) of one.
  if (digits.length > Math.ceil((max + 1) * 1.37)) return undefined;
  let zeroes = 0;
  while (digits.charAt(zeroes) === '1') zeroes++;
  let value = 0n;
  for (const character of digits.slice(zeroes)) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return undefined;
    value = value * 58n + BigInt(digit);
  }
  const length = zeroes + (value === 0n ? 0 : Math.ceil(value.toString(16).length / 2));
  return length <= max ? length : undefined;
}

/**
 * Payload of a base58check text, or undefined when it is not one, its checksum is wrong, or the payload is longer than
 * `max` bytes.
 */
export function base58CheckDecode(text: string, max: number): Uint8Array | undefined {
  const length = base58DecodedLength(text, max + CHECKSUM_SIZE);
  if (length === undefined || length < CHECKSUM_SIZE) return undefined;
  return bs58check.decodeUnsafe(trim(text));
}

export function base58CheckEncode(payload: Uint8Array): string {
  return bs58check.encode(payload);
}
