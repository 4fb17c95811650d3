import { isValidPublicKey } from '../../crypto/ecdsa.js';
import { evenKey, hasPublicKeyForm } from '../../crypto/public-key-form.js';
import { fromHex } from '../../primitives/bytes.js';
import { DecodeError } from '../../primitives/codec.js';
import { defined } from '../../runtime/errors.js';
import type { AddressParams } from '../address-params.js';
import { decodeExtendedPrivate, decodeExtendedPublic, type ExtendedPublicKey, neuter } from '../bip32.js';
import { HARDENED, parseUint32, splitHardened } from '../key-path.js';
import { PrivateKey } from '../private-key.js';
import { isCompressedKey, isHybridKey } from '../public-key.js';
import type { FlatProvider, KeyOrigin } from '../signing-provider.js';
import { decodeWif } from '../wif.js';
import {
  ExtendedKey,
  type KeyExpression,
  KeyWithKnownOrigin,
  type RangeKind,
  SingleKey,
} from './key-expression.js';

/** Where in a descriptor an expression stands. */
export type ParseContext = 'top' | 'sh' | 'wpkh' | 'wsh' | 'tr';

/** What parsing of a descriptor shares: network, private keys found so far, key expressions counted so far. */
export interface ParseState {
  readonly params: AddressParams;
  readonly privateKeys: FlatProvider;
  keyCount: number;
}

/** Whether the last hardened step that was read had an apostrophe; origin and path are written alike. */
interface HardenedStyle {
  apostrophe: boolean;
}

/**
 * Reads a KEY expression and puts a private key in it into the state.
 *
 * @throws DecodeError with Core's words
 */
export function parseKeyExpression(text: string, context: ParseContext, state: ParseState): KeyExpression {
  const [originText = '', keyText, ...more] = text.split(']');
  if (more.length > 0) throw new DecodeError("Multiple ']' characters found for a single pubkey");
  const style: HardenedStyle = { apostrophe: false };
  const position = state.keyCount;
  const parse = (inner: string) => parseBareKey(inner, context, state, position, style);
  if (keyText === undefined) {
    const key = parse(originText);
    state.keyCount++;
    return key;
  }
  const origin = parseOrigin(originText, style);
  const key = parse(keyText);
  state.keyCount++;
  return new KeyWithKnownOrigin(origin, key, style.apostrophe);
}

function parseOrigin(text: string, style: HardenedStyle): KeyOrigin {
  if (!text.startsWith('[')) {
    const got = text === '' ? ']' : text.charAt(0);
    throw new DecodeError(`Key origin start '[ character expected but not found, got '${got}' instead`);
  }
  const [fingerprintText = '', ...path] = text.slice(1).split('/');
  if (fingerprintText.length !== 8) {
    throw new DecodeError(
      `Fingerprint is not 4 bytes (${fingerprintText.length} characters instead of 8 characters)`,
    );
  }
  const fingerprint = fromHex(fingerprintText);
  if (fingerprint === undefined) throw new DecodeError(`Fingerprint '${fingerprintText}' is not hex`);
  return { fingerprint, path: parsePath(path, style) };
}

function parsePath(elements: readonly string[], style: HardenedStyle): number[] {
  return elements.map(element => {
    const { number, mark } = splitHardened(element);
    if (mark !== undefined) style.apostrophe = mark === "'";
    const value = parseUint32(number);
    if (value === undefined) throw new DecodeError(`Key path value '${number}' is not a valid uint32`);
    if (value >= HARDENED) throw new DecodeError(`Key path value ${value} is out of range`);
    return mark === undefined ? value : value + HARDENED;
  });
}

/** A key without its origin. */
function parseBareKey(
  text: string,
  context: ParseContext,
  state: ParseState,
  position: number,
  style: HardenedStyle,
): KeyExpression {
  const [keyText = '', ...path] = text.split('/');
  if (keyText === '') throw new DecodeError('No key provided');
  if (path.length === 0) {
    const single = parseHexKey(keyText, context, state) ?? parseWifKey(keyText, context, state);
    if (single !== undefined) return single;
  }
  const root = parseExtendedKey(keyText, state);
  const range = takeRange(path, style);
  const steps = parsePath(path, style);
  return new ExtendedKey(position, { root, path: steps, range, apostrophe: style.apostrophe }, state.params);
}

function requireCompressed(compressed: boolean, context: ParseContext): void {
  if (!compressed && context !== 'top' && context !== 'sh')
    throw new DecodeError('Uncompressed keys are not allowed');
}

function parseHexKey(text: string, context: ParseContext, { params }: ParseState): SingleKey | undefined {
  const bytes = fromHex(text);
  if (bytes === undefined) return undefined;
  if (hasPublicKeyForm(bytes)) {
    if (isHybridKey(bytes)) throw new DecodeError('Hybrid public keys are not allowed');
    if (isValidPublicKey(bytes)) {
      requireCompressed(isCompressedKey(bytes), context);
      return new SingleKey(bytes, false, params);
    }
  } else if (bytes.length === 32 && context === 'tr') {
    const full = evenKey(bytes);
    if (isValidPublicKey(full)) return new SingleKey(full, true, params);
  }
  throw new DecodeError(`Pubkey '${text}' is invalid`);
}

function parseWifKey(text: string, context: ParseContext, state: ParseState): SingleKey | undefined {
  const key = decodeWif(text, state.params);
  if (key === undefined) return undefined;
  requireCompressed(key.compressed, context);
  state.privateKeys.addSecret(key);
  return new SingleKey(key.publicKey, context === 'tr', state.params);
}

function parseExtendedKey(text: string, { params, privateKeys }: ParseState): ExtendedPublicKey {
  const secret = decodeExtendedPrivate(text, params);
  if (secret !== undefined) {
    privateKeys.addSecret(defined(PrivateKey.from(secret.secret, true), 'key of an xprv'));
    return neuter(secret);
  }
  const key = decodeExtendedPublic(text, params);
  if (key === undefined) throw new DecodeError(`key '${text}' is not valid`);
  return key;
}

/** Takes the `*` that makes an expression ranged off the end of the path. */
function takeRange(path: string[], style: HardenedStyle): RangeKind {
  const last = path.at(-1);
  if (last !== '*' && last !== "*'" && last !== '*h') return 'none';
  path.pop();
  if (last === '*') return 'unhardened';
  style.apostrophe = last === "*'";
  return 'hardened';
}
