import { hash160, sha256 } from '../../crypto/hash.js';
import { xOnly } from '../../crypto/keys.js';
import { toHex } from '../../primitives/bytes.js';
import { compactSizeLength } from '../../primitives/codec.js';
import { WITNESS_SCALE_FACTOR } from '../../primitives/transaction.js';
import { defined } from '../../runtime/errors.js';
import { type Destination, destinationOfScript, encodeAddress, scriptOfDestination } from '../address.js';
import type { AddressParams } from '../address-params.js';
import { TAPROOT_LEAF_TAPSCRIPT } from '../limits.js';
import { type OutputType, outputTypeOfDestination } from '../output-type.js';
import type { FlatProvider } from '../signing-provider.js';
import { buildTaproot } from '../taproot.js';
import { p2sh, p2tr, p2wsh } from '../templates.js';
import type { KeyExpression } from './key-expression.js';
import { DescriptorNode, type KeyWriter } from './node.js';

/** Witness of a taproot key path spend: one signature of 65 bytes with its length. */
const TAPROOT_KEY_PATH_WEIGHT = 1 + 65;

/** `sh(SCRIPT)` */
export class ShNode extends DescriptorNode {
  readonly scriptSize = 23;

  constructor(child: DescriptorNode) {
    super('sh', [], [child]);
  }

  private get isSegwit(): boolean {
    return this.child.outputType === 'bech32';
  }

  override get outputType(): OutputType {
    return this.isSegwit ? 'p2sh-segwit' : 'legacy';
  }

  protected makeScripts(_keys: readonly Uint8Array[], scripts: readonly Uint8Array[], out: FlatProvider) {
    const redeemScript = defined(scripts[0], 'script in sh()');
    out.addScript(redeemScript);
    return [p2sh(hash160(redeemScript))];
  }

  override maxSatisfactionWeight(useMaxSignature: boolean): number | undefined {
    const satisfaction = this.child.maxSatisfactionSize(useMaxSignature);
    const redeemSize = this.child.scriptSize;
    if (satisfaction === undefined || redeemSize === undefined) return undefined;
    // The redeem script is never witness data; what satisfies it may be. One byte for its push, as Core reckons, although
    // more than 75 bytes take two.
    return (
      (1 + redeemSize) * WITNESS_SCALE_FACTOR + satisfaction * (this.isSegwit ? 1 : WITNESS_SCALE_FACTOR)
    );
  }

  override get maxSatisfactionElements(): number | undefined {
    const inner = this.child.maxSatisfactionElements;
    return inner === undefined ? undefined : 1 + inner;
  }
}

/** `wsh(SCRIPT)` */
export class WshNode extends DescriptorNode {
  readonly scriptSize = 34;

  constructor(child: DescriptorNode) {
    super('wsh', [], [child]);
  }

  override get outputType(): OutputType {
    return 'bech32';
  }

  protected makeScripts(_keys: readonly Uint8Array[], scripts: readonly Uint8Array[], out: FlatProvider) {
    const witnessScript = defined(scripts[0], 'script in wsh()');
    out.addScript(witnessScript);
    return [p2wsh(sha256(witnessScript))];
  }

  override maxSatisfactionSize(useMaxSignature: boolean): number | undefined {
    const satisfaction = this.child.maxSatisfactionSize(useMaxSignature);
    const witnessSize = this.child.scriptSize;
    if (satisfaction === undefined || witnessSize === undefined) return undefined;
    return compactSizeLength(witnessSize) + witnessSize + satisfaction;
  }

  override maxSatisfactionWeight(useMaxSignature: boolean): number | undefined {
    return this.maxSatisfactionSize(useMaxSignature);
  }

  override get maxSatisfactionElements(): number | undefined {
    const inner = this.child.maxSatisfactionElements;
    return inner === undefined ? undefined : 1 + inner;
  }
}

/** `tr(KEY)` and `tr(KEY,TREE)` (BIP386). */
export class TrNode extends DescriptorNode {
  readonly scriptSize = 34;

