import fc from 'fast-check';
import { Block } from '../../../src/primitives/block.js';
import { MAX_COMPACT_SIZE } from '../../../src/primitives/codec.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { PartialMerkleTree } from '../../../src/primitives/partial-merkle-tree.js';
import { Transaction } from '../../../src/primitives/transaction.js';
import { block, hash, header, tx } from '../arbitraries.js';
import { type Entry, entry, writing } from './entry.js';
import { plain, reading } from './properties.js';

export const PRIMITIVES: readonly Entry[] = [
  entry('CompactSize', [], {
    values: fc.oneof(fc.nat(300), fc.nat(70_000), fc.nat(MAX_COMPACT_SIZE)),
    encode: writing((writer, value) => writer.compactSize(value)),
    decode: reading(reader => reader.compactSize()),
    trailing: 'ignored',
  }),
  entry('CompactSize of 64 bits', [], {
    values: fc.oneof(fc.nat(300), fc.nat(0xffffffff), fc.maxSafeNat()).map(BigInt),
    encode: writing((writer, value) => writer.compactSize(Number(value))),
    decode: reading(reader => reader.compactSize64()),
    trailing: 'ignored',
  }),
  entry('bytes behind their length', [], {
    values: fc.uint8Array({ maxLength: 300 }),
    encode: writing((writer, value) => writer.varBytes(value)),
    decode: reading(reader => reader.varBytes()),
    trailing: 'ignored',
  }),
  entry('header', ['BlockHeader.read'], {
    values: header,
    encode: value => value.raw,
    decode: reading(BlockHeader.read),
    trailing: 'ignored',
  }),
  entry('transaction', ['Transaction.parse', 'Transaction.read'], {
    values: tx,
    encode: ({ version, inputs, outputs, lockTime }) =>
      Transaction.from({ version, inputs, outputs, lockTime }).raw,
    decode: Transaction.parse,
    trailing: 'refused',
  }),
  entry('block', ['Block.parse', 'Block.read'], {
    values: block,
    encode: ({ header: head, transactions }) => Block.from(head, transactions).raw,
    decode: Block.parse,
    trailing: 'refused',
  }),
  entry('part of a merkle tree', ['PartialMerkleTree.read'], {
    values: fc.array(fc.tuple(hash, fc.boolean()), { maxLength: 20 }).map(leaves =>
      PartialMerkleTree.build(
        leaves.map(([leaf]) => leaf),
        index => leaves[index]?.[1] === true,
      ),
    ),
    encode: writing((writer, value) => value.write(writer)),
    decode: reading(PartialMerkleTree.read),
    // Bits are padded to whole bytes.
    text: value => plain([value.leafCount, value.extract()]),
    trailing: 'ignored',
  }),
];
