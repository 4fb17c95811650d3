import { describe, expect, it } from 'vitest';
import { Reader } from '../../src/primitives/codec.js';
import { Transaction, type TxOutput } from '../../src/primitives/transaction.js';
import { TransactionChecker } from '../../src/script/checker.js';
import { ScriptFlag, type ScriptFlags } from '../../src/script/flags.js';
import { BoundedSignatureCache } from '../../src/script/signature-cache.js';
import { PrecomputedTxData } from '../../src/script/tx-data.js';
import { verifyScript } from '../../src/script/verify.js';
import { libraryVerdict } from '../support/library-verdict.js';
import { parseScriptFlags } from '../support/script-flags.js';
import { hasShared, readSharedJson } from '../support/shared.js';

const CASES = 2760;
const SUCCESSES = 2760;
const FAILURES = 2483;

/** Whole groups of cases, so that a failure says where to look and no test runs long. */
const CASES_PER_TEST = 460;

interface Spend {
  readonly scriptSig: string;
  readonly witness: readonly string[];
}

interface AssetCase {
  readonly tx: string;
  readonly prevouts: readonly string[];
  readonly index: number;
  readonly flags: string;
  readonly comment: string;
  readonly final?: boolean;
  readonly success?: Spend;
  readonly failure?: Spend;
}

const CONSENSUS_FLAGS = [
  ScriptFlag.P2SH,
  ScriptFlag.DERSIG,
  ScriptFlag.NULLDUMMY,
  ScriptFlag.CHECKLOCKTIMEVERIFY,
  ScriptFlag.CHECKSEQUENCEVERIFY,
  ScriptFlag.WITNESS,
  ScriptFlag.TAPROOT,
];

/** Every set of flags of consensus in which WITNESS comes with P2SH and TAPROOT with WITNESS. */
const FLAG_SETS: readonly ScriptFlags[] = Array.from({ length: 2 ** CONSENSUS_FLAGS.length }, (_, bits) =>
  CONSENSUS_FLAGS.reduce((flags: number, flag, i) => ((bits >> i) & 1 ? flags | flag : flags), 0),
).filter(flags => {
  if (flags & ScriptFlag.WITNESS && !(flags & ScriptFlag.P2SH)) return false;
  return !(flags & ScriptFlag.TAPROOT && !(flags & ScriptFlag.WITNESS));
});

function readOutput(hex: string): TxOutput {
  const reader = new Reader(Buffer.from(hex, 'hex'));
  const output = { value: reader.amount(), script: reader.varBytes() };
  reader.finish();
  return output;
}

/** The case's transaction with this scriptSig and witness in the input under test. */
function withSpend(test: AssetCase, spend: Spend): Transaction {
  const tx = Transaction.parse(Buffer.from(test.tx, 'hex'));
  const inputs = tx.inputs.map((input, i) => {
    if (i !== test.index) return input;
    const witness = spend.witness.map(item => Buffer.from(item, 'hex'));
    return { ...input, scriptSig: Buffer.from(spend.scriptSig, 'hex'), witness };
  });
  return Transaction.from({ version: tx.version, inputs, outputs: tx.outputs, lockTime: tx.lockTime });
}

function verifier(test: AssetCase, spend: Spend, cache: BoundedSignatureCache) {
  const tx = withSpend(test, spend);
  const outputs = test.prevouts.map(readOutput);
  const input = tx.inputs[test.index];
  const output = outputs[test.index];
  if (input === undefined || output === undefined) throw new Error('bad case');
  const txdata = new PrecomputedTxData(tx, outputs);
  const checker = new TransactionChecker(tx, test.index, output.value, txdata, cache);
  return {
    verify: (flags: ScriptFlags) =>
      verifyScript(input.scriptSig, output.script, input.witness, flags, checker),
    /** Through the public entry, which has no cache of signatures. */
    verifyPublicly: (flags: ScriptFlags) => libraryVerdict(tx, test.index, outputs, flags),
  };
}

describe.skipIf(!hasShared)('script_assets_test.json', () => {
  const cases = hasShared ? readSharedJson<AssetCase[]>('vectors/core/script_assets_test.json') : [];
  const cache = new BoundedSignatureCache();
  let successes = 0;
  let failures = 0;
  let verifications = 0;

  function check(test: AssetCase): void {
    const given = parseScriptFlags(test.flags);
    if (test.success !== undefined) {
      const { verify, verifyPublicly } = verifier(test, test.success, cache);
      for (const flags of FLAG_SETS) {
        if (!test.final && (flags & given) !== flags) continue;
        const result = verify(flags);
        verifications++;
        if (result !== 'OK') expect(`${result} with flags ${flags.toString(16)}`, test.comment).toBe('OK');
      }
      expect(verifyPublicly(given), test.comment).toBe('OK');
      successes++;
    }
    if (test.failure !== undefined) {
      const { verify, verifyPublicly } = verifier(test, test.failure, cache);
      for (const flags of FLAG_SETS) {
        if ((flags & given) !== given) continue;
        verifications++;
        if (verify(flags) === 'OK')
          expect(`OK with flags ${flags.toString(16)}`, test.comment).toBe('a failure');
      }
      expect(verifyPublicly(given), test.comment).toBe(verify(given));
      failures++;
    }
  }

  for (let start = 0; start < cases.length; start += CASES_PER_TEST) {
    const end = Math.min(start + CASES_PER_TEST, cases.length);
    it(`cases ${start} to ${end - 1} pass and fail under every set of flags that they should`, () => {
      for (const test of cases.slice(start, end)) check(test);
    });
  }

  it('leaves no case out', () => {
    const inFile = (form: 'success' | 'failure') => cases.filter(test => test[form] !== undefined).length;
    expect([cases.length, inFile('success'), inFile('failure')]).toEqual([CASES, SUCCESSES, FAILURES]);
    expect([successes, failures]).toEqual([SUCCESSES, FAILURES]);
    const runs = `${verifications} verifications under ${FLAG_SETS.length} sets of flags`;
    console.log(`script_assets_test.json: ${successes} successes, ${failures} failures, ${runs}`);
  });
});
