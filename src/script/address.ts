import { concatBytes } from '../primitives/bytes.js';
import { defined } from '../runtime/errors.js';
import type { AddressParams } from './address-params.js';
import { base58CheckDecode, base58CheckEncode, base58DecodedLength } from './base58.js';
import {
  type Bech32,
  bech32Decode,
  bech32Encode,
  fromBase32Groups,
  locateBech32Errors,
  toBase32Groups,
} from './bech32.js';
import { p2pk, p2pkh, p2sh, solve, witnessProgram } from './templates.js';

/** What an address stands for. `publicKey` (P2PK) has no address; it is here because such outputs have an owner. */
export type Destination =
  | { readonly type: 'publicKey'; readonly publicKey: Uint8Array }
  | { readonly type: 'keyHash'; readonly hash: Uint8Array }
  | { readonly type: 'scriptHash'; readonly hash: Uint8Array }
  | { readonly type: 'witnessKeyHash'; readonly hash: Uint8Array }
  | { readonly type: 'witnessScriptHash'; readonly hash: Uint8Array }
  | { readonly type: 'taproot'; readonly outputKey: Uint8Array }
  | { readonly type: 'anchor' }
  | { readonly type: 'witnessUnknown'; readonly version: number; readonly program: Uint8Array };

export interface AddressError {
  /** Core's words, as `validateaddress` gives them in `error`. */
  readonly error: string;
  /** Byte positions that are likely wrong, for bech32 texts whose checksum fails. */
  readonly locations: readonly number[];
}

const HASH160_SIZE = 20;
const ANCHOR_PROGRAM = Uint8Array.of(0x4e, 0x73);
const MAX_WITNESS_VERSION = 16;
const MIN_PROGRAM_SIZE = 2;
const MAX_PROGRAM_SIZE = 40;

/** Beyond this many bytes a text is not even called a base58 address with a bad checksum. */
const MAX_UNCHECKED_BASE58 = 100;

function failure(error: string, locations: readonly number[] = []): AddressError {
  return { error, locations };
}

/** Reads an address of the network of `params`, or says in Core's words what is wrong with it. */
export function decodeAddress(
  text: string,
  params: AddressParams,
): { readonly destination: Destination } | AddressError {
  if (text.slice(0, params.bech32Hrp.length).toLowerCase() === params.bech32Hrp) {
    const decoded = bech32Decode(text);
    if (decoded !== undefined) return destinationOfBech32(decoded, params);
    const { error, locations } = locateBech32Errors(text);
    return failure(error, locations);
  }
  const payload = base58CheckDecode(text, HASH160_SIZE + 1);
  if (payload !== undefined) return destinationOfBase58(payload, params);
  return base58DecodedLength(text, MAX_UNCHECKED_BASE58) === undefined
    ? failure('Invalid or unsupported Segwit (Bech32) or Base58 encoding.')
    : failure('Invalid checksum or length of Base58 address (P2PKH or P2SH)');
}

function destinationOfBase58(
  payload: Uint8Array,
  params: AddressParams,
): { readonly destination: Destination } | AddressError {
  const prefix = payload[0];
  const hash = payload.subarray(1);
  const isKeyHash = prefix === params.pubKeyHashPrefix;
  if (!isKeyHash && prefix !== params.scriptHashPrefix)
    return failure('Invalid or unsupported Base58-encoded address.');
  if (hash.length !== HASH160_SIZE) return failure('Invalid length for Base58 address (P2PKH or P2SH)');
  return { destination: { type: isKeyHash ? 'keyHash' : 'scriptHash', hash } };
}

function destinationOfBech32(
  { encoding, hrp, data }: Bech32,
  params: AddressParams,
): { readonly destination: Destination } | AddressError {
  const version = data[0];
  if (version === undefined) return failure('Empty Bech32 data section');
  if (hrp !== params.bech32Hrp) {
    return failure(
      `Invalid or unsupported prefix for Segwit (Bech32) address (expected ${params.bech32Hrp}, got ${hrp}).`,
    );
  }
  if (version === 0 && encoding !== 'bech32')
    return failure('Version 0 witness address must use Bech32 checksum');
  if (version !== 0 && encoding !== 'bech32m')
    return failure('Version 1+ witness address must use Bech32m checksum');
  const program = fromBase32Groups(data.subarray(1));
  if (program === undefined) return failure('Invalid padding in Bech32 data section');
  return destinationOfProgram(version, program);
}

