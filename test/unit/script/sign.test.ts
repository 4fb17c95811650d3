import { describe, expect, it } from 'vitest';
import { hash160, sha256 } from '../../../src/crypto/hash.js';
import { xOnly } from '../../../src/crypto/keys.js';
import { MAX_MONEY } from '../../../src/primitives/amount.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { Transaction, type TxParts } from '../../../src/primitives/transaction.js';
import { defined } from '../../../src/runtime/errors.js';
import { SigHash } from '../../../src/script/hash-type.js';
import { TAPROOT_LEAF_TAPSCRIPT } from '../../../src/script/limits.js';
import { isSegwitOutput, maxScriptInputWeight } from '../../../src/script/sign/input-weight.js';
import { produceSignature } from '../../../src/script/sign/produce.js';
import {
  combineInput,
  type SignedTransaction,
  signTransaction,
} from '../../../src/script/sign/sign-transaction.js';
import { DummySigner } from '../../../src/script/sign/signature-creator.js';
import { SignatureData } from '../../../src/script/sign/signature-data.js';
import {
  CombinedProvider,
  EMPTY_PROVIDER,
  FlatProvider,
  HidingProvider,
  type SigningProvider,
} from '../../../src/script/signing-provider.js';
import { buildTaproot } from '../../../src/script/taproot.js';
import {
  multiA,
  multisig,
  p2pk,
  p2pkh,
  p2sh,
  p2tr,
  p2wpkh,
  p2wsh,
  witnessProgram,
} from '../../../src/script/templates.js';
import { REGTEST_ADDRESSES } from '../../support/script-address-params.js';
import { testKey, testPublicKeys } from '../../support/script-keys.js';
import { input, output } from '../../support/transactions.js';

const VALUE = 100_000;
const parts: TxParts = { version: 2, inputs: [input()], outputs: [output(90_000)], lockTime: 0 };

function providerOf(seeds: readonly number[], scripts: readonly Uint8Array[] = []): FlatProvider {
  const provider = new FlatProvider();
  for (const seed of seeds) provider.addPrivateKey(testKey(seed));
  for (const script of scripts) provider.addScript(script);
  return provider;
}

function sign(
  script: Uint8Array,
  provider: SigningProvider,
  hashType: number = SigHash.ALL,
  from: TxParts = parts,
): SignedTransaction {
  return signTransaction(from, () => ({ value: VALUE, script }), provider, hashType);
}

function partsOf(tx: Transaction): TxParts {
  return { version: tx.version, inputs: tx.inputs, outputs: tx.outputs, lockTime: tx.lockTime };
}

const keyOf = (seed: number) => testKey(seed).publicKey;
const keyHash = hash160(keyOf(1));
const twoOfThree = multisig(2, testPublicKeys(1, 2, 3));
const nestedKey = p2wpkh(keyHash);
const nestedScript = p2wsh(sha256(twoOfThree));

/** Every standard way to pay, with the scripts that spending needs. */
const TEMPLATES: readonly (readonly [name: string, script: Uint8Array, inner: readonly Uint8Array[]])[] = [
  ['P2PK', p2pk(keyOf(1)), []],
  ['P2PKH', p2pkh(keyHash), []],
  ['bare multisig', twoOfThree, []],
  ['P2SH of P2PKH', p2sh(hash160(p2pkh(keyHash))), [p2pkh(keyHash)]],
  ['P2SH of multisig', p2sh(hash160(twoOfThree)), [twoOfThree]],
  ['P2WPKH', nestedKey, []],
  ['P2SH of P2WPKH', p2sh(hash160(nestedKey)), [nestedKey]],
  ['P2WSH of multisig', nestedScript, [twoOfThree]],
  ['P2WSH of P2PK', p2wsh(sha256(p2pk(keyOf(1)))), [p2pk(keyOf(1))]],
  ['P2SH of P2WSH of multisig', p2sh(hash160(nestedScript)), [nestedScript, twoOfThree]],
];

