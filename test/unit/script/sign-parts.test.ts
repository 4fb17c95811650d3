import { describe, expect, it } from 'vitest';
import { hash160, sha256 } from '../../../src/crypto/hash.js';
import { signEcdsa, xOnly } from '../../../src/crypto/keys.js';
import { EMPTY_BYTES, hashKey, toHex } from '../../../src/primitives/bytes.js';
import { Transaction } from '../../../src/primitives/transaction.js';
import { defined } from '../../../src/runtime/errors.js';
import { ScriptBuilder } from '../../../src/script/build.js';
import { MANDATORY_SCRIPT_FLAGS } from '../../../src/script/flags.js';
import { SigHash } from '../../../src/script/hash-type.js';
import { TAPROOT_LEAF_TAPSCRIPT } from '../../../src/script/limits.js';
import { Op } from '../../../src/script/opcodes.js';
import { SigVersion } from '../../../src/script/sig-version.js';
import { legacySignatureHash } from '../../../src/script/sighash.js';
import { extractSignatureData } from '../../../src/script/sign/extract.js';
import { produceSignature } from '../../../src/script/sign/produce.js';
import { signTransaction } from '../../../src/script/sign/sign-transaction.js';
import { DummySigner, TransactionSigner } from '../../../src/script/sign/signature-creator.js';
import { SignatureData } from '../../../src/script/sign/signature-data.js';
import { EMPTY_PROVIDER, FlatProvider } from '../../../src/script/signing-provider.js';
import { buildTaproot, type TaprootOutput } from '../../../src/script/taproot.js';
import { tapLeafHash } from '../../../src/script/taproot-hash.js';
import {
  multisig,
  p2pk,
  p2pkh,
  p2sh,
  p2tr,
  p2wpkh,
  p2wsh,
  witnessProgram,
} from '../../../src/script/templates.js';
import { PrecomputedTxData } from '../../../src/script/tx-data.js';
import { evalScript, verifyScript } from '../../../src/script/verify.js';
import { parseScriptAsm } from '../../support/script-asm.js';
import { testKey, testPublicKeys } from '../../support/script-keys.js';
import { input, output } from '../../support/transactions.js';

const key = testKey(1);
const keyHash = hash160(key.publicKey);
const internalKey = xOnly(key.publicKey);

function providerOf(...scripts: Uint8Array[]): FlatProvider {
  const provider = new FlatProvider();
  provider.addPrivateKey(key);
  for (const script of scripts) provider.addScript(script);
  return provider;
}

/** What signing with placeholders makes of a script. */
function dummySigned(script: Uint8Array, provider = providerOf(), data = new SignatureData()) {
  const complete = produceSignature(provider, new DummySigner(), script, data);
  return { complete, scriptSig: toHex(data.scriptSig), witness: data.witness.map(toHex), data };
}

describe('a P2SH input', () => {
  it('pushes a redeem script of one byte in the shortest way', () => {
    const pushOf = (redeemScript: Uint8Array) =>
      dummySigned(p2sh(hash160(redeemScript)), providerOf(redeemScript)).scriptSig;
    expect(pushOf(Uint8Array.of(Op.OP_1))).toBe('0151');
    expect(pushOf(Uint8Array.of(1))).toBe('51');
    expect(pushOf(Uint8Array.of(16))).toBe('60');
    expect(pushOf(Uint8Array.of(17))).toBe('0111');
    expect(pushOf(Uint8Array.of(0x81))).toBe('4f');
    expect(pushOf(Uint8Array.of(0))).toBe('0100');
  });

  it('is not complete with P2SH in it, even if all scripts are known', () => {
    const inner = p2pk(key.publicKey);
    const outer = p2sh(hash160(inner));
    const { complete, data } = dummySigned(p2sh(hash160(outer)), providerOf(inner, outer));
    expect(complete).toBe(false);
    expect(data.redeemScript && toHex(data.redeemScript)).toBe(toHex(outer));
  });

  it('knows an anchor that is nested for what it is: a program that anyone may spend', () => {
    const anchor = witnessProgram(1, Uint8Array.of(0x4e, 0x73));
    expect(dummySigned(anchor)).toMatchObject({ complete: true, scriptSig: '', witness: [] });
  });
});

