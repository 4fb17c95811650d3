import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { SingleKey } from '../../../src/script/descriptor/key-expression.js';
import { MultiANode, PkNode } from '../../../src/script/descriptor/key-nodes.js';
import type { DescriptorNode } from '../../../src/script/descriptor/node.js';
import { RawNode, RawTrNode, ShNode, WshNode } from '../../../src/script/descriptor/output-nodes.js';
import { parseDescriptor } from '../../../src/script/descriptor/parse.js';
import { EMPTY_PROVIDER } from '../../../src/script/signing-provider.js';
import { REGTEST_ADDRESSES } from '../../support/script-address-params.js';
import { testPublicKeys } from '../../support/script-keys.js';

const publicKeys = testPublicKeys(1, 2, 3);
const [a = '', b = '', c = ''] = publicKeys.map(toHex);
const params = REGTEST_ADDRESSES;

/** Sizes of an output and of the largest spend, signatures taken as 71 bytes and as 72. */
function sizesOf(text: string) {
  const parsed = parseDescriptor(text, params);
  if ('error' in parsed) throw new Error(parsed.error);
  const { descriptor } = parsed;
  const { scriptSize, maxSatisfactionElements } = descriptor;
  const weights = [false, true].map(largest => descriptor.maxSatisfactionWeight(largest));
  return { scriptSize, weights, elements: maxSatisfactionElements };
}

describe('the size of what is paid to, and of what spends it', () => {
  // A push of a signature takes 72 or 73 bytes, of a compressed key 34; out of the witness each byte weighs 4.
  it.each([
    [`pk(${a})`, 35, [72 * 4, 73 * 4], 1],
    [`pkh(${a})`, 25, [(72 + 34) * 4, (73 + 34) * 4], 2],
    [`wpkh(${a})`, 22, [72 + 34, 73 + 34], 2],
    [`multi(2,${a},${b})`, 71, [(1 + 2 * 72) * 4, (1 + 2 * 73) * 4], 3],
    [`sh(pk(${a}))`, 23, [(36 + 72) * 4, (36 + 73) * 4], 2],
    [`sh(wpkh(${a}))`, 23, [23 * 4 + 72 + 34, 23 * 4 + 73 + 34], 3],
    [`wsh(pk(${a}))`, 34, [36 + 72, 36 + 73], 2],
    [`wsh(multi(2,${a},${b},${c}))`, 34, [106 + 1 + 2 * 72, 106 + 1 + 2 * 73], 4],
    [`sh(wsh(pk(${a})))`, 23, [35 * 4 + 36 + 72, 35 * 4 + 36 + 73], 3],
    [`tr(${a})`, 34, [66, 66], 1],
    [`rawtr(${a})`, 34, [66, 66], 1],
    [`combo(${a})`, undefined, [undefined, undefined], undefined],
  ] as const)('%s', (text, scriptSize, weights, elements) => {
    expect(sizesOf(text)).toEqual({ scriptSize, weights, elements });
  });
});

const keys = publicKeys.map(publicKey => new SingleKey(publicKey, true, params));
const firstKey = defined(keys[0], 'key');

/** The one script of a node. */
function scriptOf(node: DescriptorNode): Uint8Array {
  return defined(node.expand(0, EMPTY_PROVIDER)?.scripts[0], 'script');
}

describe('a leaf of a taproot tree', () => {
  it('with one key is 34 bytes, and takes a signature of up to 65', () => {
    const node = new PkNode(firstKey, true);
    expect(scriptOf(node)).toHaveLength(node.scriptSize);
    expect([node.scriptSize, node.maxSatisfactionSize(true), node.maxSatisfactionElements]).toEqual([
      34, 66, 1,
    ]);
  });

  it.each([
    [1, false],
    [2, false],
    [3, true],
  ])('with three keys of which %i sign takes an element for each', (threshold, sorted) => {
    const node = new MultiANode(threshold, keys, sorted);
    expect(scriptOf(node)).toHaveLength(node.scriptSize);
    expect(node.maxSatisfactionSize()).toBe(66 * threshold + (3 - threshold));
    expect(node.maxSatisfactionElements).toBe(3);
    expect(node.name).toBe(sorted ? 'sortedmulti_a' : 'multi_a');
  });

  it('sorts keys by their x coordinates when told to', () => {
    const sorted = scriptOf(new MultiANode(2, keys, true));
    expect(toHex(scriptOf(new MultiANode(2, keys.toReversed(), true)))).toBe(toHex(sorted));
    const asWritten = scriptOf(new MultiANode(2, keys, false));
    expect(toHex(scriptOf(new MultiANode(2, keys.toReversed(), false)))).not.toBe(toHex(asWritten));
  });
});

describe('what cannot be satisfied', () => {
  it('has no size within another function, nor has that', () => {
    const raw = new RawNode(Uint8Array.of(0x51));
    for (const node of [new ShNode(raw), new WshNode(raw), new ShNode(new WshNode(raw))]) {
      expect(node.maxSatisfactionWeight(true)).toBeUndefined();
      expect(node.maxSatisfactionElements).toBeUndefined();
    }
    expect(new RawTrNode(firstKey).maxSatisfactionSize(true)).toBeUndefined();
  });
});
