import { describe, expect, it } from 'vitest';
import { checkBlock } from '../../../src/consensus/block-check.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { checkSignetSolution, signetTransactions } from '../../../src/consensus/signet.js';
import { hash160, sha256 } from '../../../src/crypto/hash.js';
import { Block } from '../../../src/primitives/block.js';
import { hashToHex, toHex, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { Writer } from '../../../src/primitives/codec.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { ScriptBuilder } from '../../../src/script/build.js';
import { Op } from '../../../src/script/opcodes.js';
import { SIGNET_BLOCK_1 } from '../../support/known-blocks.js';
import { coinbase, input, output, transaction } from '../../support/transactions.js';

const PUBLIC = chainParams('signet').consensus;
const TRIVIAL = Uint8Array.of(Op.OP_1);
const trivial = chainParams('signet', { signetChallenge: TRIVIAL }).consensus;

const COMMITMENT = Uint8Array.of(0xaa, 0x21, 0xa9, 0xed, ...new Uint8Array(32).fill(0xff));
const HEADER = [0xec, 0xc7, 0xda, 0xa2];

function blockOf(...transactions: Transaction[]): Block {
  const header = { version: 1, prevHash: ZERO_HASH, merkleRoot: ZERO_HASH, time: 5, bits: 0, nonce: 0 };
  return Block.from(BlockHeader.from(header), transactions);
}

/** A block whose coinbase has a witness commitment, followed by pushes. */
function withPushes(...pushes: number[][]): Block {
  const script = new ScriptBuilder().op(Op.OP_RETURN).pushData(COMMITMENT);
  for (const push of pushes) script.pushData(Uint8Array.from(push));
  return blockOf(coinbase({ outputs: [output(0, script.finish())] }));
}

function p2sh(script: number[]): number[] {
  return [0xa9, 20, ...hash160(Uint8Array.from(script)), 0x87];
}

function p2wsh(script: number[]): number[] {
  return [0x00, 32, ...sha256(Uint8Array.from(script))];
}

describe('the signature of a signet block (BIP325)', () => {
  it('is that of the public signet', () => {
    const block = Block.parse(SIGNET_BLOCK_1);
    expect(hashToHex(block.hash)).toBe('00000086d6b2636cb2a392d45edc4ec544a10024d30141c9adf4bfd9de533b53');
    expect(checkSignetSolution(block, PUBLIC)).toBe(true);
    expect(checkBlock(block, PUBLIC)).toBeUndefined();
  });

  it('is refused when it is of another signet', () => {
    const other = chainParams('signet', { signetChallenge: Uint8Array.of(Op.OP_1, 0x87) }).consensus;
    expect(checkBlock(Block.parse(SIGNET_BLOCK_1), other)).toEqual({
      result: 'consensus',
      reason: 'bad-signet-blksig',
      debug: 'signet block signature validation failure',
    });
  });

  it('is refused when anything in it, or in what it signs, is changed', () => {
    const signatureAt = SIGNET_BLOCK_1.indexOf(Buffer.from(HEADER)) + 12;
    const validWithChangeAt = (at: number) => {
      const bytes = Buffer.from(SIGNET_BLOCK_1);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return checkSignetSolution(Block.parse(bytes), PUBLIC);
    };
    for (const at of [0, 5, 68, signatureAt]) expect([at, validWithChangeAt(at)]).toEqual([at, false]);
    // The witness of the coinbase is not part of what is signed.
    expect(validWithChangeAt(SIGNET_BLOCK_1.length - 20)).toBe(true);
  });

  it('is not looked at together with the proof of work it waits for', () => {
    expect(checkBlock(withPushes(), PUBLIC, { checkPow: false, checkMerkle: false })).toBeUndefined();
  });

  it('is not needed by genesis', () => {
    expect(checkSignetSolution(chainParams('signet').genesis, PUBLIC)).toBe(true);
  });

  it.each([
    ['no transactions', blockOf(), false],
    ['no witness commitment', blockOf(coinbase(), coinbase()), false],
    ['no solution, which a trivial challenge accepts', withPushes(), true],
    ['a mark with nothing after it, which is none', withPushes(HEADER), true],
    ['a solution that is cut short', withPushes([...HEADER, 1, 0x51]), false],
    ['a scriptSig and no witness', withPushes([...HEADER, 1, 0x51, 0]), true],
    ['more bytes after the witness', withPushes([...HEADER, 1, 0x51, 0, 0]), false],
  ])('%s', (_, block, valid) => {
    expect(signetTransactions(block, TRIVIAL) !== undefined).toBe(valid);
    expect(checkSignetSolution(block, trivial)).toBe(valid);
  });

  /** Forms of a challenge, solved by a witness, by a scriptSig, by both, or by nothing at all. */
  it.each([
    ['nothing, for a challenge that is true', [0x51], [], [], true],
    ['nothing, for one that is false', [0x00], [], [], false],
    ['a scriptSig', [0x87], [0x52, 0x52], [], true],
    ['a wrong scriptSig', [0x87], [0x52, 0x53], [], false],
    ['a script behind its hash', p2sh([0x51]), [1, 0x51], [], true],
    ['another script than the hash is of', p2sh([0x51]), [1, 0x52], [], false],
    ['a witness', p2wsh([0x51]), [], [[0x51]], true],
    ['a witness of one item too many', p2wsh([0x51]), [], [[1], [0x51]], false],
    ['a witness behind a hash', p2sh(p2wsh([0x51])), [34, ...p2wsh([0x51])], [[0x51]], true],
    // Solutions are checked without taproot's rules: to the others it is a program that anybody satisfies.
    ['nothing, for taproot', [0x51, 32, ...new Uint8Array(32).fill(9)], [], [], true],
  ])('%s', (_, challenge, scriptSig, witness, valid) => {
    const solution = new Writer().varBytes(Uint8Array.from(scriptSig)).compactSize(witness.length);
    for (const item of witness) solution.varBytes(Uint8Array.from(item));
    const own = chainParams('signet', { signetChallenge: Uint8Array.from(challenge) }).consensus;
    expect(checkSignetSolution(withPushes([...HEADER, ...solution.finish()]), own)).toBe(valid);
  });

  it('covers all of the block but the solution, the difficulty and the nonce', () => {
    const signed = (block: Block) => {
      const transactions = signetTransactions(block, TRIVIAL);
      return transactions === undefined ? '' : hashToHex(transactions.toSpend.txid);
    };
    const block = withPushes([...HEADER, 1, 0x51, 0]);
    expect(signed(withPushes([...HEADER, 2, 0x51, 0x51, 0]))).toBe(signed(block));
    expect(signed(withPushes())).not.toBe(signed(block));
    const [tx] = block.transactions;
    const withAnother = (lockTime: number) =>
      blockOf(...block.transactions, transaction({ inputs: [input()], lockTime }));
    expect(signed(withAnother(1))).not.toBe(signed(block));
    expect(signed(withAnother(1))).not.toBe(signed(withAnother(2)));
    const fields = { version: 1, prevHash: ZERO_HASH, merkleRoot: ZERO_HASH, time: 5, bits: 9, nonce: 9 };
    expect(signed(Block.from(BlockHeader.from(fields), tx ? [tx] : []))).toBe(signed(block));
    expect(signed(Block.from(BlockHeader.from({ ...fields, time: 6 }), tx ? [tx] : []))).not.toBe(
      signed(block),
    );
  });

  it('is made over the challenge as the output spent, with the solution as scriptSig and witness', () => {
    const solution = new Writer().varBytes(Uint8Array.of(0x52)).compactSize(1).varBytes(Uint8Array.of(7, 8));
    const transactions = signetTransactions(withPushes([...HEADER, ...solution.finish()]), TRIVIAL);
    expect(transactions?.toSpend.outputs.map(({ value, script }) => [value, toHex(script)])).toEqual([
      [0, '51'],
    ]);
    const spending = transactions?.toSign.inputs[0];
    expect(spending?.prevout.vout).toBe(0);
    expect(toHex(spending?.prevout.txid ?? ZERO_HASH)).toBe(toHex(transactions?.toSpend.txid ?? ZERO_HASH));
    expect(toHex(spending?.scriptSig ?? ZERO_HASH)).toBe('52');
    expect(spending?.witness.map(toHex)).toEqual(['0708']);
  });
});