describe('a P2WSH input', () => {
  it.each([
    ['P2SH', p2sh(hash160(p2pk(key.publicKey)))],
    ['P2WSH', p2wsh(sha256(p2pk(key.publicKey)))],
    ['P2WPKH', p2wpkh(keyHash)],
  ])('is not complete with %s in it', (_, inner) => {
    const provider = providerOf(inner, p2pk(key.publicKey));
    expect(dummySigned(p2wsh(sha256(inner)), provider).complete).toBe(false);
  });
});

describe('a public key that is asked for by its hash', () => {
  it('is taken from signatures, origins and x-only keys at hand, then from the provider', () => {
    const script = p2pkh(keyHash);
    const id = hashKey(keyHash);
    const withSignature = new SignatureData();
    withSignature.signatures.set(id, { publicKey: key.publicKey, signature: new Uint8Array(71) });
    expect(dummySigned(script, new FlatProvider(), withSignature).data.missingPublicKeys).toEqual([]);
    const withOrigin = new SignatureData();
    const origin = { fingerprint: new Uint8Array(4), path: [] };
    withOrigin.keyOrigins.set(id, { publicKey: key.publicKey, origin });
    expect(dummySigned(script, new FlatProvider(), withOrigin).complete).toBe(true);
    expect(dummySigned(script, providerOf()).complete).toBe(true);
    expect(dummySigned(script, new FlatProvider()).data.missingPublicKeys).toEqual([keyHash]);
  });

  it('is, of an x-only key, the even one', () => {
    const evenKey = Uint8Array.of(2, ...internalKey);
    const data = new SignatureData();
    data.xOnlyKeys.set(hashKey(hash160(evenKey)), internalKey);
    const signed = dummySigned(p2pkh(hash160(evenKey)), new FlatProvider(), data);
    expect(signed.complete).toBe(true);
    expect(signed.scriptSig.endsWith(toHex(evenKey))).toBe(true);
  });
});

describe('placeholders', () => {
  it('stand for Schnorr signatures, too', () => {
    expect(dummySigned(p2tr(internalKey))).toMatchObject({ complete: true, witness: ['00'.repeat(64)] });
  });

  it('are taken for any signature that is not empty, under any lock time', () => {
    const { checker } = new DummySigner();
    const spend = (signature: Uint8Array) =>
      verifyScript(EMPTY_BYTES, p2tr(internalKey), [signature], MANDATORY_SCRIPT_FLAGS, checker);
    expect(spend(Uint8Array.of(1))).toBe('OK');
    expect(spend(EMPTY_BYTES)).toBe('SCHNORR_SIG');
    const locked = parseScriptAsm('5 CHECKLOCKTIMEVERIFY 7 CHECKSEQUENCEVERIFY');
    expect(evalScript([], locked, MANDATORY_SCRIPT_FLAGS, checker, SigVersion.BASE)).toBe('OK');
  });
});

describe('what an input already has', () => {
  /** A transaction with one input, signed by hand: each signature over the script, pushed in order. */
  function signedByHand(script: Uint8Array, signatures: number, sequence = 10): Transaction {
    const parts = { version: 2, inputs: [input({ sequence })], outputs: [output(1)], lockTime: 600 };
    const hash = legacySignatureHash(new PrecomputedTxData(Transaction.from(parts)), 0, script, SigHash.ALL);
    const builder = new ScriptBuilder();
    for (let i = 0; i < signatures; i++) {
      builder.pushData(Uint8Array.of(...signEcdsa(key.secret, hash), SigHash.ALL));
    }
    return Transaction.from({ ...parts, inputs: [input({ sequence, scriptSig: builder.finish() })] });
  }

  it('is complete under the lock times that its script asks for', () => {
    const script = new ScriptBuilder()
      .raw(parseScriptAsm('500 CHECKLOCKTIMEVERIFY DROP 10 CHECKSEQUENCEVERIFY DROP'))
      .raw(p2pk(key.publicKey))
      .finish();
    expect(extractSignatureData(signedByHand(script, 1), 0, { value: 1, script }).complete).toBe(true);
    const tooEarly = signedByHand(script, 1, 9);
    expect(extractSignatureData(tooEarly, 0, { value: 1, script }).complete).toBe(false);
  });

  it('has a signature once, even if it is checked twice', () => {
    const script = new ScriptBuilder()
      .pushData(key.publicKey)
      .op(Op.OP_CHECKSIGVERIFY)
      .raw(p2pk(key.publicKey))
      .finish();
    const data = extractSignatureData(signedByHand(script, 2), 0, { value: 1, script });
    expect(data.complete).toBe(true);
    expect([...data.signatures.keys()]).toEqual([hashKey(keyHash)]);
  });
});

