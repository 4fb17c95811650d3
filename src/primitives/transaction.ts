import { sha256d } from '../crypto/hash.js';
import type { MessageList } from '../crypto/sha256/message-list.js';
import { type ByteRange, bytesEqual, type Hash256, type HashKey, hashKey, viewOf } from './bytes.js';
import {
  amountAt,
  compactSizeLength,
  compactSizeWidth,
  DecodeError,
  Reader,
  u32At,
  Writer,
} from './codec.js';
import { addRange, addWhole, hashTogether } from './hash-together.js';
import { isNullOutPointAt, type OutPoint, type OutPointKey, outPointKeyAt } from './outpoint.js';

/** Weight of one byte of a transaction's base part; witness bytes weigh 1 (BIP141). */
export const WITNESS_SCALE_FACTOR = 4;

/** Sequence number that makes an input final and switches off lock time for it. */
export const SEQUENCE_FINAL = 0xffffffff;

export interface TxInput {
  readonly prevout: OutPoint;
  readonly scriptSig: Uint8Array;
  readonly sequence: number;
  /** Witness stack, bottom first; empty when there is none. */
  readonly witness: readonly Uint8Array[];
}

export interface TxOutput {
  /** Satoshis; may be out of the money range in an unchecked transaction. */
  readonly value: number;
  readonly script: Uint8Array;
}

/** The parts of a transaction, as written when one is built. */
export interface TxParts {
  readonly version: number;
  readonly inputs: readonly TxInput[];
  readonly outputs: readonly TxOutput[];
  readonly lockTime: number;
}

/** Bytes of an outpoint, which an input begins with, and of the sequence number that it ends with. */
const OUTPOINT_SIZE = 36;
const SEQUENCE_SIZE = 4;

/** Bit of BIP144's flag byte that tells of witnesses; no other bit has a meaning. */
const WITNESS_FLAG = 1;

/** Bytes of the satoshis that an output begins with. */
const AMOUNT_SIZE = 8;

/** Smallest possible serialised input and output; they bound the counts that a buffer can really hold. */
const MIN_INPUT_SIZE = 41;
const MIN_OUTPUT_SIZE = 9;

/** What parsing finds out about a transaction. */
interface TxLayout {
  readonly version: number;
  readonly lockTime: number;
  readonly inputCount: number;
  readonly outputCount: number;
  /** True when the serialisation carries a witness. */
  readonly hasWitness: boolean;
  /** Where the witness starts; where the lock time starts when there is none. From the start of the transaction, as the next. */
  readonly bodyEnd: number;
  /**
   * Where each input starts, where the last one ends, where each output starts, where the last one ends; with a witness,
   * where the stack of each input starts.
   */
  readonly offsets: readonly number[];
}

/**
 * A transaction over its own serialised bytes (BIP144 form when it has a witness). Parsing records offsets only; views, ids,
 * inputs and outputs are made when they are asked for. Immutable.
 */
export class Transaction {
  readonly version: number;
  readonly lockTime: number;
  readonly inputCount: number;
  readonly outputCount: number;
  /** True when the serialisation carries a witness. */
  readonly hasWitness: boolean;
  private readonly bodyEnd: number;
  private readonly offsets: readonly number[];

  /** Signature operations of its own scripts, once `legacySigOpCount` has counted them: mempool and block ask several times. */
  countedSigOps: number | undefined;
  private cachedRaw: Uint8Array | undefined;
  private cachedTxid: Hash256 | undefined;
  private cachedWtxid: Hash256 | undefined;
  private cachedTxidKey: HashKey | undefined;
  private cachedWtxidKey: HashKey | undefined;
  private cachedInputs: readonly TxInput[] | undefined;
  private cachedOutputs: readonly TxOutput[] | undefined;

  private constructor(
    /** What the serialisation lies in, a block as a rule; from where to where. */
    readonly source: Uint8Array,
    readonly start: number,
    readonly end: number,
    layout: TxLayout,
  ) {
    this.version = layout.version;
    this.lockTime = layout.lockTime;
    this.inputCount = layout.inputCount;
    this.outputCount = layout.outputCount;
    this.hasWitness = layout.hasWitness;
    this.bodyEnd = layout.bodyEnd;
    this.offsets = layout.offsets;
  }

