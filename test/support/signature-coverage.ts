import type { Prevout } from '../../src/library/index.js';

/**
 * What the signatures of an input cover of the outputs that its transaction spends, worked out from the forms of the
 * scripts and the BIPs alone, without any code of the project:
 *
 * - Before segwit a signature covers no value at all, and of scripts the one that runs (the script code): the output's
 *   own in P2PK, P2PKH and bare multisig, the redeem script in P2SH, whatever the hash type. The one exception is SINGLE
 *   in an input without an output of the same index: there the number 1 is signed, which covers nothing.
 * - Witness version 0 (BIP143) covers the value of its own input and the script code (for P2WSH the witness script),
 *   whatever the hash type, and nothing of what the other inputs spend.
 * - Taproot (BIP341) covers value and script of what its own input spends, and of what all inputs spend unless the hash
 *   type has ANYONECANPAY.
 *
 * Apart from signatures an output's script binds its spender by the key or hash in it; those fail with a code of their own.
 */
export interface Spend {
  readonly prevout: Prevout;
  readonly scriptSig: Uint8Array;
  readonly witness: readonly Uint8Array[];
  /** Whether the transaction has an output of the input's index. */
  readonly hasOutput: boolean;
}

/**
 * A change to an output that is spent:
 *
 * - `value`: a satoshi more;
 * - `key`: a bit of every key or hash in its script;
 * - `script`: OP_NOP after its script, which then does the same but is no longer the one that was signed.
 */
export type Change = 'value' | 'key' | 'script';

export const CHANGES: readonly Change[] = ['value', 'key', 'script'];

const KEY = '(?:21[0-9a-f]{66}|41[0-9a-f]{130})';

/** Forms of scripts in hex. */
const FORMS = {
  /** Empty: scriptSig alone decides, and no signature is asked for. */
  anyone: /^$/,
  p2pk: new RegExp(`^${KEY}ac$`),
  p2pkh: /^76a914[0-9a-f]{40}88ac$/,
  multisig: new RegExp(`^5[1-9a-f]${KEY}+5[1-9a-f]ae$`),
  p2sh: /^a914[0-9a-f]{40}87$/,
  p2wpkh: /^0014[0-9a-f]{40}$/,
  p2wsh: /^0020[0-9a-f]{64}$/,
  p2tr: /^5120[0-9a-f]{64}$/,
} as const;

type Form = keyof typeof FORMS;

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function formOf(script: Uint8Array): Form {
  const text = hex(script);
  for (const [form, pattern] of Object.entries(FORMS)) if (pattern.test(text)) return form as Form;
  throw new Error(`a script of a form that this test knows nothing about: ${text}`);
}

/** Forms of witness scripts that ask for a signature, so that what it covers matters. */
const SIGNED_FORMS: readonly Form[] = ['p2pk', 'p2pkh', 'multisig'];

/** How an input is signed: by which form, and whether in P2SH. */
function kindOf({ prevout, scriptSig, witness }: Spend): { form: Form; nested: boolean } {
  const form = formOf(prevout.script);
  const program = form === 'p2sh' ? hex(scriptSig).match(/^(?:16|22)(00(?:14|20).+)$/)?.[1] : undefined;
  const inner = program === undefined ? form : formOf(Buffer.from(program, 'hex'));
  if (inner === 'p2wsh' && !SIGNED_FORMS.includes(formOf(witness.at(-1) ?? new Uint8Array(0)))) {
    throw new Error('a witness script that this test knows nothing about');
  }
  if (inner === 'p2tr' && witness.length !== 1)
    throw new Error('a script path, which this test knows nothing about');
  return { form: inner, nested: program !== undefined };
}

/** What a scriptSig of direct pushes and OP_0 pushes. */
function pushes(scriptSig: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < scriptSig.length; ) {
    const length = scriptSig[at] ?? 0;
    if (length > 75) throw new Error('a scriptSig that this test knows nothing about');
    found.push(scriptSig.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return found;
}

const SINGLE = 3;
const OUTPUT_BITS = 0x1f;
const ANYONECANPAY = 0x80;

/** Whether every signature of an input before segwit is one of the number 1. */
function signsNothing({ scriptSig, hasOutput }: Spend): boolean {
  if (hasOutput) return false;
  const signatures = pushes(scriptSig).filter(push => push[0] === 0x30);
  return signatures.every(signature => ((signature.at(-1) ?? 0) & OUTPUT_BITS) === SINGLE);
}

/** The output with a change; undefined when it has nothing of the kind. */
export function changedPrevout({ value, script }: Prevout, change: Change): Prevout | undefined {
  if (change === 'value') return { value: value + 1, script };
  if (change === 'script') return { value, script: Uint8Array.from([...script, 0x61]) };
  const form = formOf(script);
  if (form === 'anyone') return undefined;
  const other = Uint8Array.from(script);
  for (const end of keyEnds(form, script)) other[end - 1] = (other[end - 1] ?? 0) ^ 1;
  return { value, script: other };
}

/** Where each key or hash in a script ends. */
function keyEnds(form: Form, script: Uint8Array): number[] {
  if (form === 'multisig') {
    const ends: number[] = [];
    for (let at = 1; at < script.length - 2; at += 1 + (script[at] ?? 0))
      ends.push(at + 1 + (script[at] ?? 0));
    return ends;
  }
  const after: Partial<Record<Form, number>> = { p2pk: 1, p2pkh: 2, p2sh: 1 };
  return [script.length - (after[form] ?? 0)];
}

/** What the verdict on an input must be when the output that it spends is changed: 'OK' or the script error. */
export function verdictOnOwn(spend: Spend, change: Change): string {
  const { form, nested } = kindOf(spend);
  switch (form) {
    case 'anyone':
      return 'OK';
    case 'p2pk':
    case 'p2pkh':
    case 'multisig':
      if (change === 'value') return 'OK';
      if (change === 'key') return form === 'p2pkh' ? 'EQUALVERIFY' : 'EVAL_FALSE';
      return signsNothing(spend) ? 'OK' : 'EVAL_FALSE';
    case 'p2sh':
      // The redeem script is signed. With OP_NOP the output is no P2SH any more, and asks for no more than its preimage.
      return change === 'key' ? 'EVAL_FALSE' : 'OK';
    case 'p2wpkh':
    case 'p2wsh':
      // With OP_NOP the output is no witness program any more, and may have no witness.
      if (change === 'script') return 'WITNESS_UNEXPECTED';
      if (change === 'value' || nested) return 'EVAL_FALSE';
      return form === 'p2wpkh' ? 'EQUALVERIFY' : 'WITNESS_PROGRAM_MISMATCH';
    case 'p2tr':
      return change === 'script' ? 'WITNESS_UNEXPECTED' : 'SCHNORR_SIG';
  }
}

/** What the verdict on an input must be when the output that another input spends is changed, in whatever way. */
export function verdictOnOthers(spend: Spend): string {
  if (kindOf(spend).form !== 'p2tr') return 'OK';
  const hashType = spend.witness[0]?.[64] ?? 0;
  return (hashType & ANYONECANPAY) === 0 ? 'SCHNORR_SIG' : 'OK';
}

/** The name of how an input is signed, such as `p2sh-p2wpkh`, for counts. */
export function kindName(spend: Spend): string {
  const { form, nested } = kindOf(spend);
  return nested ? `p2sh-${form}` : form;
}
