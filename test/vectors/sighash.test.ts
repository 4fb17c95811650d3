import { describe, expect, it } from 'vitest';
import { hashToHex, toHex } from '../../src/primitives/bytes.js';
import { Transaction } from '../../src/primitives/transaction.js';
import { legacySignatureHash, taprootSignatureHash } from '../../src/script/sighash.js';
import {
  tapBranchHash,
  tapLeafHash,
  taprootMerkleRoot,
  tapTweakHash,
} from '../../src/script/taproot-hash.js';
import { PrecomputedTxData } from '../../src/script/tx-data.js';
import { hasShared, readSharedJson } from '../support/shared.js';

const LEGACY_CASES = 500;
const TAPROOT_INPUTS = 7;
const TAPROOT_TREES = 7;

type LegacyRow = readonly [tx: string, script: string, input: number, hashType: number, hash: string];

describe.skipIf(!hasShared)('sighash.json', () => {
  it(`has the expected hash in all ${LEGACY_CASES} cases`, () => {
    const rows = readSharedJson<(LegacyRow | readonly [string])[]>('vectors/core/sighash.json');
    const cases = rows.filter(row => row.length === 5) as LegacyRow[];
    for (const [hex, script, input, hashType, expected] of cases) {
      const txdata = new PrecomputedTxData(Transaction.parse(Buffer.from(hex, 'hex')));
      const hash = legacySignatureHash(txdata, input, Buffer.from(script, 'hex'), hashType);
      expect(hashToHex(hash), `${hex} input ${input}`).toBe(expected);
    }
    expect(cases).toHaveLength(LEGACY_CASES);
    console.log(`sighash.json: ${cases.length} cases`);
  });
});

interface KeyPathVector {
  readonly given: {
    readonly rawUnsignedTx: string;
    readonly utxosSpent: readonly { readonly scriptPubKey: string; readonly amountSats: number }[];
  };
  readonly intermediary: Readonly<Record<string, string>>;
  readonly inputSpending: readonly {
    readonly given: {
      readonly txinIndex: number;
      readonly hashType: number;
      readonly merkleRoot: string | null;
    };
    readonly intermediary: {
      readonly internalPubkey: string;
      readonly tweak: string;
      readonly sigHash: string;
    };
  }[];
}

type ScriptTree = { readonly script: string; readonly leafVersion: number } | readonly ScriptTree[];

interface TreeVector {
  readonly given: { readonly internalPubkey: string; readonly scriptTree: ScriptTree | null };
  readonly intermediary: {
    readonly leafHashes?: readonly string[];
    readonly merkleRoot: string | null;
    readonly tweak: string;
  };
  readonly expected: { readonly scriptPathControlBlocks?: readonly string[] };
}

interface Bip341 {
  readonly keyPathSpending: readonly KeyPathVector[];
  readonly scriptPubKey: readonly TreeVector[];
}

function bytes(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

function treeHash(tree: ScriptTree, leaves: Uint8Array[]): Uint8Array {
  if ('script' in tree) {
    const leaf = tapLeafHash(tree.leafVersion, bytes(tree.script));
    leaves.push(leaf);
    return leaf;
  }
  const [left, right] = tree as readonly [ScriptTree, ScriptTree];
  return tapBranchHash(treeHash(left, leaves), treeHash(right, leaves));
}

describe.skipIf(!hasShared)('bip341_wallet_vectors.json', () => {
  const path = 'vectors/core/bip341_wallet_vectors.json';
  const vectors = hasShared ? readSharedJson<Bip341>(path) : { keyPathSpending: [], scriptPubKey: [] };

  it('has the expected midstates and key path hashes', () => {
    let inputs = 0;
    for (const { given, intermediary, inputSpending } of vectors.keyPathSpending) {
      const spent = given.utxosSpent.map(utxo => ({
        value: utxo.amountSats,
        script: bytes(utxo.scriptPubKey),
      }));
      const txdata = new PrecomputedTxData(Transaction.parse(bytes(given.rawUnsignedTx)), spent);
      expect(toHex(txdata.shaAmounts ?? bytes(''))).toBe(intermediary.hashAmounts);
      expect(toHex(txdata.shaScriptPubKeys ?? bytes(''))).toBe(intermediary.hashScriptPubkeys);
      expect(toHex(txdata.shaPrevouts)).toBe(intermediary.hashPrevouts);
      expect(toHex(txdata.shaSequences)).toBe(intermediary.hashSequences);
      expect(toHex(txdata.shaOutputs)).toBe(intermediary.hashOutputs);
      for (const input of inputSpending) {
        const { txinIndex, hashType } = input.given;
        const hash = taprootSignatureHash(txdata, txinIndex, hashType, {});
        expect(hash && toHex(hash), `input ${txinIndex}`).toBe(input.intermediary.sigHash);
        inputs++;
      }
    }
    expect(inputs).toBe(TAPROOT_INPUTS);
    expect(vectors.scriptPubKey).toHaveLength(TAPROOT_TREES);
    console.log(`bip341_wallet_vectors.json: ${inputs} inputs, ${vectors.scriptPubKey.length} trees`);
  });

  it('has the expected leaf hashes, roots and tweaks, which the control blocks prove', () => {
    for (const { given, intermediary, expected } of vectors.scriptPubKey) {
      const leaves: Uint8Array[] = [];
      const root = given.scriptTree === null ? undefined : treeHash(given.scriptTree, leaves);
      expect(leaves.map(toHex)).toEqual(intermediary.leafHashes ?? []);
      expect(root === undefined ? null : toHex(root)).toBe(intermediary.merkleRoot);
      expect(toHex(tapTweakHash(bytes(given.internalPubkey), root))).toBe(intermediary.tweak);
      for (const [i, block] of (expected.scriptPathControlBlocks ?? []).entries()) {
        const proved = taprootMerkleRoot(bytes(block), leaves[i] ?? bytes(''));
        expect(toHex(proved)).toBe(intermediary.merkleRoot);
      }
    }
  });
});
