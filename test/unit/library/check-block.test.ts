import { describe, expect, it } from 'vitest';
import { chainParams } from '../../../src/consensus/networks.js';
import { checkBlock, checkTransaction, NETWORKS, UsageError } from '../../../src/library/index.js';
import { Block } from '../../../src/primitives/block.js';
import { BLOCK_170, PAYMENT_170, SIGNET_BLOCK_1 } from '../../support/known-blocks.js';
import { coinbase, input, transaction } from '../../support/transactions.js';

/** A block with another byte at one place. */
function changed(block: Uint8Array, at: number): Uint8Array {
  const bytes = Uint8Array.from(block);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

const NONCE_AT = 76;
const MERKLE_ROOT_AT = 36;

describe('checkBlock', () => {
  it.each(NETWORKS)('lets the first block of %s pass on it, and on none with another limit', network => {
    const block = chainParams(network).genesis.raw;
    expect(checkBlock({ block, network })).toEqual({ ok: true });
    if (network === 'regtest') {
      expect(checkBlock({ block, network: 'main' })).toMatchObject({ ok: false, error: 'high-hash' });
    }
  });

  it('gives the reject string of Core, and what its log adds', () => {
    expect(checkBlock({ block: changed(BLOCK_170, NONCE_AT), network: 'main' })).toEqual({
      ok: false,
      error: 'high-hash',
      detail: 'proof of work failed',
    });
  });

  it('leaves out proof of work, or the merkle root, when told to', () => {
    const verdict = (block: Uint8Array, options: object) => {
      const result = checkBlock({ block, network: 'main', ...options });
      return result.ok ? 'ok' : result.error;
    };
    const otherNonce = changed(BLOCK_170, NONCE_AT);
    const otherRoot = changed(BLOCK_170, MERKLE_ROOT_AT);
    expect(verdict(otherNonce, { checkPow: false })).toBe('ok');
    expect(verdict(otherNonce, { checkMerkleRoot: false })).toBe('high-hash');
    expect(verdict(otherRoot, { checkPow: false })).toBe('bad-txnmrklroot');
    expect(verdict(otherRoot, { checkPow: false, checkMerkleRoot: false })).toBe('ok');
  });

  it('checks the signature of a signet block, by the public challenge or another one', () => {
    expect(checkBlock({ block: SIGNET_BLOCK_1, network: 'signet' })).toEqual({ ok: true });
    const signetChallenge = Uint8Array.of(0x00);
    expect(checkBlock({ block: SIGNET_BLOCK_1, network: 'signet', signetChallenge })).toMatchObject({
      error: 'bad-signet-blksig',
    });
    expect(
      checkBlock({ block: SIGNET_BLOCK_1, network: 'signet', signetChallenge, checkPow: false }),
    ).toEqual({ ok: true });
  });

  it('refuses a block in which a transaction breaks a rule', () => {
    const { header } = Block.parse(BLOCK_170);
    const block = Block.from(header, [coinbase(), transaction({ outputs: [] })]).raw;
    expect(checkBlock({ block, network: 'main', checkPow: false, checkMerkleRoot: false })).toMatchObject({
      error: 'bad-txns-vout-empty',
    });
  });

  it.each([
    [
      { network: 'mainnet' },
      'unknown-network',
      'unknown network "mainnet"; there are main, test, testnet4, signet, regtest',
    ],
    [
      { network: undefined },
      'unknown-network',
      'unknown network undefined; there are main, test, testnet4, signet, regtest',
    ],
    [{ block: 'f9be' }, 'not-bytes', 'block must be a Uint8Array, not "f9be"'],
    [{ checkPow: 0 }, 'bad-argument', 'checkPow must be true or false, not 0'],
    [{ checkMerkleRoot: null }, 'bad-argument', 'checkMerkleRoot must be true or false, not null'],
    [
      { signetChallenge: new Uint8Array(1) },
      'bad-argument',
      'signetChallenge is for the network signet, not main',
    ],
    [
      { network: 'signet', signetChallenge: '51' },
      'not-bytes',
      'signetChallenge must be a Uint8Array, not "51"',
    ],
  ])('has no answer to %j', (changes, code, message) => {
    const request = { block: BLOCK_170, network: 'main', ...changes } as Parameters<typeof checkBlock>[0];
    expect(() => checkBlock(request)).toThrow(new UsageError(code as UsageError['code'], message));
  });
});

describe('checkTransaction', () => {
  it('lets a transaction pass that keeps the rules', () => {
    expect(checkTransaction(PAYMENT_170)).toEqual({ ok: true });
  });

  it('gives the reject string of one that does not', () => {
    const twice = transaction({ inputs: [input(), input()] });
    expect(checkTransaction(twice.raw)).toEqual({
      ok: false,
      error: 'bad-txns-inputs-duplicate',
      detail: '',
    });
    expect(checkTransaction(coinbase({ scriptSig: new Uint8Array(1) }).raw)).toMatchObject({
      error: 'bad-cb-length',
    });
  });
});
