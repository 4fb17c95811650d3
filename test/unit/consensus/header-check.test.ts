import { describe, expect, it } from 'vitest';
import { contextualCheckHeader } from '../../../src/consensus/block-check.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { ZERO_HASH } from '../../../src/primitives/bytes.js';
import { BlockHeader, type HeaderFields } from '../../../src/primitives/header.js';
import { TestHeaders } from '../../support/header-chain.js';

const START = 1300000000;
const NOW = START + 1_000_000;
const regtest = chainParams('regtest').consensus;

/** A regtest chain, blocks ten minutes apart. */
function chain(length: number) {
  const view = new TestHeaders();
  return { view, prev: view.extend(NO_HEADER, length, height => ({ time: START + 600 * height })) };
}

const { view, prev } = chain(20);

function header(fields: Partial<HeaderFields> = {}): BlockHeader {
  return BlockHeader.from({
    version: 4,
    prevHash: ZERO_HASH,
    merkleRoot: ZERO_HASH,
    time: view.time(prev) + 600,
    bits: 0x207fffff,
    nonce: 0,
    ...fields,
  });
}

function refusal(fields: Partial<HeaderFields>, params = regtest, checkpoint?: number) {
  return contextualCheckHeader(header(fields), prev, view, params, NOW, checkpoint);
}

describe('a header on top of others', () => {
  it('passes', () => {
    expect(refusal({})).toBeUndefined();
  });

  it('claims the difficulty that is due', () => {
    expect(refusal({ bits: 0x207ffffe })).toEqual({
      result: 'invalid-header',
      reason: 'bad-diffbits',
      debug: 'incorrect proof of work',
    });
  });

  it('is not below the last checkpoint', () => {
    expect(refusal({}, regtest, 20)).toBeUndefined();
    expect(refusal({}, regtest, 21)).toEqual({
      result: 'checkpoint',
      reason: 'bad-fork-prior-to-checkpoint',
      debug: '',
    });
  });

  it('is later than the median of the eleven before', () => {
    const median = view.medianTimePast(prev);
    expect(median).toBe(view.time(prev) - 5 * 600);
    expect(refusal({ time: median + 1 })).toBeUndefined();
    expect(refusal({ time: median })).toEqual({
      result: 'invalid-header',
      reason: 'time-too-old',
      debug: "block's timestamp is too early",
    });
  });

  it('is at most two hours ahead of our clock', () => {
    expect(refusal({ time: NOW + 7200 })).toBeUndefined();
    expect(refusal({ time: NOW + 7201 })).toEqual({
      result: 'time-future',
      reason: 'time-too-new',
      debug: 'block timestamp too far in the future',
    });
  });

  it('goes back at most ten minutes at the start of a difficulty period (BIP94)', () => {
    const period = chain(144);
    const check = (time: number, params = regtest) =>
      contextualCheckHeader(header({ time }), period.prev, period.view, params, NOW);
    const before = period.view.time(period.prev);
    expect(check(before - 600)).toBeUndefined();
    expect(check(before - 601)).toEqual({
      result: 'invalid-header',
      reason: 'time-timewarp-attack',
      debug: "block's timestamp is too early on diff adjustment block",
    });
    expect(check(before - 601, { ...regtest, enforceBip94: false })).toBeUndefined();
    // Within a period only the median counts.
    expect(refusal({ time: view.time(prev) - 601 })).toBeUndefined();
  });

  it.each([
    ['bip34', 2],
    ['dersig', 3],
    ['cltv', 4],
  ] as const)('%s took version %i minus one out of use', (deployment, version) => {
    const far = { bip34: 1000, dersig: 1000, cltv: 1000 };
    const at = (height: number) =>
      chainParams('regtest', { activationHeights: { ...far, [deployment]: height } }).consensus;
    expect(refusal({ version: version - 1 }, at(21))).toBeUndefined();
    expect(refusal({ version: version - 1 }, at(20))).toEqual({
      result: 'invalid-header',
      reason: `bad-version(0x0000000${version - 1})`,
      debug: `rejected nVersion=0x0000000${version - 1} block`,
    });
    expect(refusal({ version }, at(20))).toBeUndefined();
  });

  it('versions are signed', () => {
    expect(refusal({ version: -1 })?.reason).toBe('bad-version(0xffffffff)');
    expect(refusal({ version: 0x7fffffff })).toBeUndefined();
  });

  it('the first rule broken is named, in the order of the rules', () => {
    expect(refusal({ bits: 1, time: 0, version: 0 }, regtest, 99)?.reason).toBe('bad-diffbits');
    expect(refusal({ time: 0, version: 0 }, regtest, 99)?.reason).toBe('bad-fork-prior-to-checkpoint');
    expect(refusal({ time: 0, version: 0 })?.reason).toBe('time-too-old');
    expect(refusal({ time: NOW + 9999, version: 0 })?.reason).toBe('time-too-new');
  });
});