  /**
   * Reads one transaction from `reader`.
   *
   * @param allowWitness false reads the pre-segwit form only, in which a zero input count is just that
   * @throws DecodeError on anything that does not decode as Core does
   */
  static read(reader: Reader, allowWitness = true): Transaction {
    const start = reader.position;
    const version = reader.i32();
    let inputCount = reader.compactSize();
    let flags = 0;
    let outputCountKnown: number | undefined;
    if (inputCount === 0 && allowWitness) {
      flags = reader.u8();
      if (flags === 0) outputCountKnown = 0;
      else inputCount = reader.compactSize();
    }
    if (inputCount * MIN_INPUT_SIZE > reader.remaining) throw new DecodeError('unexpected end of data');
    const offsets: number[] = [];
    for (let i = 0; i < inputCount; i++) {
      offsets.push(reader.skip(OUTPOINT_SIZE) - start);
      reader.skip(reader.compactSize());
      reader.skip(SEQUENCE_SIZE);
    }
    offsets.push(reader.position - start);
    const outputCount = outputCountKnown ?? reader.compactSize();
    if (outputCount * MIN_OUTPUT_SIZE > reader.remaining) throw new DecodeError('unexpected end of data');
    for (let i = 0; i < outputCount; i++) {
      offsets.push(reader.skip(AMOUNT_SIZE) - start);
      reader.skip(reader.compactSize());
    }
    const bodyEnd = reader.position - start;
    offsets.push(bodyEnd);
    const hasWitness = (flags & WITNESS_FLAG) !== 0;
    if (hasWitness) {
      let anyItem = false;
      for (let i = 0; i < inputCount; i++) {
        offsets.push(reader.position - start);
        const items = reader.compactSize();
        if (items > reader.remaining) throw new DecodeError('unexpected end of data');
        if (items > 0) anyItem = true;
        for (let item = 0; item < items; item++) reader.skip(reader.compactSize());
      }
      if (!anyItem) throw new DecodeError('Superfluous witness record');
    }
    if ((flags & ~WITNESS_FLAG) !== 0) throw new DecodeError('Unknown transaction optional data');
    const lockTime = reader.u32();
    const layout = { version, lockTime, inputCount, outputCount, hasWitness, bodyEnd, offsets };
    return new Transaction(reader.bytes, start, reader.position, layout);
  }

  /** Parses `bytes` as one transaction with nothing after it. */
  static parse(bytes: Uint8Array, allowWitness = true): Transaction {
    const reader = new Reader(bytes);
    const tx = Transaction.read(reader, allowWitness);
    reader.finish();
    return tx;
  }

  /** Builds a transaction from its parts. */
  static from(parts: TxParts): Transaction {
    const raw = serializeParts(parts, true);
    const hasWitness = parts.inputs.some(input => input.witness.length > 0);
    // A transaction without inputs reads back only in the form that cannot be taken for a witness marker.
    return Transaction.parse(raw, hasWitness || parts.inputs.length > 0);
  }

  /**
   * The same transaction over memory of its own. For one that is kept: as a view it keeps all of the block or buffer that it
   * was read from.
   */
  detached(): Transaction {
    const { version, lockTime, inputCount, outputCount, hasWitness, bodyEnd, offsets } = this;
    const raw = new Uint8Array(this.raw);
    const layout = { version, lockTime, inputCount, outputCount, hasWitness, bodyEnd, offsets };
    return new Transaction(raw, 0, raw.length, layout);
  }

  /** Makes the txids of all that have none yet together: for the transactions of a block, which lie in one memory. */
  static makeTxids(transactions: readonly Transaction[]): void {
    const missing = transactions.filter(tx => tx.cachedTxid === undefined);
    const ids = hashTogether(missing, (tx, message) => tx.addBase(message));
    for (let i = 0; i < missing.length; i++) (missing[i] as Transaction).cachedTxid = ids[i];
  }

  /** Makes the wtxids of all that have none yet together. */
  static makeWtxids(transactions: readonly Transaction[]): void {
    const missing = transactions.filter(tx => tx.hasWitness && tx.cachedWtxid === undefined);
    const ids = hashTogether(missing, addWhole);
    for (let i = 0; i < missing.length; i++) (missing[i] as Transaction).cachedWtxid = ids[i];
  }