describe('signing of standard outputs', () => {
  const hashTypes = [SigHash.DEFAULT, SigHash.ALL, SigHash.NONE, SigHash.SINGLE | SigHash.ANYONECANPAY];

  it.each(TEMPLATES)('%s is complete with all keys and scripts', (_, script, inner) => {
    const provider = providerOf([1, 2], inner);
    for (const hashType of hashTypes) {
      const signed = sign(script, provider, hashType);
      expect([...signed.errors]).toEqual([]);
      expect(signed.complete).toBe(true);
      expect(sign(script, provider, hashType).tx.equals(signed.tx)).toBe(true);
    }
  });

  it('a transaction is signed like the parts of one', () => {
    const ofParts = sign(nestedKey, providerOf([1]));
    const ofTransaction = sign(nestedKey, providerOf([1]), SigHash.ALL, Transaction.from(parts));
    expect(ofTransaction.tx.equals(ofParts.tx)).toBe(true);
  });

  it.each(TEMPLATES)('%s weighs no more than foretold', (_, script, inner) => {
    const provider = providerOf([1, 2, 3], inner);
    const { tx } = sign(script, provider);
    const without = Transaction.from({ ...parts, inputs: [] }).weight;
    const most = maxScriptInputWeight(script, provider, REGTEST_ADDRESSES, {
      inSegwitTransaction: tx.hasWitness,
    });
    const weight = tx.weight - without - (tx.hasWitness ? 2 : 0);
    // Core's bound forgets the OP_PUSHDATA1 before a redeem script of more than 75 bytes.
    const push = script.length === 23 && (inner[0]?.length ?? 0) > 75 ? 4 : 0;
    expect(weight).toBeLessThanOrEqual(defined(most, 'weight') + push);
    // Each signature may be a byte or two shorter than the bound.
    expect(weight).toBeGreaterThanOrEqual(defined(most, 'weight') - 4 * 6);
    expect(isSegwitOutput(script, provider)).toBe(tx.hasWitness);
  });

  it.each(TEMPLATES)('%s is solvable by a dummy without private keys', (_, script, inner) => {
    const provider = new HidingProvider(providerOf([1, 2, 3], inner), { privateKeys: true, origins: false });
    for (const maximum of [false, true])
      expect(produceSignature(provider, new DummySigner(maximum), script, new SignatureData())).toBe(true);
    expect(sign(script, provider).complete).toBe(false);
  });

  it('has the bounds of Core', () => {
    const weight = (script: Uint8Array, inner: Uint8Array[] = [], useMaxSignature = false) =>
      maxScriptInputWeight(script, providerOf([1], inner), REGTEST_ADDRESSES, { useMaxSignature });
    // (41 + 106) · 4 + 1, 41 · 4 + 107, (41 + 23) · 4 + 107, 41 · 4 + 67
    expect(weight(p2pkh(keyHash))).toBe(589);
    expect(weight(nestedKey)).toBe(271);
    expect(weight(p2sh(hash160(nestedKey)), [nestedKey])).toBe(363);
    expect(weight(nestedKey, [], true)).toBe(272);
    expect(weight(p2tr(xOnly(keyOf(1))))).toBe(231);
    expect(weight(p2wsh(new Uint8Array(32)))).toBeUndefined();
  });

  it('leaves an input that is complete as it is', () => {
    const first = sign(nestedKey, providerOf([1])).tx;
    const again = sign(nestedKey, EMPTY_PROVIDER, SigHash.ALL, partsOf(first));
    expect(again.complete).toBe(true);
    expect(again.tx.equals(first)).toBe(true);
  });

  it('takes anchors without any key', () => {
    const signed = sign(witnessProgram(1, Uint8Array.of(0x4e, 0x73)), EMPTY_PROVIDER);
    expect(signed.complete).toBe(true);
    expect(signed.tx.hasWitness).toBe(false);
  });
});

describe('inputs that cannot be signed', () => {
  const errorOf = (signed: SignedTransaction) => signed.errors.get(0);

  it('say what is missing, in the words of Core', () => {
    expect(errorOf(signTransaction(parts, () => undefined, EMPTY_PROVIDER, SigHash.ALL))).toBe(
      'Input not found or already spent',
    );
    expect(errorOf(sign(p2pkh(keyHash), EMPTY_PROVIDER))).toBe(
      'Unable to sign input, invalid stack size (possibly missing key)',
    );
    expect(errorOf(sign(nestedKey, EMPTY_PROVIDER))).toBe('Witness program hash mismatch');
    expect(errorOf(sign(p2sh(keyHash), EMPTY_PROVIDER))).toBe(
      'Unable to sign input, invalid stack size (possibly missing key)',
    );
    expect(errorOf(sign(twoOfThree, providerOf([1])))).toBe(
      'CHECK(MULTI)SIG failing with non-zero signature (possibly need more signatures)',
    );
    expect(errorOf(sign(Uint8Array.of(0x6a), EMPTY_PROVIDER))).toBe('OP_RETURN was encountered');
  });

  it('include segwit ones whose amount is not known', () => {
    const signed = signTransaction(
      parts,
      () => ({ value: MAX_MONEY, script: nestedKey }),
      providerOf([1]),
      SigHash.ALL,
    );
    expect(errorOf(signed)).toBe('Missing amount');
  });

  it('include segwit ones with an uncompressed key', () => {
    const provider = new FlatProvider();
    provider.addPrivateKey(testKey(1, false));
    expect(sign(p2wpkh(hash160(testKey(1, false).publicKey)), provider).complete).toBe(false);
    expect(sign(p2pkh(hash160(testKey(1, false).publicKey)), provider).complete).toBe(true);
  });

  it('include SINGLE without an output to go with', () => {
    const two = { ...parts, inputs: [input(), input({}, 2)] };
    const signed = sign(p2pkh(keyHash), providerOf([1]), SigHash.SINGLE, two);
    expect([...signed.errors.keys()]).toEqual([1]);
    expect(signed.tx.inputs[1]?.scriptSig.length).toBe(0);
  });

  it('are noted for PSBTs', () => {
    const data = new SignatureData();
    produceSignature(EMPTY_PROVIDER, new DummySigner(), p2pkh(keyHash), data);
    expect(data.missingPublicKeys.map(toHex)).toEqual([toHex(keyHash)]);
    produceSignature(EMPTY_PROVIDER, new DummySigner(), p2sh(keyHash), data);
    expect(data.missingRedeemScript && toHex(data.missingRedeemScript)).toBe(toHex(keyHash));
    produceSignature(EMPTY_PROVIDER, new DummySigner(), nestedScript, data);
    expect(data.missingWitnessScript && toHex(data.missingWitnessScript)).toBe(toHex(sha256(twoOfThree)));
  });
});

