import fc from 'fast-check';
import {
  coinDbKey,
  decodeCoin,
  encodeCoin,
  maxTxOutSize,
  parseCoinDbKey,
  putTxOut,
  readTxOut,
} from '../../../src/chain/coins/coin-codec.js';
import { putCompressedAmount, readCompressedAmount } from '../../../src/chain/store/amount-compression.js';
import {
  type BlockIndexEntry,
  decodeFileInfo,
  decodeIndexEntry,
  encodeFileInfo,
  encodeIndexEntry,
} from '../../../src/chain/store/block-index-db.js';
import { BlockStatus } from '../../../src/chain/store/block-status.js';
import {
  maxCompressedScriptSize,
  putCompressedScript,
  readCompressedScript,
} from '../../../src/chain/store/script-compression.js';
import { decodeBlockUndo, encodeBlockUndo } from '../../../src/chain/store/undo-codec.js';
import { encodeVarInt64, readVarInt, readVarInt64, writeVarInt } from '../../../src/chain/store/varint.js';
import { MAX_MONEY } from '../../../src/primitives/amount.js';
import { hash, header, list, u32, u64 } from '../arbitraries.js';
import { arbitraryCoin } from '../chain-coins.js';
import { type Entry, entry, putting, writing } from './entry.js';
import { reading } from './properties.js';

const outpoint = fc.record({ txid: hash, vout: u32 });
const anyAmount = fc.oneof(
  fc.nat(MAX_MONEY),
  fc.nat(21_000_000).map(coins => coins * 1e8),
  fc.maxSafeNat(),
);

const indexEntry: fc.Arbitrary<BlockIndexEntry> = fc
  .record({
    header,
    height: fc.nat(0x7fffffff),
    status: fc.nat(511),
    txCount: u32,
    file: fc.nat(0x7fffffff),
    dataPos: u32,
    undoPos: u32,
  })
  .map(parts => ({
    ...parts,
    hash: parts.header.hash,
    file: (parts.status & BlockStatus.HAVE_MASK) === 0 ? 0 : parts.file,
    dataPos: (parts.status & BlockStatus.HAVE_DATA) === 0 ? 0 : parts.dataPos,
    undoPos: (parts.status & BlockStatus.HAVE_UNDO) === 0 ? 0 : parts.undoPos,
  }));

export const STORAGE: readonly Entry[] = [
  entry('VarInt', ['readVarInt'], {
    values: fc.oneof(fc.nat(20_000), fc.maxSafeNat()),
    encode: writing(writeVarInt),
    decode: reading(readVarInt),
    trailing: 'ignored',
  }),
  entry('VarInt of 64 bits', ['readVarInt64'], {
    values: u64,
    encode: encodeVarInt64,
    decode: reading(readVarInt64),
    trailing: 'ignored',
  }),
  entry('compressed amount', ['readCompressedAmount'], {
    values: anyAmount,
    encode: putting(10, putCompressedAmount),
    decode: reading(readCompressedAmount),
    trailing: 'ignored',
  }),
  entry('compressed script', ['readCompressedScript'], {
    values: arbitraryCoin.map(({ script }) => script),
    encode: script => putting(maxCompressedScriptSize(script), putCompressedScript)(script),
    decode: reading(readCompressedScript),
    trailing: 'ignored',
  }),
  entry('compressed output', ['readTxOut'], {
    values: arbitraryCoin.map(coin => ({ ...coin, height: 7, coinbase: false })),
    encode: coin => putting(maxTxOutSize(coin), putTxOut)(coin),
    decode: reading(reader => readTxOut(reader, 7, false)),
    trailing: 'ignored',
  }),
  entry('coin', ['decodeCoin'], {
    values: arbitraryCoin,
    encode: encodeCoin,
    decode: decodeCoin,
    trailing: 'refused',
  }),
  entry('key of a coin', ['parseCoinDbKey'], {
    values: outpoint,
    encode: coinDbKey,
    decode: parseCoinDbKey,
    trailing: 'refused',
  }),
  entry('undo data', ['decodeBlockUndo'], {
    values: list(list(arbitraryCoin, 3), 3),
    encode: encodeBlockUndo,
    decode: decodeBlockUndo,
    trailing: 'refused',
  }),
  entry('entry of the block index', ['decodeIndexEntry'], {
    values: indexEntry,
    encode: encodeIndexEntry,
    decode: value => {
      const read = decodeIndexEntry(new Uint8Array(32), value);
      return { ...read, hash: read.header.hash };
    },
    trailing: 'ignored',
  }),
  entry('info of a block file', ['decodeFileInfo'], {
    values: fc.record({
      blocks: u32,
      size: u32,
      undoSize: u32,
      heightFirst: u32,
      heightLast: u32,
      timeFirst: fc.maxSafeNat(),
      timeLast: fc.maxSafeNat(),
    }),
    encode: encodeFileInfo,
    decode: decodeFileInfo,
    trailing: 'ignored',
  }),
];