function destinationOfProgram(
  version: number,
  program: Uint8Array,
): { readonly destination: Destination } | AddressError {
  const size = `(${program.length} ${program.length === 1 ? 'byte' : 'bytes'})`;
  if (version === 0 && program.length !== 20 && program.length !== 32)
    return failure(`Invalid Bech32 v0 address program size ${size}, per BIP141`);
  if (version > MAX_WITNESS_VERSION) return failure('Invalid Bech32 address witness version');
  if (program.length < MIN_PROGRAM_SIZE || program.length > MAX_PROGRAM_SIZE)
    return failure(`Invalid Bech32 address program size ${size}`);
  const destination = destinationOfScript(witnessProgram(version, program));
  return { destination: defined(destination, 'destination of a witness program') };
}

/** The address of a destination; undefined for P2PK, which has none. */
export function encodeAddress(destination: Destination, params: AddressParams): string | undefined {
  switch (destination.type) {
    case 'publicKey':
      return undefined;
    case 'keyHash':
      return base58CheckEncode(concatBytes(Uint8Array.of(params.pubKeyHashPrefix), destination.hash));
    case 'scriptHash':
      return base58CheckEncode(concatBytes(Uint8Array.of(params.scriptHashPrefix), destination.hash));
    case 'witnessKeyHash':
    case 'witnessScriptHash':
      return segwitAddress(0, destination.hash, params);
    case 'taproot':
      return segwitAddress(1, destination.outputKey, params);
    case 'anchor':
      return segwitAddress(1, ANCHOR_PROGRAM, params);
    case 'witnessUnknown':
      return segwitAddress(destination.version, destination.program, params);
  }
}

function segwitAddress(version: number, program: Uint8Array, params: AddressParams): string {
  const encoding = version === 0 ? 'bech32' : 'bech32m';
  return bech32Encode(encoding, params.bech32Hrp, [version, ...toBase32Groups(program)]);
}

/** What an output script pays to; undefined for scripts of several keys, data carriers and unknown ones. */
export function destinationOfScript(script: Uint8Array): Destination | undefined {
  const template = solve(script);
  switch (template.type) {
    case 'pubkey':
      return { type: 'publicKey', publicKey: template.publicKey };
    case 'pubkeyhash':
      return { type: 'keyHash', hash: template.keyHash };
    case 'scripthash':
      return { type: 'scriptHash', hash: template.scriptHash };
    case 'witness_v0_keyhash':
      return { type: 'witnessKeyHash', hash: template.keyHash };
    case 'witness_v0_scripthash':
      return { type: 'witnessScriptHash', hash: template.scriptHash };
    case 'witness_v1_taproot':
      return { type: 'taproot', outputKey: template.outputKey };
    case 'anchor':
      return { type: 'anchor' };
    case 'witness_unknown':
      return { type: 'witnessUnknown', version: template.version, program: template.program };
    case 'multisig':
    case 'nulldata':
    case 'nonstandard':
      return undefined;
  }
}

/** The output script that pays to a destination. */
export function scriptOfDestination(destination: Destination): Uint8Array {
  switch (destination.type) {
    case 'publicKey':
      return p2pk(destination.publicKey);
    case 'keyHash':
      return p2pkh(destination.hash);
    case 'scriptHash':
      return p2sh(destination.hash);
    case 'witnessKeyHash':
    case 'witnessScriptHash':
      return witnessProgram(0, destination.hash);
    case 'taproot':
      return witnessProgram(1, destination.outputKey);
    case 'anchor':
      return witnessProgram(1, ANCHOR_PROGRAM);
    case 'witnessUnknown':
      return witnessProgram(destination.version, destination.program);
  }
}

/** Output script of an address; undefined when the address is not valid on this network. */
export function addressToScript(text: string, params: AddressParams): Uint8Array | undefined {
  const decoded = decodeAddress(text, params);
  return 'destination' in decoded ? scriptOfDestination(decoded.destination) : undefined;
}

/** Address of an output script; undefined when it has none. */
export function scriptToAddress(script: Uint8Array, params: AddressParams): string | undefined {
  const destination = destinationOfScript(script);
  return destination === undefined ? undefined : encodeAddress(destination, params);
}