describe('multisig signed in turn', () => {
  const multisigs = TEMPLATES.filter(([name]) => name.includes('multisig'));

  it.each(multisigs)('%s: each signer adds to what is there, in any order', (_, script, inner) => {
    for (const [first, second] of [
      [1, 3],
      [3, 1],
    ] as const) {
      const half = sign(script, providerOf([first], inner));
      expect(half.complete).toBe(false);
      const whole = sign(script, providerOf([second], inner), SigHash.ALL, partsOf(half.tx));
      expect(whole.complete).toBe(true);
    }
  });

  it.each(multisigs)('%s: copies signed apart are combined', (_, script, inner) => {
    const copies = [2, 3].map(seed => sign(script, providerOf([seed], inner)).tx);
    const combined = combineInput(copies, 0, { value: VALUE, script });
    expect(combined.complete).toBe(true);
    const both = sign(script, providerOf([2, 3], inner)).tx.inputs[0];
    expect(toHex(combined.scriptSig)).toBe(both && toHex(both.scriptSig));
    expect(combined.witness.map(toHex)).toEqual(both?.witness.map(toHex));
  });

  it('uses the first keys when there are more than needed', () => {
    const data = new SignatureData();
    const all = providerOf([1, 2, 3]);
    produceSignature(all, new DummySigner(), twoOfThree, data);
    expect(data.signatures.size).toBe(3);
    expect(sign(twoOfThree, all).tx.equals(sign(twoOfThree, providerOf([1, 2])).tx)).toBe(true);
  });
});

describe('signing of taproot', () => {
  const internalKey = xOnly(keyOf(1));
  const x = (seed: number) => xOnly(keyOf(seed));
  const leaf = (depth: number, script: Uint8Array) => ({
    depth,
    leafVersion: TAPROOT_LEAF_TAPSCRIPT,
    script,
  });
  const tree = defined(
    buildTaproot(internalKey, [
      leaf(1, p2pk(x(2))),
      leaf(2, multiA(2, [x(3), x(4), x(5)])),
      leaf(2, p2pk(x(6))),
    ]),
    'tree',
  );
  const script = p2tr(tree.outputKey);

  function taprootProvider(...seeds: number[]): SigningProvider {
    const known = new FlatProvider();
    known.addTaproot(tree);
    return new CombinedProvider([providerOf(seeds), known]);
  }

  it('prefers the key path', () => {
    const signed = sign(script, taprootProvider(1, 2, 3, 4), SigHash.DEFAULT);
    expect(signed.complete).toBe(true);
    expect(signed.tx.inputs[0]?.witness.map(item => item.length)).toEqual([64]);
    const all = sign(script, taprootProvider(1), SigHash.ALL);
    expect(all.tx.inputs[0]?.witness.map(item => item.length)).toEqual([65]);
  });

  it('signs with the output key itself', () => {
    const signed = sign(p2tr(x(7)), providerOf([7]), SigHash.DEFAULT);
    expect(signed.complete).toBe(true);
  });

  it('takes the smallest leaf whose keys are there', () => {
    const leaves: [seeds: number[], lengths: number[]][] = [
      [[2], [64, 34, 65]],
      [[6], [64, 34, 97]],
      [
        [2, 6],
        [64, 34, 65],
      ],
      [
        [3, 4],
        [0, 64, 64, 104, 97],
      ],
      [
        [3, 4, 5],
        [64, 64, 0, 104, 97],
      ],
    ];
    for (const [seeds, lengths] of leaves) {
      const signed = sign(script, taprootProvider(...seeds), SigHash.DEFAULT);
      expect([...signed.errors]).toEqual([]);
      expect(signed.tx.inputs[0]?.witness.map(item => item.length)).toEqual(lengths);
    }
    expect(sign(script, taprootProvider(3), SigHash.DEFAULT).complete).toBe(false);
  });

  it('needs to know all outputs spent', () => {
    const two = { ...parts, inputs: [input(), input({}, 2)] };
    const signed = signTransaction(
      two,
      ({ txid }) => (txid[0] === 1 ? { value: VALUE, script } : undefined),
      taprootProvider(1),
      SigHash.DEFAULT,
    );
    expect([...signed.errors.keys()]).toEqual([0, 1]);
  });

  it('keeps a signature that is there', () => {
    const first = sign(script, taprootProvider(1), SigHash.DEFAULT).tx;
    const again = sign(script, EMPTY_PROVIDER, SigHash.DEFAULT, partsOf(first));
    expect(again.complete).toBe(true);
    expect(again.tx.equals(first)).toBe(true);
  });
});
