import { isValidXOnlyKey } from '../../crypto/ecdsa.js';
import { hash160, ripemd160 } from '../../crypto/hash.js';
import { evenKey } from '../../crypto/public-key-form.js';
import { destinationOfScript } from '../address.js';
import type { AddressParams } from '../address-params.js';
import { TAPROOT_LEAF_TAPSCRIPT } from '../limits.js';
import { Op } from '../opcodes.js';
import { isCompressedKey, isHybridKey } from '../public-key.js';
import { findByXOnly, type SigningProvider } from '../signing-provider.js';
import { inferTaprootTree } from '../taproot-tree.js';
import { matchMultiA, type ScriptTemplate, solve } from '../templates.js';
import type { Descriptor } from './descriptor.js';
import { type KeyExpression, KeyWithKnownOrigin, SingleKey } from './key-expression.js';
import { MultiANode, MultiNode, PkhNode, PkNode, WpkhNode } from './key-nodes.js';
import type { DescriptorNode } from './node.js';
import { AddrNode, RawNode, RawTrNode, ShNode, TrNode, WshNode } from './output-nodes.js';
import type { ParseContext } from './parse-key.js';

/**
 * The descriptor that best tells how to spend a script, from what `provider` knows; `addr()` or `raw()` when that is not
 * enough. Origins of keys are shown, private keys and derivation are not.
 */
export function inferDescriptor(
  script: Uint8Array,
  provider: SigningProvider,
  params: AddressParams,
): Descriptor {
  const solvable = new Inference(provider, params).infer(script, 'top');
  if (solvable !== undefined) return solvable;
  const destination = destinationOfScript(script);
  return destination === undefined || destination.type === 'publicKey'
    ? new RawNode(script)
    : new AddrNode(destination, params);
}

class Inference {
  constructor(
    private readonly provider: SigningProvider,
    private readonly params: AddressParams,
  ) {}

  /**
   * Undefined when nothing but the script itself is known. Scripts in wsh() and tr() that match no template would be
   * miniscript.
   */
  infer(script: Uint8Array, context: ParseContext): DescriptorNode | undefined {
    if (context === 'tr') return this.inferTapscript(script);
    const template = solve(script);
    switch (template.type) {
      case 'pubkey':
        return this.wrap(this.key(template.publicKey, context), key => new PkNode(key, false));
      case 'pubkeyhash':
        return this.wrap(this.keyByHash(template.keyHash, context), key => new PkhNode(key));
      case 'witness_v0_keyhash':
        if (context === 'wsh') return undefined;
        return this.wrap(this.keyByHash(template.keyHash, 'wpkh'), key => new WpkhNode(key));
      case 'multisig':
        return this.inferMultisig(template, context);
      case 'scripthash':
        if (context !== 'top') return undefined;
        return this.wrap(this.inner(template.scriptHash, 'sh'), child => new ShNode(child));
      case 'witness_v0_scripthash':
        if (context === 'wsh') return undefined;
        return this.wrap(this.inner(ripemd160(template.scriptHash), 'wsh'), child => new WshNode(child));
      case 'witness_v1_taproot':
        return context === 'top' ? this.inferTaproot(template.outputKey) : undefined;
      default:
        return undefined;
    }
  }

  private wrap<T>(part: T | undefined, make: (part: T) => DescriptorNode): DescriptorNode | undefined {
    return part === undefined ? undefined : make(part);
  }

  private inner(scriptId: Uint8Array, context: ParseContext): DescriptorNode | undefined {
    const script = this.provider.script(scriptId);
    return script && this.infer(script, context);
  }

  /** A key as written, with its origin; undefined for a form that the context does not allow. */
  private key(publicKey: Uint8Array, context: ParseContext): KeyExpression | undefined {
    if (isHybridKey(publicKey)) return undefined;
    if (!isCompressedKey(publicKey) && context !== 'top' && context !== 'sh') return undefined;
    const key = new SingleKey(publicKey, false, this.params);
    const origin = this.provider.keyOrigin(hash160(publicKey));
    return origin ? new KeyWithKnownOrigin(origin, key, false) : key;
  }

  private keyByHash(keyHash: Uint8Array, context: ParseContext): KeyExpression | undefined {
    const publicKey = this.provider.publicKey(keyHash);
    return publicKey && this.key(publicKey, context);
  }

  private xOnlyKey(xOnlyKey: Uint8Array): KeyExpression {
    const key = new SingleKey(evenKey(xOnlyKey), true, this.params);
    const origin = findByXOnly(xOnlyKey, id => this.provider.keyOrigin(id));
    return origin ? new KeyWithKnownOrigin(origin, key, false) : key;
  }

  private inferMultisig(
    { required, publicKeys }: Extract<ScriptTemplate, { type: 'multisig' }>,
    context: ParseContext,
  ): DescriptorNode | undefined {
    const keys: KeyExpression[] = [];
    for (const publicKey of publicKeys) {
      const key = this.key(publicKey, context);
      if (key === undefined) return undefined;
      keys.push(key);
    }
    return new MultiNode(required, keys, false);
  }

  private inferTapscript(script: Uint8Array): DescriptorNode | undefined {
    if (script.length === 34 && script[0] === 32 && script[33] === Op.OP_CHECKSIG)
      return new PkNode(this.xOnlyKey(script.subarray(1, 33)), true);
    const multi = matchMultiA(script);
    return (
      multi &&
      new MultiANode(
        multi.required,
        multi.xOnlyKeys.map(key => this.xOnlyKey(key)),
        false,
      )
    );
  }

  private inferTaproot(outputKey: Uint8Array): DescriptorNode | undefined {
    const spend = this.provider.taproot(outputKey);
    const tree = spend && inferTaprootTree(spend);
    if (spend !== undefined && tree !== undefined) {
      const leaves = tree.map(({ leafVersion, script }) =>
        leafVersion === TAPROOT_LEAF_TAPSCRIPT ? this.infer(script, 'tr') : undefined,
      );
      const known = leaves.filter(leaf => leaf !== undefined);
      if (known.length === leaves.length) {
        const depths = tree.map(leaf => leaf.depth);
        return new TrNode(this.xOnlyKey(spend.internalKey), known, depths);
      }
    }
    return isValidXOnlyKey(outputKey) ? new RawTrNode(this.xOnlyKey(outputKey)) : undefined;
  }
}
