import { toHex } from '../../primitives/bytes.js';
import {
  MAX_NON_FINAL_SEQUENCE,
  MAX_REPLACEABLE_SEQUENCE,
  signalsReplaceability,
} from '../../primitives/sequence.js';
import { SEQUENCE_FINAL, type TxInput, type TxOutput, type TxParts } from '../../primitives/transaction.js';
import { decodeAddress, scriptOfDestination } from '../../script/address.js';
import type { AddressParams } from '../../script/address-params.js';
import { nullData } from '../../script/templates.js';
import { asArray, asInteger, asObject, isJsonObject, parseAmount, parseHash, parseHexArg } from '../args.js';
import { RpcCode, RpcError } from '../errors.js';
import { membersOf } from '../json-read.js';

/** Highest sequence number that makes a transaction replaceable (BIP125), and highest with which lock time counts. */

const MAX_LOCK_TIME = 0xffffffff;
const INT_MAX = 2 ** 31 - 1;
const INT64_LIMIT = 2 ** 63;

function invalid(text: string): RpcError {
  return new RpcError(RpcCode.INVALID_PARAMETER, `Invalid parameter${text}`);
}

export interface TransactionRequest {
  /** JSON as given; missing means no inputs. */
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly lockTime: unknown;
  /** Undefined when the caller did not say. */
  readonly replaceable: boolean | undefined;
}

/**
 * The unsigned transaction that createrawtransaction and its kin are asked for (Core's ConstructTransaction).
 *
 * @throws RpcError with Core's text for anything that does not fit
 */
export function constructTransaction(request: TransactionRequest, params: AddressParams): TxParts {
  const { replaceable } = request;
  const lockTime = parseLockTime(request.lockTime);
  const inputs = parseInputs(request.inputs, lockTime, replaceable);
  const outputs = parseOutputs(request.outputs, params).map(({ script, value }) => ({ script, value }));
  const signals = signalsReplaceability({ inputs });
  if (replaceable === true && inputs.length > 0 && !signals) {
    throw invalid(' combination: Sequence number(s) contradict replaceable option');
  }
  return { version: 2, inputs, outputs, lockTime };
}

function parseLockTime(value: unknown): number {
  if (value === undefined || value === null) return 0;
  const lockTime = asInteger(value, -INT64_LIMIT, INT64_LIMIT);
  if (lockTime < 0 || lockTime > MAX_LOCK_TIME) throw invalid(', locktime out of range');
  return lockTime;
}

function parseInputs(value: unknown, lockTime: number, replaceable: boolean | undefined): TxInput[] {
  if (value === undefined || value === null) return [];
  const fallback =
    replaceable !== false
      ? MAX_REPLACEABLE_SEQUENCE
      : lockTime !== 0
        ? MAX_NON_FINAL_SEQUENCE
        : SEQUENCE_FINAL;
  return asArray(value).map(item => {
    const input = asObject(item);
    const txid = parseHash(input.txid, 'txid');
    if (typeof input.vout !== 'number') throw invalid(', missing vout key');
    const vout = asInteger(input.vout, -INT_MAX - 1, INT_MAX);
    if (vout < 0) throw invalid(', vout cannot be negative');
    return {
      prevout: { txid, vout },
      scriptSig: new Uint8Array(0),
      sequence: typeof input.sequence === 'number' ? parseSequence(input.sequence) : fallback,
      witness: [],
    };
  });
}

function parseSequence(value: number): number {
  const sequence = asInteger(value, -INT64_LIMIT, INT64_LIMIT);
  if (sequence < 0 || sequence > SEQUENCE_FINAL) throw invalid(', sequence number is out of range');
  return sequence;
}

export interface RequestedOutput extends TxOutput {
  /** The key that it was given under: an address, or `data`. */
  readonly name: string;
}

/**
 * Outputs from an object of amounts by address, with at most one `data` member, or from an array of such objects of one
 * member each.
 *
 * @throws RpcError with Core's text for anything that does not fit
 */
export function parseOutputs(value: unknown, params: AddressParams): RequestedOutput[] {
  const seen = new Set<string>();
  return outputMembers(value).map(([name, content]) => {
    if (name === 'data') {
      if (seen.has(name)) throw invalid(', duplicate key: data');
      seen.add(name);
      return { name, value: 0, script: nullData(parseHexArg(content, 'Data')) };
    }
    const decoded = decodeAddress(name, params);
    const satoshis = parseAmount(content);
    if (!('destination' in decoded)) {
      throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, `Invalid Bitcoin address: ${name}`);
    }
    const script = scriptOfDestination(decoded.destination);
    const key = toHex(script);
    if (seen.has(key)) throw invalid(`, duplicated address: ${name}`);
    seen.add(key);
    return { name, value: satoshis, script };
  });
}

function outputMembers(value: unknown): readonly (readonly [string, unknown])[] {
  if (value === undefined || value === null) throw invalid(', output argument must be non-null');
  if (isJsonObject(value)) return membersOf(value);
  return asArray(value).map(item => {
    if (!isJsonObject(item)) throw invalid(', key-value pair not an object as expected');
    const [member, ...others] = membersOf(item);
    if (member === undefined || others.length > 0) {
      throw invalid(', key-value pair must contain exactly one key');
    }
    return member;
  });
}
