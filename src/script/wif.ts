import { concatBytes, EMPTY_BYTES } from '../primitives/bytes.js';
import type { AddressParams } from './address-params.js';
import { base58CheckDecode, base58CheckEncode } from './base58.js';
import { PrivateKey } from './private-key.js';

const SECRET_SIZE = 32;

/** After the secret: the public key is written compressed. */
const COMPRESSED_MARK = 1;

/** Reads a private key in wallet import format; undefined when it is none, or one of another network. */
export function decodeWif(text: string, params: AddressParams): PrivateKey | undefined {
  const payload = base58CheckDecode(text, 1 + SECRET_SIZE + 1);
  if (payload === undefined || payload[0] !== params.secretKeyPrefix) return undefined;
  const compressed = payload.length === 1 + SECRET_SIZE + 1;
  if (compressed ? payload.at(-1) !== COMPRESSED_MARK : payload.length !== 1 + SECRET_SIZE) return undefined;
  return PrivateKey.from(payload.subarray(1, 1 + SECRET_SIZE), compressed);
}

/** Writes a private key in wallet import format. */
export function encodeWif(key: PrivateKey, params: AddressParams): string {
  const mark = key.compressed ? Uint8Array.of(COMPRESSED_MARK) : EMPTY_BYTES;
  return base58CheckEncode(concatBytes(Uint8Array.of(params.secretKeyPrefix), key.secret, mark));
}