describe('what two copies of an input have', () => {
  const [first = EMPTY_BYTES, second = EMPTY_BYTES] = testPublicKeys(1, 2);
  const script = multisig(2, [first, second]);

  function withSignature(publicKey: Uint8Array, byte: number): SignatureData {
    const data = new SignatureData();
    data.signatures.set(hashKey(hash160(publicKey)), { publicKey, signature: Uint8Array.of(byte) });
    return data;
  }

  it('is put together; the first one counts where both have a signature', () => {
    const data = withSignature(first, 1);
    data.merge(withSignature(first, 2));
    data.merge(withSignature(second, 3));
    expect([...data.signatures.values()].map(({ signature }) => signature[0])).toEqual([1, 3]);
    const scripts = new SignatureData();
    scripts.redeemScript = script;
    scripts.witnessScript = script;
    data.merge(scripts);
    expect([data.redeemScript, data.witnessScript]).toEqual([script, script]);
  });

  it('is all there when one of them is complete, and nothing is added to that', () => {
    const complete = new SignatureData();
    complete.complete = true;
    complete.isWitness = true;
    complete.witness = [Uint8Array.of(9)];
    complete.scriptSig = Uint8Array.of(8);
    const data = withSignature(first, 1);
    data.merge(complete);
    expect([data.complete, data.isWitness]).toEqual([true, true]);
    expect([data.witness, data.scriptSig]).toEqual([[Uint8Array.of(9)], Uint8Array.of(8)]);
    complete.merge(withSignature(second, 3));
    expect(complete.signatures.size).toBe(0);
  });
});

describe('the leaves of a taproot output', () => {
  const other = xOnly(testKey(2).publicKey);
  const script = p2pk(internalKey);
  const parts = { version: 2, inputs: [input()], outputs: [output(1)], lockTime: 0 };

  function outputOf(leafScript: Uint8Array, leafVersion: number = TAPROOT_LEAF_TAPSCRIPT): TaprootOutput {
    return defined(buildTaproot(other, [{ depth: 0, leafVersion, script: leafScript }]), 'output');
  }

  function sign(taproot: TaprootOutput): boolean {
    const provider = providerOf();
    provider.addTaproot(taproot);
    const spent = { value: 5, script: p2tr(taproot.outputKey) };
    return signTransaction(parts, () => spent, provider, SigHash.DEFAULT).complete;
  }

  it('are signed if they are tapscripts of a known form with a control block', () => {
    expect(sign(outputOf(script))).toBe(true);
    expect(sign(outputOf(script, 0xc2))).toBe(false);
    expect(sign(outputOf(parseScriptAsm('1')))).toBe(false);
    const taproot = outputOf(script);
    const scripts = taproot.scripts.map(each => ({ ...each, controlBlocks: [] }));
    expect(sign({ ...taproot, scripts })).toBe(false);
  });

  it('take a signature that is there already, for which no key is needed', () => {
    const taproot = outputOf(script);
    const tx = Transaction.from(parts);
    const spent = { value: 5, script: p2tr(taproot.outputKey) };
    const signer = new TransactionSigner(tx, 0, spent, new PrecomputedTxData(tx, [spent]), SigHash.DEFAULT);
    const knowing = (provider: FlatProvider) => {
      provider.addTaproot(taproot);
      return provider;
    };
    const signed = new SignatureData();
    expect(produceSignature(knowing(providerOf()), signer, spent.script, signed)).toBe(true);
    const received = new SignatureData();
    for (const [id, each] of signed.taprootScriptSignatures) received.taprootScriptSignatures.set(id, each);
    expect([...received.taprootScriptSignatures.values()].map(({ leafHash }) => toHex(leafHash))).toEqual([
      toHex(tapLeafHash(TAPROOT_LEAF_TAPSCRIPT, script)),
    ]);
    expect(produceSignature(knowing(new FlatProvider()), signer, spent.script, received)).toBe(true);
    expect(produceSignature(EMPTY_PROVIDER, signer, spent.script, new SignatureData())).toBe(false);
  });
});