  /** The whole serialisation. A view; may share memory with a block. */
  get raw(): Uint8Array {
    this.cachedRaw ??= this.source.subarray(this.start, this.end);
    return this.cachedRaw;
  }

  /** Transaction id: double SHA-256 of the form without witness. */
  get txid(): Hash256 {
    this.cachedTxid ??= sha256d(this.baseBytes());
    return this.cachedTxid;
  }

  /** Witness transaction id (BIP141): double SHA-256 of the whole serialisation. */
  get wtxid(): Hash256 {
    if (!this.hasWitness) return this.txid;
    this.cachedWtxid ??= sha256d(this.raw);
    return this.cachedWtxid;
  }

  get txidKey(): HashKey {
    this.cachedTxidKey ??= hashKey(this.txid);
    return this.cachedTxidKey;
  }

  get wtxidKey(): HashKey {
    if (!this.hasWitness) return this.txidKey;
    this.cachedWtxidKey ??= hashKey(this.wtxid);
    return this.cachedWtxidKey;
  }

  /** Bytes of the form without witness. */
  get baseSize(): number {
    return this.hasWitness ? this.bodyEnd - 2 + 4 : this.totalSize;
  }

  /** Bytes of the whole serialisation. */
  get totalSize(): number {
    return this.end - this.start;
  }

  /** BIP141 weight units. */
  get weight(): number {
    return this.baseSize * (WITNESS_SCALE_FACTOR - 1) + this.totalSize;
  }

  /** Virtual size in vbytes: weight / 4, rounded up. */
  get vsize(): number {
    return Math.ceil(this.weight / WITNESS_SCALE_FACTOR);
  }

  get isCoinbase(): boolean {
    return this.inputCount === 1 && this.isPrevoutNull(0);
  }

  /** Serialisation without witness: what the txid is the hash of. */
  baseBytes(): Uint8Array {
    if (!this.hasWitness) return this.raw;
    const { raw, bodyEnd } = this;
    const base = Buffer.allocUnsafe(this.baseSize);
    base.set(raw.subarray(0, 4), 0);
    base.set(raw.subarray(6, bodyEnd), 4);
    base.set(raw.subarray(raw.length - 4), base.length - 4);
    return base;
  }

  /** Adds what {@link baseBytes} would be, without copying it. */
  private addBase(message: MessageList): void {
    if (!this.hasWitness) {
      addWhole(this, message);
      return;
    }
    addRange(this, message, 0, 4);
    addRange(this, message, 6, this.bodyEnd - 6);
    addRange(this, message, this.totalSize - 4, 4);
  }

  /** All inputs, which are kept: what is looked at in passing, as in a block, is better asked for one by one. */
  get inputs(): readonly TxInput[] {
    this.cachedInputs ??= Array.from({ length: this.inputCount }, (_, index) => this.input(index));
    return this.cachedInputs;
  }

  /** All outputs, which are kept, too. */
  get outputs(): readonly TxOutput[] {
    this.cachedOutputs ??= Array.from({ length: this.outputCount }, (_, index) => this.output(index));
    return this.cachedOutputs;
  }

  /** What input `index` spends. */
  prevout(index: number): OutPoint {
    const at = this.start + this.inputStart(index);
    return { txid: this.source.subarray(at, at + 32), vout: this.prevoutIndex(index) };
  }

  /** Key of the outpoint that input `index` spends. */
  prevoutKey(index: number): OutPointKey {
    return outPointKeyAt(this.source, this.start + this.inputStart(index));
  }

  /** Index of the output that input `index` spends. */
  prevoutIndex(index: number): number {
    return u32At(this.source, this.start + this.inputStart(index) + 32);
  }

  /** Whether input `index` spends nothing, as that of a coinbase. */
  isPrevoutNull(index: number): boolean {
    return isNullOutPointAt(this.source, this.start + this.inputStart(index));
  }

  /** Whether two inputs spend the same output. */
  spendsTheSame(index: number, other: number): boolean {
    const { source, start } = this;
    const a = start + this.inputStart(index);
    const b = start + this.inputStart(other);
    for (let i = 0; i < OUTPOINT_SIZE; i++) if (source[a + i] !== source[b + i]) return false;
    return true;
  }

