import { hash160 } from '../../crypto/hash.js';
import { xOnly } from '../../crypto/keys.js';
import { compareBytes } from '../../primitives/bytes.js';
import { WITNESS_SCALE_FACTOR } from '../../primitives/transaction.js';
import { defined } from '../../runtime/errors.js';
import { pushNumber } from '../build.js';
import type { OutputType } from '../output-type.js';
import { isCompressedKey } from '../public-key.js';
import type { FlatProvider } from '../signing-provider.js';
import { multiA, multisig, p2pk, p2pkh, p2sh, p2wpkh } from '../templates.js';
import type { KeyExpression } from './key-expression.js';
import { DescriptorNode, ecdsaSize } from './node.js';

/** Largest Schnorr signature: 64 bytes and a hash type. */
const SCHNORR_SIZE = 65;

/** A function of one key. */
abstract class SingleKeyNode extends DescriptorNode {
  protected get key(): KeyExpression {
    return defined(this.keys[0], 'key of a descriptor');
  }

  protected override makeScripts(
    keys: readonly Uint8Array[],
    _scripts: readonly Uint8Array[],
    out: FlatProvider,
  ): Uint8Array[] {
    return this.scriptsOf(defined(keys[0], 'key of a descriptor'), out);
  }

  protected abstract scriptsOf(publicKey: Uint8Array, out: FlatProvider): Uint8Array[];
}

/** `pk(KEY)`: pays to a key, in tapscript to its x coordinate. */
export class PkNode extends SingleKeyNode {
  constructor(
    key: KeyExpression,
    private readonly inTapscript: boolean,
  ) {
    super('pk', [key]);
  }

  protected scriptsOf(publicKey: Uint8Array): Uint8Array[] {
    return [p2pk(this.inTapscript ? xOnly(publicKey) : publicKey)];
  }

  get scriptSize(): number {
    return 1 + (this.inTapscript ? 32 : this.key.size) + 1;
  }

  override maxSatisfactionSize(useMaxSignature: boolean): number {
    return 1 + (this.inTapscript ? SCHNORR_SIZE : ecdsaSize(useMaxSignature));
  }

  override maxSatisfactionWeight(useMaxSignature: boolean): number {
    return this.maxSatisfactionSize(useMaxSignature) * WITNESS_SCALE_FACTOR;
  }

  override get maxSatisfactionElements(): number {
    return 1;
  }
}

/** `pkh(KEY)` */
export class PkhNode extends SingleKeyNode {
  readonly scriptSize = 25;

  constructor(key: KeyExpression) {
    super('pkh', [key]);
  }

  override get outputType(): OutputType {
    return 'legacy';
  }

  protected scriptsOf(publicKey: Uint8Array, out: FlatProvider): Uint8Array[] {
    out.addPublicKey(publicKey);
    return [p2pkh(hash160(publicKey))];
  }

  override maxSatisfactionSize(useMaxSignature: boolean): number {
    return 1 + ecdsaSize(useMaxSignature) + 1 + this.key.size;
  }

  override maxSatisfactionWeight(useMaxSignature: boolean): number {
    return this.maxSatisfactionSize(useMaxSignature) * WITNESS_SCALE_FACTOR;
  }

  override get maxSatisfactionElements(): number {
    return 2;
  }
}

/** `wpkh(KEY)` */
export class WpkhNode extends SingleKeyNode {
  readonly scriptSize = 22;

  constructor(key: KeyExpression) {
    super('wpkh', [key]);
  }

  override get outputType(): OutputType {
    return 'bech32';
  }

  protected scriptsOf(publicKey: Uint8Array, out: FlatProvider): Uint8Array[] {
    out.addPublicKey(publicKey);
    return [p2wpkh(hash160(publicKey))];
  }

  override maxSatisfactionSize(useMaxSignature: boolean): number {
    return 1 + ecdsaSize(useMaxSignature) + 1 + 33;
  }

  override maxSatisfactionWeight(useMaxSignature: boolean): number {
    return this.maxSatisfactionSize(useMaxSignature);
  }

  override get maxSatisfactionElements(): number {
    return 2;
  }
}

/** `combo(KEY)`: every way to pay to a single key that old wallets knew. */
export class ComboNode extends SingleKeyNode {
  override readonly isSingleType = false;
  readonly scriptSize = undefined;

  constructor(key: KeyExpression) {
    super('combo', [key]);
  }

  protected scriptsOf(publicKey: Uint8Array, out: FlatProvider): Uint8Array[] {
    const id = hash160(publicKey);
    out.addPublicKey(publicKey);
    const scripts = [p2pk(publicKey), p2pkh(id)];
    if (!isCompressedKey(publicKey)) return scripts;
    const segwit = p2wpkh(id);
    out.addScript(segwit);
    return [...scripts, segwit, p2sh(hash160(segwit))];
  }
}

/** `multi(k,KEY,…)` and, with the keys in order of their bytes, `sortedmulti` (BIP67). */
export class MultiNode extends DescriptorNode {
  constructor(
    private readonly threshold: number,
    keys: readonly KeyExpression[],
    private readonly sorted: boolean,
  ) {
    super(sorted ? 'sortedmulti' : 'multi', keys);
  }

  protected override get extra(): string {
    return String(this.threshold);
  }

  protected makeScripts(keys: readonly Uint8Array[]): Uint8Array[] {
    return [multisig(this.threshold, this.sorted ? keys.toSorted(compareBytes) : keys)];
  }

  get scriptSize(): number {
    const keys = this.keys.reduce((sum, key) => sum + 1 + key.size, 0);
    return 1 + pushNumber(this.keys.length).length + pushNumber(this.threshold).length + keys;
  }

  override maxSatisfactionSize(useMaxSignature: boolean): number {
    return 1 + (1 + ecdsaSize(useMaxSignature)) * this.threshold;
  }

  override maxSatisfactionWeight(useMaxSignature: boolean): number {
    return this.maxSatisfactionSize(useMaxSignature) * WITNESS_SCALE_FACTOR;
  }

  override get maxSatisfactionElements(): number {
    return 1 + this.threshold;
  }
}

/** `multi_a(k,KEY,…)` and `sortedmulti_a`: the form of multisig in tapscript (BIP387). */
export class MultiANode extends DescriptorNode {
  constructor(
    private readonly threshold: number,
    keys: readonly KeyExpression[],
    private readonly sorted: boolean,
  ) {
    super(sorted ? 'sortedmulti_a' : 'multi_a', keys);
  }

  protected override get extra(): string {
    return String(this.threshold);
  }

  protected makeScripts(keys: readonly Uint8Array[]): Uint8Array[] {
    const xOnlyKeys = keys.map(xOnly);
    return [multiA(this.threshold, this.sorted ? xOnlyKeys.toSorted(compareBytes) : xOnlyKeys)];
  }

  get scriptSize(): number {
    return 34 * this.keys.length + pushNumber(this.threshold).length + 1;
  }

  override maxSatisfactionSize(): number {
    return (1 + SCHNORR_SIZE) * this.threshold + (this.keys.length - this.threshold);
  }

  override get maxSatisfactionElements(): number {
    return this.keys.length;
  }
}
