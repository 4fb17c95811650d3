import { describe, expect, it } from 'vitest';
import { COIN } from '../../../src/primitives/amount.js';
import { parseDescriptor } from '../../../src/script/descriptor/parse.js';
import { OUTPUT_TYPES } from '../../../src/script/output-type.js';
import { balances } from '../../../src/wallet/balance.js';
import { type ImportRequest, importDescriptor } from '../../../src/wallet/import-descriptor.js';
import { masterKey, standardDescriptor } from '../../../src/wallet/keys/generate.js';
import { reserveScan, scan, scanFromTime } from '../../../src/wallet/rescan.js';
import type { Wallet } from '../../../src/wallet/wallet.js';
import { makeWallet, newScript, scriptOf, setUpWallets } from '../../support/wallet.js';
import { REGTEST } from '../../support/wallet-chain.js';

const SEED = new Uint8Array(32).fill(9);

function requestOf(text: string, changes: Partial<ImportRequest> = {}): ImportRequest {
  const parsed = parseDescriptor(text, REGTEST.address);
  if ('error' in parsed) throw new Error(parsed.error);
  return {
    parsed,
    text,
    active: false,
    internal: false,
    range: undefined,
    nextIndex: undefined,
    label: undefined,
    timestamp: 1,
    ...changes,
  };
}

describe('a new wallet', () => {
  it('has descriptors of all kinds for payments and for change, as BIPs 44, 49, 84 and 86 say', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup);
    const texts = [...wallet.keychain.all()].map(one => one.text(false) ?? '');
    expect(
      texts.map(text =>
        text
          .replace(/\[[0-9a-f]{8}/, '[')
          .replace(/tpub\w+/, 'tpub')
          .replace(/#.*/, ''),
      ),
    ).toEqual(
      [0, 1].flatMap(branch => [
        `pkh([/44h/1h/0h]tpub/${branch}/*)`,
        `sh(wpkh([/49h/1h/0h]tpub/${branch}/*))`,
        `wpkh([/84h/1h/0h]tpub/${branch}/*)`,
        `tr([/86h/1h/0h]tpub/${branch}/*)`,
      ]),
    );
  });

  it('follows from its seed', async () => {
    const setup = await setUpWallets();
    const first = await makeWallet(setup, 'a', { seed: SEED });
    const second = await makeWallet(setup, 'b', { seed: SEED });
    const other = await makeWallet(setup, 'c');
    for (const type of OUTPUT_TYPES) {
      const address = await first.newAddress(type, '');
      expect(await second.newAddress(type, '')).toBe(address);
      expect(await other.newAddress(type, '')).not.toBe(address);
    }
  });

  it('gives out each address once, and knows it', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup);
    const addresses = new Set<string>();
    for (let i = 0; i < 20; i++) addresses.add(await wallet.newAddress('bech32', ''));
    expect(addresses.size).toBe(20);
    for (const address of addresses) expect(wallet.keychain.isMine(scriptOf(address))).toBe(true);
  });

  it('gives none without keys', async () => {
    const setup = await setUpWallets();
    for (const spec of [{ blank: true }, { disablePrivateKeys: true }]) {
      const wallet = await makeWallet(setup, JSON.stringify(spec), spec);
      await expect(wallet.newAddress('bech32', '')).rejects.toThrow('Error: No bech32 addresses available.');
      expect(wallet.keychain.canGiveAddresses(false)).toBe(false);
    }
  });
});

describe('the keypool', () => {
  it('is topped up when an address ahead is paid to, and that address and those before it count as given out', async () => {
    const setup = await setUpWallets();
    const giver = await makeWallet(setup, 'giver', { seed: SEED });
    const seer = await makeWallet(setup, 'seer', { seed: SEED });
    setup.chain.mine(120);
    for (let round = 0; round < 3; round++) {
      let script = new Uint8Array();
      for (let i = 0; i < 5; i++) script = Uint8Array.from(await newScript(giver));
      setup.chain.pay([{ script, value: COIN }]);
      expect(seer.keychain.isMine(script)).toBe(true);
    }
    expect(balances(seer).untrustedPending).toBe(3 * COIN);
    expect(await seer.newAddress('bech32', '')).toBe(await giver.newAddress('bech32', ''));
    expect(seer.addressBook.list()).toHaveLength(16);
  });

  it('finds everything again from the seed by a rescan', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup, 'lost', { seed: SEED });
    setup.chain.mine(120);
    for (let i = 0; i < 12; i++) {
      setup.chain.pay([{ script: await newScript(wallet, 'bech32m'), value: COIN }]);
      setup.chain.mine();
    }
    const found = await makeWallet(setup, 'found', { seed: SEED });
    expect(balances(found).trusted).toBe(0);
    const release = reserveScan(found);
    const genesis = setup.chain.at(0);
    const result = genesis && (await scan(found, genesis));
    release();
    expect(result).toMatchObject({ status: 'done', lastScanned: setup.chain.tip() });
    expect(balances(found)).toEqual(balances(wallet));
    expect(balances(found).trusted).toBe(12 * COIN);
  });

  it('can be rescanned in part, one scan at a time, and until it is aborted', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup, 'w', { seed: SEED });
    setup.chain.mine(120);
    const release = reserveScan(wallet);
    expect(() => reserveScan(wallet)).toThrow(
      'Wallet is currently rescanning. Abort existing rescan or wait.',
    );
    const from = setup.chain.at(10);
    if (from === undefined) return;
    expect(await scan(wallet, from, 20)).toMatchObject({ lastScanned: { height: 20 } });
    const running = scan(wallet, from);
    if (wallet.scanning !== undefined) wallet.scanning.aborted = true;
    expect((await running).status).toBe('aborted');
    release();
  });
});

