import { describe, expect, it } from 'vitest';
import { checkTransaction } from '../../src/consensus/tx-check.js';
import { ScriptFlag } from '../../src/script/flags.js';
import { checkSignatureEncoding } from '../../src/script/signature-encoding.js';
import { parseScriptFlags } from '../support/script-flags.js';
import { readScriptCase, runScriptCase, type ScriptRow } from '../support/script-vectors.js';
import { hasShared, readSharedJson } from '../support/shared.js';
import { readTxCases } from '../support/tx-vectors.js';

/*
 * Core's vectors as they were before segwit, from bitcoinj: many cases have since left Core's own files. The flags of a
 * transaction are those under which it is valid, where today's files name those under which it is not.
 */
const FOLDER = 'vectors/bitcoinj/test/resources/org/bitcoinj';
const SCRIPT_CASES = 973;
/** Cases that come out otherwise today: soft forks that a node knows are no NOPs to be discouraged, set or not. */
const CHANGED_SINCE: readonly string[] = ['CHECKLOCKTIMEVERIFY', 'CHECKSEQUENCEVERIFY'].map(name =>
  JSON.stringify(['1', name, 'P2SH,DISCOURAGE_UPGRADABLE_NOPS', 'DISCOURAGE_UPGRADABLE_NOPS']),
);
const VALID_TXS = 71;
const INVALID_TXS = 58;
const CANONICAL = 5;
const NOT_CANONICAL = 15;

describe.skipIf(!hasShared)('vectors of bitcoinj', () => {
  it(`script_tests.json: all ${SCRIPT_CASES} cases`, () => {
    const rows = readSharedJson<ScriptRow[]>(`${FOLDER}/script/script_tests.json`);
    const cases = rows.map(readScriptCase).filter(test => test !== undefined);
    const others = cases.filter(test => runScriptCase(test) !== test.expected);
    expect(others.map(({ text }) => text)).toEqual(CHANGED_SINCE);
    expect(cases).toHaveLength(SCRIPT_CASES);
    console.log(`bitcoinj script_tests.json: ${cases.length} cases`);
  });

  it(`tx_valid.json: all ${VALID_TXS} cases, under their flags`, () => {
    const cases = readTxCases(`${FOLDER}/script/tx_valid.json`);
    for (const { tx, flags, text, verify } of cases) {
      expect(checkTransaction(tx), text).toBeUndefined();
      expect(verify(parseScriptFlags(flags)), text).toBe('OK');
    }
    expect(cases).toHaveLength(VALID_TXS);
    console.log(`bitcoinj tx_valid.json: ${cases.length} cases`);
  });

  it(`tx_invalid.json: all ${INVALID_TXS} cases, by themselves or by their scripts`, () => {
    const cases = readTxCases(`${FOLDER}/script/tx_invalid.json`);
    const byThemselves = cases.filter(({ tx }) => checkTransaction(tx) !== undefined);
    for (const test of cases) {
      if (byThemselves.includes(test)) continue;
      expect(test.verify(parseScriptFlags(test.flags)), test.text).not.toBe('OK');
    }
    expect(cases).toHaveLength(INVALID_TXS);
    console.log(`bitcoinj tx_invalid.json: ${cases.length} cases, ${byThemselves.length} without scripts`);
  });

  it('sig_canonical.json and sig_noncanonical.json: encodings of signatures', () => {
    const isHex = (text: string) => /^[0-9a-fA-F]+$/.test(text);
    const encodingOf = (text: string) =>
      checkSignatureEncoding(Buffer.from(text, 'hex'), ScriptFlag.STRICTENC);
    const good = readSharedJson<string[]>(`${FOLDER}/crypto/sig_canonical.json`);
    for (const text of good) expect(encodingOf(text), text).toBe('OK');
    const bad = readSharedJson<string[]>(`${FOLDER}/crypto/sig_noncanonical.json`).filter(isHex);
    for (const text of bad) expect(encodingOf(text), text).not.toBe('OK');
    expect([good.length, bad.length]).toEqual([CANONICAL, NOT_CANONICAL]);
    console.log(`bitcoinj signatures: ${good.length} strict, ${bad.length} not`);
  });
});
