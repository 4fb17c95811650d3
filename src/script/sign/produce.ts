import { hash160, ripemd160 } from '../../crypto/hash.js';
import { evenKey } from '../../crypto/public-key-form.js';
import { bytesEqual, EMPTY_BYTES, hashKey } from '../../primitives/bytes.js';
import { ScriptBuilder } from '../build.js';
import { STANDARD_SCRIPT_FLAGS } from '../flags.js';
import { Op, smallIntegerOpcode } from '../opcodes.js';
import { SigVersion } from '../sig-version.js';
import type { SigningProvider } from '../signing-provider.js';
import { p2pkh, type ScriptTemplate, type ScriptType, solve } from '../templates.js';
import { verifyScript } from '../verify.js';
import type { SignatureCreator } from './signature-creator.js';
import type { SignatureData } from './signature-data.js';
import { satisfyTaproot } from './taproot-satisfier.js';

/** Outcome of satisfying one script. */
interface Step {
  readonly type: ScriptType;
  /** True when `stack` satisfies the script; false leaves as much of it there as could be had. */
  readonly solved: boolean;
  /** Elements to leave for the script; for hashes of scripts the script, for witness key hashes the hash. */
  readonly stack: Uint8Array[];
}

/**
 * Makes scriptSig and witness that spend `script`, as far as keys, scripts and signatures allow that `provider` and
 * `data` have, and puts them into `data`. What could not be found is noted there, too. Standard templates are signed,
 * nested in P2SH and P2WSH; taproot by key or through leaves of one or several keys.
 *
 * @returns true when the input is complete under the standard flags; then it is in `data.complete`, as well
 */
export function produceSignature(
  provider: SigningProvider,
  creator: SignatureCreator,
  script: Uint8Array,
  data: SignatureData,
): boolean {
  if (data.complete) return true;
  const context = new Satisfier(provider, creator, data);
  let step = context.satisfy(script, SigVersion.BASE);
  const scriptSig: Uint8Array[] = [];
  const redeemScript = step.type === 'scripthash' && step.solved ? step.stack[0] : undefined;
  if (redeemScript !== undefined) {
    data.redeemScript = redeemScript;
    step = context.satisfy(redeemScript, SigVersion.BASE);
    if (step.type === 'scripthash') step = { ...step, solved: false };
  }
  let { solved } = step;
  if (isWitnessStep(step, redeemScript !== undefined)) solved = context.moveToWitness(step);
  else scriptSig.push(...step.stack);
  if (!data.isWitness) data.witness = [];
  if (redeemScript !== undefined) scriptSig.push(redeemScript);
  data.scriptSig = pushAll(scriptSig);
  data.complete =
    solved &&
    verifyScript(data.scriptSig, script, data.witness, STANDARD_SCRIPT_FLAGS, creator.checker) === 'OK';
  return data.complete;
}

function isWitnessStep({ type, solved }: Step, nested: boolean): boolean {
  if (type === 'witness_v1_taproot') return !nested;
  return solved && (type === 'witness_v0_keyhash' || type === 'witness_v0_scripthash');
}

/** A script that pushes the elements, each in the shortest way. */
function pushAll(elements: readonly Uint8Array[]): Uint8Array {
  const builder = new ScriptBuilder();
  for (const element of elements) {
    const [first = 0] = element;
    if (element.length !== 1) builder.pushData(element);
    else if (first >= 1 && first <= 16) builder.op(smallIntegerOpcode(first));
    else if (first === 0x81) builder.op(Op.OP_1NEGATE);
    else builder.pushData(element);
  }
  return builder.finish();
}

class Satisfier {
  constructor(
    private readonly provider: SigningProvider,
    private readonly creator: SignatureCreator,
    private readonly data: SignatureData,
  ) {}

