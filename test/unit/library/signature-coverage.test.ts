import { describe, expect, it } from 'vitest';
import { hash160, sha256 } from '../../../src/crypto/hash.js';
import { signEcdsa, xOnly } from '../../../src/crypto/keys.js';
import {
  CONSENSUS_SCRIPT_FLAGS,
  type ParsedTransaction,
  type Prevout,
  parseTransaction,
  verifyInput,
} from '../../../src/library/index.js';
import { Transaction } from '../../../src/primitives/transaction.js';
import { defined } from '../../../src/runtime/errors.js';
import { ScriptBuilder } from '../../../src/script/build.js';
import { SigHash } from '../../../src/script/hash-type.js';
import { signTransaction } from '../../../src/script/sign/sign-transaction.js';
import { FlatProvider } from '../../../src/script/signing-provider.js';
import { multisig, p2pk, p2pkh, p2sh, p2tr, p2wpkh, p2wsh } from '../../../src/script/templates.js';
import { testKey, testPublicKeys } from '../../support/script-keys.js';
import {
  CHANGES,
  changedPrevout,
  kindName,
  type Spend,
  verdictOnOthers,
  verdictOnOwn,
} from '../../support/signature-coverage.js';
import { input, output } from '../../support/transactions.js';

const key = testKey(1);
const keyHash = hash160(key.publicKey);
const keys = multisig(2, testPublicKeys(1, 2));
const nestedKey = p2wpkh(keyHash);
const nestedScript = p2wsh(sha256(keys));

/** An output of every kind that one or two keys can sign for. */
const SCRIPTS: readonly (readonly [kind: string, script: Uint8Array])[] = [
  ['p2pk', p2pk(key.publicKey)],
  ['p2pkh', p2pkh(keyHash)],
  ['multisig', keys],
  ['p2sh', p2sh(hash160(keys))],
  ['p2wpkh', nestedKey],
  ['p2wsh', nestedScript],
  ['p2sh-p2wpkh', p2sh(hash160(nestedKey))],
  ['p2sh-p2wsh', p2sh(hash160(nestedScript))],
  ['p2tr', p2tr(xOnly(key.publicKey))],
];

const PREVOUTS: readonly Prevout[] = SCRIPTS.map(([, script], i) => ({ value: 10_000 + i, script }));

const HASH_TYPES = [SigHash.ALL, SigHash.NONE, SigHash.SINGLE].flatMap(type => [
  type,
  type | SigHash.ANYONECANPAY,
]);

/** A transaction with an input for each of the scripts and as many outputs, signed with one hash type. */
function signedTransaction(hashType: number): ParsedTransaction {
  const provider = new FlatProvider();
  for (const seed of [1, 2]) provider.addPrivateKey(testKey(seed));
  for (const script of [keys, nestedKey, nestedScript]) provider.addScript(script);
  const parts = {
    version: 2,
    inputs: SCRIPTS.map((_, i) => input({}, i)),
    outputs: SCRIPTS.map((_, i) => output(i)),
    lockTime: 0,
  };
  const { tx, errors } = signTransaction(parts, ({ txid }) => PREVOUTS[txid[0] ?? -1], provider, hashType);
  expect([...errors]).toEqual([]);
  return parseTransaction(tx.raw);
}

function verdict(tx: ParsedTransaction, inputIndex: number, prevouts: readonly Prevout[]): string {
  const flags = CONSENSUS_SCRIPT_FLAGS;
  const result = verifyInput({ tx: tx.bytes, inputIndex, prevouts, flags });
  return result.ok ? 'OK' : result.error;
}

function spendsOf(tx: ParsedTransaction, prevouts: readonly Prevout[]): Spend[] {
  return tx.inputs.map(({ scriptSig, witness }, i) => ({
    prevout: defined(prevouts[i], 'prevout'),
    scriptSig,
    witness,
    hasOutput: i < tx.outputs.length,
  }));
}

/** Changes each prevout in each way, and compares the verdicts on all inputs with what signatures are known to cover. */
function compareAll(tx: ParsedTransaction, prevouts: readonly Prevout[]): number {
  const spends = spendsOf(tx, prevouts);
  expect(spends.map((_, i) => verdict(tx, i, prevouts))).toEqual(spends.map(() => 'OK'));
  let changes = 0;
  for (const [changed, { prevout }] of spends.entries()) {
    for (const change of CHANGES) {
      const others = prevouts.with(changed, defined(changedPrevout(prevout, change), 'changed prevout'));
      const verdicts = spends.map((_, i) => verdict(tx, i, others));
      const known = spends.map((spend, i) =>
        i === changed ? verdictOnOwn(spend, change) : verdictOnOthers(spend),
      );
      expect(verdicts, `${change} of ${kindName(defined(spends[changed], 'spend'))}`).toEqual(known);
      changes++;
    }
  }
  return changes;
}

describe('what signatures cover of the outputs that are spent', () => {
  it.each(HASH_TYPES)('is what the BIPs say, in inputs of every kind, with hash type %i', hashType => {
    const tx = signedTransaction(hashType);
    expect(spendsOf(tx, PREVOUTS).map(kindName)).toEqual(SCRIPTS.map(([kind]) => kind));
    expect(compareAll(tx, PREVOUTS)).toBe(SCRIPTS.length * CHANGES.length);
  });

  it.each([SigHash.SINGLE, SigHash.SINGLE | SigHash.ANYONECANPAY])(
    'is nothing for hash type %i without an output: the number 1 is signed',
    hashType => {
      const one = new Uint8Array(32).fill(1, 0, 1);
      const signature = Uint8Array.from([...signEcdsa(key.secret, one), hashType]);
      const scriptSig = new ScriptBuilder().pushData(signature).pushData(key.publicKey).finish();
      const inputs = [input({ scriptSig }, 0), input({ scriptSig }, 1)];
      const tx = parseTransaction(Transaction.from({ version: 2, inputs, outputs: [], lockTime: 0 }).raw);
      const prevouts = inputs.map(() => ({ value: 1, script: p2pkh(keyHash) }));
      expect(compareAll(tx, prevouts)).toBe(2 * CHANGES.length);
      const loose = defined(spendsOf(tx, prevouts)[0], 'spend');
      expect(CHANGES.map(change => verdictOnOwn(loose, change))).toEqual(['OK', 'EQUALVERIFY', 'OK']);
    },
  );
});
