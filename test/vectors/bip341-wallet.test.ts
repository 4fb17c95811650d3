import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/primitives/bytes.js';
import { Transaction } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';
import { scriptToAddress } from '../../src/script/address.js';
import { PrivateKey } from '../../src/script/private-key.js';
import { signInput } from '../../src/script/sign/sign-transaction.js';
import { FlatProvider } from '../../src/script/signing-provider.js';
import { buildTaproot, type TaprootLeaf, type TaprootOutput } from '../../src/script/taproot.js';
import { tapLeafHash, tapTweakHash } from '../../src/script/taproot-hash.js';
import { inferTaprootTree } from '../../src/script/taproot-tree.js';
import { p2tr } from '../../src/script/templates.js';
import { PrecomputedTxData } from '../../src/script/tx-data.js';
import { MAIN_ADDRESSES } from '../support/script-address-params.js';
import { hasShared, readSharedJson } from '../support/shared.js';

interface Leaf {
  readonly id: number;
  readonly script: string;
  readonly leafVersion: number;
}
type Tree = null | Leaf | readonly Tree[];

interface ScriptPubKeyVector {
  readonly given: { readonly internalPubkey: string; readonly scriptTree: Tree };
  readonly intermediary: {
    readonly leafHashes?: readonly string[];
    readonly merkleRoot: string | null;
    readonly tweak: string;
    readonly tweakedPubkey: string;
  };
  readonly expected: {
    readonly scriptPubKey: string;
    readonly bip350Address: string;
    readonly scriptPathControlBlocks?: readonly string[];
  };
}

interface KeyPathVector {
  readonly given: {
    readonly rawUnsignedTx: string;
    readonly utxosSpent: readonly { readonly scriptPubKey: string; readonly amountSats: number }[];
  };
  readonly inputSpending: readonly {
    readonly given: {
      readonly txinIndex: number;
      readonly internalPrivkey: string;
      readonly merkleRoot: string | null;
      readonly hashType: number;
    };
    readonly intermediary: { readonly internalPubkey: string };
    readonly expected: { readonly witness: readonly string[] };
  }[];
}

interface WalletVectors {
  readonly scriptPubKey: readonly ScriptPubKeyVector[];
  readonly keyPathSpending: readonly KeyPathVector[];
}

const vectors = hasShared
  ? readSharedJson<WalletVectors>('vectors/core/bip341_wallet_vectors.json')
  : { scriptPubKey: [], keyPathSpending: [] };

function bytes(hex: string): Uint8Array {
  return defined(fromHex(hex), 'hex');
}

function leavesOf(tree: Tree, depth = 0): (TaprootLeaf & { readonly id: number })[] {
  if (tree === null) return [];
  if (Array.isArray(tree)) return tree.flatMap((branch: Tree) => leavesOf(branch, depth + 1));
  const leaf = tree as Leaf;
  return [{ id: leaf.id, depth, leafVersion: leaf.leafVersion, script: bytes(leaf.script) }];
}

describe.skipIf(!hasShared)('BIP341 wallet vectors: outputs', () => {
  it.each(vectors.scriptPubKey)('$expected.bip350Address', ({ given, intermediary, expected }) => {
    const internalKey = bytes(given.internalPubkey);
    const leaves = leavesOf(given.scriptTree);
    const output = defined(buildTaproot(internalKey, leaves), 'output');
    expect(output.merkleRoot ? toHex(output.merkleRoot) : null).toBe(intermediary.merkleRoot);
    expect(toHex(tapTweakHash(internalKey, output.merkleRoot))).toBe(intermediary.tweak);
    expect(toHex(output.outputKey)).toBe(intermediary.tweakedPubkey);
    expect(toHex(p2tr(output.outputKey))).toBe(expected.scriptPubKey);
    expect(scriptToAddress(p2tr(output.outputKey), MAIN_ADDRESSES)).toBe(expected.bip350Address);
    for (const { id, leafVersion, script } of leaves) {
      expect(toHex(tapLeafHash(leafVersion, script))).toBe(intermediary.leafHashes?.[id]);
      const found = output.scripts.find(
        entry => toHex(entry.script) === toHex(script) && entry.leafVersion === leafVersion,
      );
      expect(found?.controlBlocks.map(toHex)).toEqual([expected.scriptPathControlBlocks?.[id]]);
    }
    const depths = (list: readonly TaprootLeaf[] | undefined) =>
      list?.map(leaf => `${leaf.depth} ${toHex(leaf.script)}`).sort();
    expect(depths(inferTaprootTree(output))).toEqual(depths(leaves));
  });
});

describe.skipIf(!hasShared)('BIP341 wallet vectors: key path spending', () => {
  const inputs = vectors.keyPathSpending.flatMap(({ given, inputSpending }) =>
    inputSpending.map(spending => ({ tx: given, ...spending })),
  );

  it.each(inputs)('input $given.txinIndex, hash type $given.hashType', vector => {
    const { txinIndex, internalPrivkey, merkleRoot, hashType } = vector.given;
    const spent = vector.tx.utxosSpent.map(({ scriptPubKey, amountSats }) => ({
      value: amountSats,
      script: bytes(scriptPubKey),
    }));
    const tx = Transaction.parse(bytes(vector.tx.rawUnsignedTx));
    const own = defined(spent[txinIndex], 'output spent');
    const provider = new FlatProvider();
    provider.addPrivateKey(defined(PrivateKey.from(bytes(internalPrivkey), true), 'key'));
    const output: TaprootOutput = {
      outputKey: own.script.subarray(2),
      internalKey: bytes(vector.intermediary.internalPubkey),
      merkleRoot: merkleRoot === null ? undefined : bytes(merkleRoot),
      scripts: [],
    };
    provider.addTaproot(output);
    const signed = signInput(tx, txinIndex, own, provider, hashType, new PrecomputedTxData(tx, spent));
    expect(signed.complete).toBe(true);
    expect(signed.witness.map(toHex)).toEqual(vector.expected.witness);
  });
});