  /** @param depths of `leaves`, which are in depth-first order, in a binary tree */
  constructor(
    internalKey: KeyExpression,
    leaves: readonly DescriptorNode[],
    private readonly depths: readonly number[],
  ) {
    super('tr', [internalKey], leaves);
  }

  override get outputType(): OutputType {
    return 'bech32m';
  }

  protected makeScripts(keys: readonly Uint8Array[], scripts: readonly Uint8Array[], out: FlatProvider) {
    const key = defined(keys[0], 'internal key of tr()');
    const leaves = scripts.map((script, i) => ({
      depth: this.depthOf(i),
      leafVersion: TAPROOT_LEAF_TAPSCRIPT,
      script,
    }));
    const output = defined(buildTaproot(xOnly(key), leaves), 'output of a valid key and a binary tree');
    out.addTaproot(output);
    out.addPublicKey(key);
    return [p2tr(output.outputKey)];
  }

  private depthOf(leaf: number): number {
    return defined(this.depths[leaf], 'depth of a leaf');
  }

  protected override writeChildren(write: KeyWriter): string | undefined {
    let text = '';
    /** For each level of the path to the current leaf: has its left branch been written? */
    const path: boolean[] = [];
    for (const [i, child] of this.children.entries()) {
      const leaf = child.write(write);
      if (leaf === undefined) return undefined;
      if (i > 0) text += ',';
      for (const depth = this.depthOf(i); path.length <= depth; path.push(false)) {
        if (path.length > 0) text += '{';
      }
      text += leaf;
      // The root itself is in its place when the last leaf is written, so it is never taken off here.
      for (; path.at(-1) === true; path.pop()) text += '}';
      path[path.length - 1] = true;
    }
    return text;
  }

  override maxSatisfactionWeight(): number {
    return TAPROOT_KEY_PATH_WEIGHT;
  }

  override get maxSatisfactionElements(): number {
    return 1;
  }
}

/** `rawtr(KEY)`: the key is the output key itself. */
export class RawTrNode extends DescriptorNode {
  readonly scriptSize = 34;

  constructor(outputKey: KeyExpression) {
    super('rawtr', [outputKey]);
  }

  override get outputType(): OutputType {
    return 'bech32m';
  }

  protected makeScripts(keys: readonly Uint8Array[]): Uint8Array[] {
    return [p2tr(xOnly(defined(keys[0], 'key of rawtr()')))];
  }

  override maxSatisfactionWeight(): number {
    return TAPROOT_KEY_PATH_WEIGHT;
  }

  override get maxSatisfactionElements(): number {
    return 1;
  }
}

/** `addr(ADDRESS)`: a script known only by its address. */
export class AddrNode extends DescriptorNode {
  private readonly script: Uint8Array;

  constructor(
    private readonly destination: Destination,
    private readonly params: AddressParams,
  ) {
    super('addr', []);
    this.script = scriptOfDestination(destination);
  }

  override get isSolvable(): boolean {
    return false;
  }

  override get outputType(): OutputType | undefined {
    return outputTypeOfDestination(this.destination);
  }

  get scriptSize(): number {
    return this.script.length;
  }

  protected override get extra(): string {
    return defined(encodeAddress(this.destination, this.params), 'address of addr()');
  }

  protected makeScripts(): Uint8Array[] {
    return [this.script];
  }

  override toPrivateString(): undefined {
    return undefined;
  }
}

/** `raw(HEX)`: a script as it is. */
export class RawNode extends DescriptorNode {
  constructor(private readonly script: Uint8Array) {
    super('raw', []);
  }

  override get isSolvable(): boolean {
    return false;
  }

  override get outputType(): OutputType | undefined {
    const destination = destinationOfScript(this.script);
    return destination && outputTypeOfDestination(destination);
  }

  get scriptSize(): number {
    return this.script.length;
  }

  protected override get extra(): string {
    return toHex(this.script);
  }

  protected makeScripts(): Uint8Array[] {
    return [this.script];
  }

  override toPrivateString(): undefined {
    return undefined;
  }
}
