import { describe, expect, it } from 'vitest';
import {
  bip30Enforced,
  blockScriptFlags,
  heightsTellCoinbasesApart,
  isBip30Repeat,
  isBip30Unspendable,
} from '../../../src/consensus/block-flags.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { type Hash256, hashFromHex, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { ScriptFlag } from '../../../src/script/flags.js';
import { TestHeaders } from '../../support/header-chain.js';

const main = chainParams('main').consensus;
const regtest = chainParams('regtest').consensus;
const ALWAYS = ScriptFlag.P2SH | ScriptFlag.WITNESS | ScriptFlag.TAPROOT;

function hash(hex: string): Hash256 {
  return hashFromHex(hex) ?? ZERO_HASH;
}

describe('script flags of a block', () => {
  it.each([
    [0, ALWAYS],
    [363724, ALWAYS],
    [363725, ALWAYS | ScriptFlag.DERSIG],
    [388381, ALWAYS | ScriptFlag.DERSIG | ScriptFlag.CHECKLOCKTIMEVERIFY],
    [419328, ALWAYS | ScriptFlag.DERSIG | ScriptFlag.CHECKLOCKTIMEVERIFY | ScriptFlag.CHECKSEQUENCEVERIFY],
    [
      481824,
      ALWAYS |
        ScriptFlag.DERSIG |
        ScriptFlag.CHECKLOCKTIMEVERIFY |
        ScriptFlag.CHECKSEQUENCEVERIFY |
        ScriptFlag.NULLDUMMY,
    ],
  ])('at mainnet height %i', (height, flags) => {
    expect(blockScriptFlags(height, ZERO_HASH, main)).toBe(flags);
  });

  it('leave out P2SH, witness and taproot for the block that broke BIP16', () => {
    const exception = hash('00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22');
    expect(blockScriptFlags(170060, exception, main)).toBe(0);
  });

  it('leave out taproot for the block that broke it', () => {
    const exception = hash('0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad');
    const flags = blockScriptFlags(692261, exception, main);
    expect(flags & ALWAYS).toBe(ScriptFlag.P2SH | ScriptFlag.WITNESS);
    expect(flags & ScriptFlag.NULLDUMMY).toBe(ScriptFlag.NULLDUMMY);
  });

  it('are all in force on regtest from height 1', () => {
    expect(blockScriptFlags(0, ZERO_HASH, regtest)).toBe(ALWAYS | ScriptFlag.NULLDUMMY);
    expect(blockScriptFlags(1, ZERO_HASH, regtest)).toBe(blockScriptFlags(481824, ZERO_HASH, main));
  });
});

describe('BIP30: no transaction overwrites an unspent one', () => {
  const REPEAT = hash('00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec');

  /** A view of a chain so long that only the few headers asked for are there. */
  class LongChain extends TestHeaders {
    constructor(
      private readonly tipHeight: number,
      bip34Block: Hash256,
    ) {
      super();
      this.add(NO_HEADER);
      this.add(NO_HEADER, { hash: bip34Block });
    }

    override height(id: number): number {
      return id === 0 ? this.tipHeight : main.buriedHeights.bip34;
    }

    override ancestor(_id: number, height: number): number {
      return height === main.buriedHeights.bip34 && height <= this.tipHeight ? 1 : NO_HEADER;
    }
  }

  const onTopOf = (height: number, block = ZERO_HASH, bip34Block = main.bip34Hash ?? ZERO_HASH) =>
    bip30Enforced(block, 0, new LongChain(height, bip34Block), main);

  it('is searched for up to the block with which BIP34 came', () => {
    expect(onTopOf(1000)).toBe(true);
    expect(onTopOf(main.buriedHeights.bip34 - 1)).toBe(true);
    expect(onTopOf(main.buriedHeights.bip34)).toBe(false);
  });

  it('is searched for on any other chain', () => {
    expect(onTopOf(main.buriedHeights.bip34, ZERO_HASH, ZERO_HASH)).toBe(true);
  });

  it('is searched for again from height 1,983,702 on', () => {
    expect(onTopOf(1_983_700)).toBe(false);
    expect(onTopOf(1_983_701)).toBe(true);
  });

  it('excuses the two blocks that did it', () => {
    expect(onTopOf(91841, REPEAT)).toBe(false);
    expect(onTopOf(91840, REPEAT)).toBe(true);
    expect(isBip30Repeat(91842, REPEAT)).toBe(true);
    expect(isBip30Repeat(91880, REPEAT)).toBe(false);
    const lost = hash('00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f');
    expect(isBip30Unspendable(91812, lost)).toBe(true);
    expect(isBip30Unspendable(91722, lost)).toBe(false);
  });

  it('is always searched for where no BIP34 block is known', () => {
    const view = new TestHeaders();
    expect(bip30Enforced(ZERO_HASH, view.extend(NO_HEADER, 5), view, regtest)).toBe(true);
  });

  it('cannot be broken alone where heights tell all coinbases apart but that of genesis', () => {
    const from = (bip34: number) => ({ ...regtest, buriedHeights: { ...regtest.buriedHeights, bip34 } });
    expect(heightsTellCoinbasesApart(regtest)).toBe(true);
    expect([1, 2, 500].map(height => heightsTellCoinbasesApart(from(height)))).toEqual([true, false, false]);
    expect(heightsTellCoinbasesApart(main)).toBe(false);
  });
});
