import { Writer } from '../../../src/primitives/codec.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { Topic } from '../cases.js';
import { COIN } from '../constants.js';
import type { BuiltBlock } from '../generator.js';
import type { Lab } from '../lab.js';
import { open, spend } from '../transactions.js';

/** Bytes that are no block, although a block can be made out. The block itself is good, and taken afterwards. */
const topic = new Topic('encoding');
export const encodingCases = topic.cases;

const HEADER_SIZE = 80;

const NOT_CANONICAL = /^non-canonical ReadCompactSize\(\)/;
const TOO_LARGE = /^ReadCompactSize\(\): size too large/;
const SUPERFLUOUS = /^Superfluous witness record/;
const UNKNOWN_FLAG = /^Unknown transaction optional data/;
/** In our words and in Core's. */
const CUT_SHORT = /^(unexpected end of data|DataStream::read\(\): end of data)/;

const honestBlock = (lab: Lab) => lab.holding(spend([lab.coin()], [open(COIN)]));

/** The block with a count or length of one byte at `at` written in three, five or nine. */
function widened({ bytes }: BuiltBlock, at: number, width: 3 | 5 | 9): Uint8Array {
  const value = bytes[at] ?? 0;
  const writer = new Writer(bytes.length + 8).bytes(bytes.subarray(0, at));
  if (width === 3) writer.u8(0xfd).u16(value);
  else if (width === 5) writer.u8(0xfe).u32(value);
  else writer.u8(0xff).u64(BigInt(value));
  return writer.bytes(bytes.subarray(at + 1)).finish();
}

/** Where the second transaction of a block starts. */
function secondAt({ transactions: [coinbase] }: BuiltBlock): number {
  return HEADER_SIZE + 1 + (coinbase?.totalSize ?? 0);
}

/** Counts and lengths of a transaction with one input and one output, from its start. */
const INPUT_COUNT = 4;
const SCRIPT_LENGTH = INPUT_COUNT + 1 + 36;
const OUTPUT_COUNT = SCRIPT_LENGTH + 1 + 4;
const OUTPUT_SCRIPT_LENGTH = OUTPUT_COUNT + 1 + 8;

const places: readonly (readonly [string, (block: BuiltBlock) => number])[] = [
  ['count of transactions', () => HEADER_SIZE],
  ['count of inputs', block => secondAt(block) + INPUT_COUNT],
  ['length of a scriptSig', block => secondAt(block) + SCRIPT_LENGTH],
  ['count of outputs', block => secondAt(block) + OUTPUT_COUNT],
  ['length of an output script', block => secondAt(block) + OUTPUT_SCRIPT_LENGTH],
];
for (const [what, at] of places) {
  for (const width of [3, 5, 9] as const) {
    topic.plays(`${what} in ${width} bytes where one is enough`, (lab, play) => {
      const block = honestBlock(lab);
      play.undecodable(widened(block, at(block), width), NOT_CANONICAL);
      play.accept(block);
    });
  }
}

/** The block with its second transaction serialised in another way. */
function rewritten(block: BuiltBlock, change: (tx: Transaction) => Uint8Array): Uint8Array {
  const [, tx] = block.transactions;
  const head = block.bytes.subarray(0, secondAt(block));
  return Buffer.concat([head, tx === undefined ? head : change(tx)]);
}

/** The serialisation of BIP144: marker and flag, the body, `witness`, the lock time. */
function extended({ raw }: Transaction, flag: number, witness: readonly number[]): Uint8Array {
  return Buffer.concat([
    raw.subarray(0, 4),
    Uint8Array.of(0, flag),
    raw.subarray(4, -4),
    Uint8Array.from(witness),
    raw.subarray(-4),
  ]);
}

const strange: readonly (readonly [string, RegExp, (tx: Transaction) => Uint8Array])[] = [
  ['a witness for no input', SUPERFLUOUS, tx => extended(tx, 1, [0])],
  ['a flag that says nothing', UNKNOWN_FLAG, tx => extended(tx, 2, [])],
  ['a flag that says more than there is', UNKNOWN_FLAG, tx => extended(tx, 3, [1, 1, 7])],
  ['a count of witness items in three bytes', NOT_CANONICAL, tx => extended(tx, 1, [0xfd, 1, 0, 1, 7])],
  ['a length of a witness item in three bytes', NOT_CANONICAL, tx => extended(tx, 1, [1, 0xfd, 1, 0, 7])],
];
for (const [what, error, change] of strange) {
  topic.plays(`a transaction with ${what}`, (lab, play) => {
    const block = honestBlock(lab);
    play.undecodable(rewritten(block, change), error);
    play.accept(block);
  });
}

topic.plays('a transaction without inputs reads as one with a witness', (lab, play) => {
  const block = honestBlock(lab);
  const noInputs = (tx: Transaction) =>
    Buffer.concat([tx.raw.subarray(0, 4), Uint8Array.of(0), tx.raw.subarray(OUTPUT_COUNT)]);
  play.undecodable(rewritten(block, noInputs), CUT_SHORT);
  play.accept(block);
});

const cuts: readonly (readonly [string, (block: BuiltBlock) => Uint8Array])[] = [
  ['in the header', ({ bytes }) => bytes.subarray(0, HEADER_SIZE - 1)],
  ['after the header', ({ bytes }) => bytes.subarray(0, HEADER_SIZE)],
  ['in the first transaction', ({ bytes }) => bytes.subarray(0, HEADER_SIZE + 20)],
  ['between two transactions', block => block.bytes.subarray(0, secondAt(block))],
  ['by one byte', ({ bytes }) => bytes.subarray(0, -1)],
];
for (const [where, cut] of cuts) {
  topic.plays(`a block cut short ${where}`, (lab, play) => {
    const block = honestBlock(lab);
    play.undecodable(cut(block), CUT_SHORT);
    play.accept(block);
  });
}

/** The block with `size` in five bytes in place of a length of one byte. */
function announcing({ bytes }: BuiltBlock, at: number, size: number): Uint8Array {
  const head = new Writer(at + 5).bytes(bytes.subarray(0, at)).u8(0xfe).u32(size).finish();
  return Buffer.concat([head, bytes.subarray(at + 1)]);
}
topic.plays('a length of more than 32 MiB', (lab, play) => {
  const block = honestBlock(lab);
  play.undecodable(announcing(block, HEADER_SIZE, 0x02000001), TOO_LARGE);
  play.accept(block);
});
topic.plays('a length of just 32 MiB that is not there', (lab, play) => {
  const block = honestBlock(lab);
  play.undecodable(announcing(block, HEADER_SIZE, 0x02000000), CUT_SHORT);
  play.accept(block);
});
