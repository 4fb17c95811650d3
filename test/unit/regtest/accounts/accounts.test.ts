import { mnemonicToSeedSync } from '@scure/bip39';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountCount, makeAccounts } from '../../../../regtest/accounts/account.js';
import { keyAt, LabKeys, masterOf } from '../../../../regtest/accounts/lab-keys.js';
import { mnemonicOf, parseMnemonic, seedOfMnemonic } from '../../../../regtest/accounts/mnemonic.js';
import { chainParams } from '../../../../src/consensus/networks.js';
import { hash160 } from '../../../../src/crypto/hash.js';
import { decodeAddress } from '../../../../src/script/address.js';
import { splitChecksum } from '../../../../src/script/descriptor/checksum.js';
import { decodeWif } from '../../../../src/script/wif.js';

const REGTEST = chainParams('regtest').address;
const MAIN = chainParams('main').address;

/** The phrase of BIP84's test vectors. */
const ABANDON = `${'abandon '.repeat(11)}about`;

describe('BIP84 test vectors', () => {
  it.each([
    [
      "m/84'/0'/0'/0/0",
      'bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu',
      'KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d',
    ],
    [
      "m/84'/0'/0'/0/1",
      'bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g',
      'Kxpf5b8p3qX56DKEe5NqWbNUP9MnqoRFzZwHRtsFqhzuvUJsYZCy',
    ],
    [
      "m/84'/0'/0'/1/0",
      'bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el',
      'KxuoxufJL5csa1Wieb2kp29VNdn92Us8CoaUG3aGtPtcF3AzeXvF',
    ],
  ])('%s', (path, address, wif) => {
    expect(keyAt(masterOf(ABANDON), path, MAIN)).toEqual({ address, wif });
  });

  it('an account is the same key on regtest, with coin type 1', () => {
    const { address } = new LabKeys(ABANDON).account(0);
    // tb1q6rz28mcfaxtmd6v789l9rrlrusdprr9pqcpvkl on testnet.
    const testnet = decodeAddress('tb1q6rz28mcfaxtmd6v789l9rrlrusdprr9pqcpvkl', chainParams('test').address);
    expect(decodeAddress(address, REGTEST)).toEqual(testnet);
    expect(address).toMatch(/^bcrt1q/);
  });
});

describe('a mnemonic', () => {
  it('is stretched as BIP39 says', () => {
    fc.assert(
      fc.property(fc.nat(), seed => {
        const mnemonic = mnemonicOf(seed);
        expect(Buffer.from(seedOfMnemonic(mnemonic))).toEqual(Buffer.from(mnemonicToSeedSync(mnemonic)));
      }),
      { numRuns: 5 },
    );
  });

  it('follows from the seed: twelve words that can be read again', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), seed => {
        const mnemonic = mnemonicOf(seed);
        expect(mnemonic.split(' ')).toHaveLength(12);
        expect(parseMnemonic(mnemonic)).toBe(mnemonic);
        expect(mnemonicOf(seed)).toBe(mnemonic);
      }),
    );
    expect(mnemonicOf(1)).not.toBe(mnemonicOf(2));
  });

  it('may have blanks and capital letters', () => {
    expect(parseMnemonic(`  ${ABANDON.toUpperCase().replaceAll(' ', ' \n ')} `)).toBe(ABANDON);
  });

  it.each([
    ['nothing', ' ', 'a mnemonic has 12, 15, 18, 21, 24 words, not 0'],
    ['thirteen words', `${ABANDON} about`, 'not 13'],
    ['an unknown word', ABANDON.replace('about', 'bitcoin'), "word 12 of the mnemonic is not in BIP39's"],
    ['a wrong checksum', ABANDON.replace('about', 'abandon'), 'the checksum of the mnemonic is wrong'],
  ])('is refused when it is %s', (_what, text, message) => {
    expect(() => parseMnemonic(text)).toThrow(RangeError);
    expect(() => parseMnemonic(text)).toThrow(message);
  });
});

describe('keys of a network', () => {
  const keys = new LabKeys(mnemonicOf(5));

  it('have the address that belongs to the private key', () => {
    const { address, wif } = keys.account(3);
    const key = decodeWif(wif, REGTEST);
    expect(decodeAddress(address, REGTEST)).toEqual({
      destination: { type: 'witnessKeyHash', hash: hash160(key?.publicKey ?? new Uint8Array()) },
    });
  });

  it('are all different, for accounts, faucet and wallets', () => {
    const accounts = makeAccounts(keys, 2, 10);
    const all = [...accounts.map(({ address }) => address), keys.faucet.address];
    expect(new Set(all).size).toBe(11);
    expect(accounts.map(({ node }) => node)).toEqual([0, 1, ...Array(8).fill(undefined)]);
    const ranged = [0, 1].flatMap(node => keys.walletDescriptors(node).map(({ desc }) => desc));
    expect(new Set(ranged).size).toBe(18);
  });

  it("make a wallet with the account's key, and all address types for receiving and for change", () => {
    const requests = keys.walletDescriptors(0);
    const [own, ...ranged] = requests.map(({ desc }) => desc.replace(/\(.*/, ''));
    expect(own).toBe('wpkh');
    expect(ranged).toEqual(['pkh', 'pkh', 'sh', 'sh', 'wpkh', 'wpkh', 'tr', 'tr']);
    expect(requests.slice(1).map(({ internal }) => internal)).toEqual(
      [0, 1, 2, 3].flatMap(() => [false, true]),
    );
    expect(requests[0]?.desc).toContain(keys.account(0).wif);
    for (const { desc } of requests) expect(splitChecksum(desc, true)).toHaveProperty('payload');
  });
});

describe('the number of accounts', () => {
  it('is ten, or that of the nodes when there are more', () => {
    expect(accountCount(3, undefined)).toBe(10);
    expect(accountCount(12, undefined)).toBe(12);
    expect(accountCount(3, 3)).toBe(3);
  });

  it.each([2, 3.5, Number.NaN, 1001])('is not %s for three nodes', wanted => {
    expect(() => accountCount(3, wanted)).toThrow(
      'accounts is a whole number from that of the nodes, 3, to 1000',
    );
  });
});