describe('importing descriptors', () => {
  const key = (index: number) => masterKey(new Uint8Array(32).fill(index));
  const publicText = (index: number) => standardDescriptor(key(index), 'bech32', false, REGTEST);

  /** Private text of the standard descriptor of a seed. */
  async function privateText(
    setup: Awaited<ReturnType<typeof setUpWallets>>,
    seed: Uint8Array,
  ): Promise<string> {
    const wallet = await makeWallet(setup, `source ${Math.random()}`, { seed });
    const descriptor = wallet.keychain.activeFor('bech32', false);
    return descriptor?.text(true) ?? '';
  }

  it('makes scripts known, gives out addresses, and lets them be spent', async () => {
    const setup = await setUpWallets();
    const source = await makeWallet(setup, 'source', { seed: SEED });
    const text = source.keychain.activeFor('bech32', false)?.text(true) ?? '';
    const script = await newScript(source);
    setup.chain.mine(120);
    setup.chain.pay([{ script, value: COIN }]);
    setup.chain.mine();
    const wallet = await makeWallet(setup, 'blank', { blank: true });
    const range = { first: 0, last: 9 };
    expect(await importDescriptor(wallet, requestOf(text, { active: true, range, nextIndex: 1 }))).toEqual(
      [],
    );
    wallet.ledger.recountCoins();
    const release = reserveScan(wallet);
    expect(await scanFromTime(wallet, 1)).toBe(1);
    release();
    expect(balances(wallet).trusted).toBe(COIN);
    expect(wallet.keychain.isMine(script)).toBe(true);
    expect(await wallet.newAddress('bech32', '')).toBe(await source.newAddress('bech32', ''));
    expect([...wallet.keychain.all()][0]?.text(true)).toBe(text);
  });

  it('widens a range and never narrows one', async () => {
    const setup = await setUpWallets();
    const text = await privateText(setup, SEED);
    const wallet = await makeWallet(setup, 'blank', { blank: true });
    await importDescriptor(wallet, requestOf(text, { range: { first: 0, last: 20 } }));
    await importDescriptor(wallet, requestOf(text, { range: { first: 0, last: 30 } }));
    const [descriptor] = wallet.keychain.all();
    expect(descriptor?.record).toMatchObject({ rangeStart: 0, rangeEnd: 31 });
    await expect(
      importDescriptor(wallet, requestOf(text, { range: { first: 5, last: 30 } })),
    ).rejects.toThrow('new range must include current range = [0,30]');
  });

  it('takes public descriptors into wallets without private keys, and private ones into the others', async () => {
    const setup = await setUpWallets();
    const text = await privateText(setup, SEED);
    const watcher = await makeWallet(setup, 'watch', { disablePrivateKeys: true });
    await expect(importDescriptor(watcher, requestOf(text))).rejects.toThrow(
      'Cannot import private keys to a wallet with private keys disabled',
    );
    // Hardened steps need private keys.
    await expect(importDescriptor(watcher, requestOf(publicText(3)))).rejects.toThrow(
      'Cannot expand descriptor. Probably because of hardened derivations without private keys provided',
    );
    const source = await makeWallet(setup, 'source', { seed: SEED });
    const normalized = source.keychain.activeFor('bech32', false)?.text(false) ?? '';
    expect(await importDescriptor(watcher, requestOf(normalized, { active: true }))).toEqual([
      'Range not given, using default keypool range',
    ]);
    expect(await watcher.newAddress('bech32', '')).toBe(await source.newAddress('bech32', ''));
    const wallet = await makeWallet(setup, 'blank', { blank: true });
    await expect(importDescriptor(wallet, requestOf(normalized))).rejects.toThrow(
      'Cannot import descriptor without private keys to a wallet with private keys enabled',
    );
  });

  it('labels a single address', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup, 'watch', { disablePrivateKeys: true });
    const address = await (await makeWallet(setup, 'other')).newAddress('bech32', '');
    await importDescriptor(wallet, requestOf(`addr(${address})`, { label: 'watched' }));
    expect(wallet.addressBook.find(address)?.label).toBe('watched');
    expect(wallet.keychain.isMine(scriptOf(address))).toBe(true);
  });

  it.each<[string, Partial<ImportRequest>, string]>([
    ['wpkh(%/0)', { active: true }, 'Active descriptors must be ranged'],
    [
      'wpkh(%/0)',
      { range: { first: 0, last: 1 } },
      'Range should not be specified for an un-ranged descriptor',
    ],
    ['wpkh(%/*)', { range: { first: 0, last: 1 }, label: 'x' }, 'Ranged descriptors should not have a label'],
    ['wpkh(%/0)', { internal: true, label: 'x' }, 'Internal addresses should not have a label'],
    ['combo(%/*)', { active: true }, 'Combo descriptors cannot be set to active'],
    ['wpkh(%/*)', { range: { first: 0, last: 1 }, nextIndex: 2 }, 'next_index is out of range'],
  ])('refuses %s with %j', async (text, changes, error) => {
    const setup = await setUpWallets();
    const wallet: Wallet = await makeWallet(setup, 'watch', { disablePrivateKeys: true });
    const xpub = /tpub\w+/.exec(publicText(4))?.[0] ?? '';
    await expect(importDescriptor(wallet, requestOf(text.replace('%', xpub), changes))).rejects.toThrow(
      error,
    );
  });
});
