import { describe, expect, it } from 'vitest';
import {
  CONSENSUS_SCRIPT_FLAGS,
  idFromHex,
  type Network,
  SCRIPT_FLAGS,
  STANDARD_SCRIPT_FLAGS,
  scriptFlagsAt,
  UsageError,
} from '../../../src/library/index.js';

const ANY_BLOCK = new Uint8Array(32).fill(7);

function flagsAt(network: Network, height: number, hash: Uint8Array = ANY_BLOCK) {
  return scriptFlagsAt({ network, height, hash });
}

describe('lists of flags', () => {
  it('are those of Core 28.1', () => {
    expect(SCRIPT_FLAGS).toHaveLength(21);
    expect(CONSENSUS_SCRIPT_FLAGS).toEqual([
      'P2SH',
      'DERSIG',
      'NULLDUMMY',
      'CHECKLOCKTIMEVERIFY',
      'CHECKSEQUENCEVERIFY',
      'WITNESS',
      'TAPROOT',
    ]);
    expect(SCRIPT_FLAGS.filter(name => !STANDARD_SCRIPT_FLAGS.includes(name))).toEqual(['SIGPUSHONLY']);
  });

  it('cannot be changed', () => {
    const lists = [SCRIPT_FLAGS, CONSENSUS_SCRIPT_FLAGS, STANDARD_SCRIPT_FLAGS];
    expect(lists.every(Object.isFrozen)).toBe(true);
  });
});

describe('scriptFlagsAt', () => {
  // Heights of BIP66, BIP65, BIP68/112/113 and segwit on mainnet, written again here.
  it.each([
    [0, ['P2SH', 'WITNESS', 'TAPROOT']],
    [363_724, ['P2SH', 'WITNESS', 'TAPROOT']],
    [363_725, ['P2SH', 'DERSIG', 'WITNESS', 'TAPROOT']],
    [388_380, ['P2SH', 'DERSIG', 'WITNESS', 'TAPROOT']],
    [388_381, ['P2SH', 'DERSIG', 'CHECKLOCKTIMEVERIFY', 'WITNESS', 'TAPROOT']],
    [419_328, ['P2SH', 'DERSIG', 'CHECKLOCKTIMEVERIFY', 'CHECKSEQUENCEVERIFY', 'WITNESS', 'TAPROOT']],
    [481_823, ['P2SH', 'DERSIG', 'CHECKLOCKTIMEVERIFY', 'CHECKSEQUENCEVERIFY', 'WITNESS', 'TAPROOT']],
    [481_824, [...CONSENSUS_SCRIPT_FLAGS]],
  ])('of mainnet at height %i', (height, names) => {
    expect(flagsAt('main', height)).toEqual(names);
  });

  it('has the excuses of two blocks of mainnet', () => {
    const beforeP2sh = '00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22';
    expect(flagsAt('main', 170_060, idFromHex(beforeP2sh))).toEqual([]);
    const withoutTaproot = '0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad';
    expect(flagsAt('main', 692_261, idFromHex(withoutTaproot))).toEqual(
      CONSENSUS_SCRIPT_FLAGS.filter(name => name !== 'TAPROOT'),
    );
  });

  it('on regtest holds all from the first block on', () => {
    expect(flagsAt('regtest', 1)).toEqual(CONSENSUS_SCRIPT_FLAGS);
  });

  it.each([
    [{ height: -1 }, 'bad-argument', 'height must be a whole number, 0 or more, not -1'],
    [{ height: 1.5 }, 'bad-argument', 'height must be a whole number, 0 or more, not 1.5'],
    [{ height: '1' }, 'bad-argument', 'height must be a whole number, 0 or more, not "1"'],
    [{ hash: new Uint8Array(31) }, 'bad-argument', 'hash must have 32 bytes, not 31'],
    [{ hash: '00'.repeat(32) }, 'not-bytes', `hash must be a Uint8Array, not "${'0'.repeat(40)}"`],
    [
      { network: 'bitcoin' },
      'unknown-network',
      'unknown network "bitcoin"; there are main, test, testnet4, signet, regtest',
    ],
  ])('has no answer to %j', (changes, code, message) => {
    const request = { network: 'main', height: 1, hash: ANY_BLOCK, ...changes };
    const ask = () => scriptFlagsAt(request as Parameters<typeof scriptFlagsAt>[0]);
    expect(ask).toThrow(new UsageError(code as UsageError['code'], message));
  });
});