  scriptSig(index: number): Uint8Array {
    return viewOf(this.source, this.scriptSigRange(index));
  }

  /** Where in {@link source} the script of input `index` is. */
  scriptSigRange(index: number): ByteRange {
    return this.scriptRange(this.inputStart(index) + OUTPOINT_SIZE, this.sequenceStart(index));
  }

  sequence(index: number): number {
    return u32At(this.source, this.start + this.sequenceStart(index));
  }

  /** Witness stack of input `index`, bottom first; empty when there is none. */
  witness(index: number): readonly Uint8Array[] {
    if (!this.hasWitness) return [];
    const reader = new Reader(this.source, this.start + this.witnessStart(index));
    const stack: Uint8Array[] = [];
    for (let items = reader.compactSize(); items > 0; items--) stack.push(reader.varBytes());
    return stack;
  }

  /** Satoshis of output `index`; see {@link TxOutput.value}. */
  outputValue(index: number): number {
    return amountAt(this.source, this.start + this.outputStart(index));
  }

  outputScript(index: number): Uint8Array {
    return viewOf(this.source, this.outputScriptRange(index));
  }

  /** Where in {@link source} the script of output `index` is. */
  outputScriptRange(index: number): ByteRange {
    return this.scriptRange(this.outputStart(index) + AMOUNT_SIZE, this.outputStart(index + 1));
  }

  /** Satoshis of all outputs together. */
  get valueOut(): number {
    let sum = 0;
    for (let i = 0; i < this.outputCount; i++) sum += this.outputValue(i);
    return sum;
  }

  /** Where input `index` starts in {@link raw}: 36 bytes of outpoint, then the script. */
  inputStart(index: number): number {
    return this.offsets[index] as number;
  }

  /** Where the 4 bytes of input `index`'s sequence number start in {@link raw}. */
  sequenceStart(index: number): number {
    return (this.offsets[index + 1] as number) - SEQUENCE_SIZE;
  }

  /** Where output `index` starts in {@link raw}; for `outputCount`, where the last one ends. */
  outputStart(index: number): number {
    return this.offsets[this.inputCount + 1 + index] as number;
  }

  /** Where the witness stack of input `index` starts in {@link raw}; there must be witnesses. */
  private witnessStart(index: number): number {
    return this.offsets[this.inputCount + 1 + this.outputCount + 1 + index] as number;
  }

  /** Of a script with its length before it. @param lengthAt in {@link raw}, as `end` */
  private scriptRange(lengthAt: number, end: number): ByteRange {
    const { source, start } = this;
    return { from: start + lengthAt + compactSizeWidth(source[start + lengthAt] as number), to: start + end };
  }

  private input(index: number): TxInput {
    return {
      prevout: this.prevout(index),
      scriptSig: this.scriptSig(index),
      sequence: this.sequence(index),
      witness: this.witness(index),
    };
  }

  /** Output `index`, made anew. */
  output(index: number): TxOutput {
    return { value: this.outputValue(index), script: this.outputScript(index) };
  }

  /** Same transaction, witness included. */
  equals(other: Transaction): boolean {
    return bytesEqual(this.raw, other.raw);
  }
}

/** Serialises the parts of a transaction; with `withWitness`, in BIP144 form if any input has a witness. */
export function serializeParts(parts: TxParts, withWitness: boolean): Uint8Array {
  const hasWitness = withWitness && parts.inputs.some(input => input.witness.length > 0);
  const writer = new Writer(256).i32(parts.version);
  if (hasWitness) writer.u8(0).u8(1);
  writer.compactSize(parts.inputs.length);
  for (const input of parts.inputs) {
    writer.bytes(input.prevout.txid).u32(input.prevout.vout).varBytes(input.scriptSig).u32(input.sequence);
  }
  writer.compactSize(parts.outputs.length);
  for (const output of parts.outputs) writer.amount(output.value).varBytes(output.script);
  if (hasWitness) {
    for (const input of parts.inputs) {
      writer.compactSize(input.witness.length);
      for (const item of input.witness) writer.varBytes(item);
    }
  }
  return writer.u32(parts.lockTime).finish();
}

/** Bytes of an output's serialisation. */
export function outputSize(output: TxOutput): number {
  return 8 + compactSizeLength(output.script.length) + output.script.length;
}