  satisfy(script: Uint8Array, sigVersion: SigVersion): Step {
    const template = solve(script);
    const { type } = template;
    const done = (...stack: Uint8Array[]): Step => ({ type, solved: true, stack });
    const failed: Step = { type, solved: false, stack: [] };
    switch (template.type) {
      case 'pubkey': {
        const signature = this.sign(template.publicKey, script, sigVersion);
        return signature ? done(signature) : failed;
      }
      case 'pubkeyhash': {
        const publicKey = this.findPublicKey(template.keyHash);
        const signature = publicKey && this.sign(publicKey, script, sigVersion);
        return publicKey && signature ? done(signature, publicKey) : failed;
      }
      case 'scripthash': {
        const redeemScript = this.findScript(template.scriptHash);
        if (redeemScript !== undefined) return done(redeemScript);
        this.data.missingRedeemScript = template.scriptHash;
        return failed;
      }
      case 'multisig':
        return this.satisfyMultisig(template, script, sigVersion);
      case 'witness_v0_keyhash':
        return done(template.keyHash);
      case 'witness_v0_scripthash': {
        const witnessScript = this.findScript(ripemd160(template.scriptHash));
        if (witnessScript !== undefined) return done(witnessScript);
        this.data.missingWitnessScript = template.scriptHash;
        return failed;
      }
      case 'witness_v1_taproot': {
        const stack = satisfyTaproot(this.provider, this.creator, template.outputKey, this.data);
        return stack ? done(...stack) : failed;
      }
      case 'anchor':
        return done();
      case 'nulldata':
      case 'witness_unknown':
      case 'nonstandard':
        return failed;
    }
  }

  /**
   * Every signature that can be made is made, so that a PSBT carries them all; the script gets as many as it needs. Those
   * it lacks are left empty, which is how half-signed transactions are written.
   */
  private satisfyMultisig(
    { type, required, publicKeys }: Extract<ScriptTemplate, { type: 'multisig' }>,
    script: Uint8Array,
    sigVersion: SigVersion,
  ): Step {
    const signatures: Uint8Array[] = [];
    for (const publicKey of publicKeys) {
      const signature = this.sign(publicKey, script, sigVersion);
      if (signature !== undefined && signatures.length < required) signatures.push(signature);
    }
    const solved = signatures.length === required;
    while (signatures.length < required) signatures.push(EMPTY_BYTES);
    // CHECKMULTISIG takes one element too many.
    return { type, solved, stack: [EMPTY_BYTES, ...signatures] };
  }

  /** Turns a witness program's step into the witness; true when it is satisfied. */
  moveToWitness(step: Step): boolean {
    const { data } = this;
    data.isWitness = true;
    if (step.type === 'witness_v1_taproot') {
      if (step.solved) data.witness = step.stack;
      return step.solved;
    }
    const [content = EMPTY_BYTES] = step.stack;
    if (step.type === 'witness_v0_keyhash') {
      const inner = this.satisfy(p2pkh(content), SigVersion.WITNESS_V0);
      data.witness = inner.stack;
      return inner.solved;
    }
    data.witnessScript = content;
    const inner = this.satisfy(content, SigVersion.WITNESS_V0);
    const nestedAgain =
      inner.type === 'scripthash' ||
      inner.type === 'witness_v0_scripthash' ||
      inner.type === 'witness_v0_keyhash';
    data.witness = [...inner.stack, content];
    return inner.solved && !nestedAgain;
  }

  /** The signature of a key: one already there, or a new one. */
  private sign(
    publicKey: Uint8Array,
    scriptCode: Uint8Array,
    sigVersion: SigVersion,
  ): Uint8Array | undefined {
    const { data, provider } = this;
    const keyId = hash160(publicKey);
    const id = hashKey(keyId);
    const known = data.signatures.get(id);
    if (known !== undefined) return known.signature;
    const origin = provider.keyOrigin(keyId);
    if (origin !== undefined && !data.keyOrigins.has(id)) data.keyOrigins.set(id, { publicKey, origin });
    const signature = this.creator.createEcdsa(provider, keyId, scriptCode, sigVersion);
    if (signature === undefined) data.missingSignatures.push(keyId);
    else data.signatures.set(id, { publicKey, signature });
    return signature;
  }

  private findPublicKey(keyId: Uint8Array): Uint8Array | undefined {
    const { data } = this;
    const id = hashKey(keyId);
    const xOnlyKey = data.xOnlyKeys.get(id);
    const found =
      data.signatures.get(id)?.publicKey ??
      data.keyOrigins.get(id)?.publicKey ??
      (xOnlyKey && evenKey(xOnlyKey)) ??
      this.provider.publicKey(keyId);
    if (found === undefined) data.missingPublicKeys.push(keyId);
    return found;
  }

  private findScript(id: Uint8Array): Uint8Array | undefined {
    const { redeemScript, witnessScript } = this.data;
    const candidates = [redeemScript, witnessScript];
    return (
      this.provider.script(id) ??
      candidates.find(script => script !== undefined && bytesEqual(hash160(script), id))
    );
  }
}
