import { defined } from '../../runtime/errors.js';
import type { OutputType } from '../output-type.js';
import { EMPTY_PROVIDER, FlatProvider, type KeyWithOrigin } from '../signing-provider.js';
import type { DescriptorCache } from './cache.js';
import { addChecksum } from './checksum.js';
import type { Descriptor, Expansion, KeySource, RootKeys } from './descriptor.js';
import type { DeriveOptions, KeyExpression } from './key-expression.js';

/** How the keys of a descriptor are written. Undefined when one cannot be written that way. */
export type KeyWriter = (key: KeyExpression) => string | undefined;

/** Bytes of an ECDSA signature with its hash type, in DER with a low s: with any r, and with the low r we sign with. */
const MAX_ECDSA_SIZE = 72;
const LOW_R_ECDSA_SIZE = 71;

export function ecdsaSize(useMaxSignature: boolean): number {
  return useMaxSignature ? MAX_ECDSA_SIZE : LOW_R_ECDSA_SIZE;
}

/** One function of the descriptor language with its arguments; subclasses give it its scripts and sizes. */
export abstract class DescriptorNode implements Descriptor {
  abstract readonly scriptSize: number | undefined;
  readonly isSingleType: boolean = true;

  constructor(
    readonly name: string,
    readonly keys: readonly KeyExpression[],
    readonly children: readonly DescriptorNode[] = [],
  ) {}

  get isRange(): boolean {
    return this.keys.some(key => key.isRange) || this.children.some(child => child.isRange);
  }

  get isSolvable(): boolean {
    return this.children.every(child => child.isSolvable);
  }

  get outputType(): OutputType | undefined {
    return undefined;
  }

  get maxSatisfactionElements(): number | undefined {
    return undefined;
  }

  maxSatisfactionWeight(_useMaxSignature: boolean): number | undefined {
    return undefined;
  }

  /** Bytes of the largest spend, wherever they go; undefined when it cannot be nested in another function. */
  maxSatisfactionSize(_useMaxSignature: boolean): number | undefined {
    return undefined;
  }

  /** The only child of a wrapping function. */
  protected get child(): DescriptorNode {
    return defined(this.children[0], 'argument of a wrapping descriptor');
  }

  /**
   * Scripts of this function.
   *
   * @param keys what {@link keys} give at the index
   * @param scripts what {@link children} give: one each
   * @param out takes keys, scripts and trees that solving needs
   */
  protected abstract makeScripts(
    keys: readonly Uint8Array[],
    scripts: readonly Uint8Array[],
    out: FlatProvider,
  ): Uint8Array[];

  /** Arguments that are neither keys nor scripts, which come before those. */
  protected get extra(): string {
    return '';
  }

  /** Arguments that are scripts. */
  protected writeChildren(write: KeyWriter): string | undefined {
    return joinAll(this.children.map(child => child.write(write)));
  }

  /** This function as text, without checksum. */
  write(writeKey: KeyWriter): string | undefined {
    const keys = joinAll(this.keys.map(writeKey));
    const children = this.writeChildren(writeKey);
    if (keys === undefined || children === undefined) return undefined;
    return `${this.name}(${[this.extra, keys, children].filter(part => part !== '').join(',')})`;
  }

  toString(compat = false): string {
    const text = this.write(key => key.toString(compat ? 'compat' : 'public'));
    return addChecksum(defined(text, 'public form of a descriptor'));
  }

  toPrivateString(keys: KeySource): string | undefined {
    const text = this.write(key => key.toPrivateString(keys));
    return text && addChecksum(text);
  }

  toNormalizedString(keys: KeySource, cache?: DescriptorCache): string | undefined {
    const text = this.write(key => key.toNormalizedString(keys, cache));
    return text && addChecksum(text);
  }

  expand(index: number, keys: KeySource = EMPTY_PROVIDER, cache?: DescriptorCache): Expansion | undefined {
    const provider = new FlatProvider();
    const scripts = this.expandInto(index, { keys, writeCache: cache }, provider);
    return scripts && { scripts, provider };
  }

  expandFromCache(index: number, cache: DescriptorCache): Expansion | undefined {
    const provider = new FlatProvider();
    const scripts = this.expandInto(index, { keys: EMPTY_PROVIDER, readCache: cache }, provider);
    return scripts && { scripts, provider };
  }

  private expandInto(index: number, options: DeriveOptions, out: FlatProvider): Uint8Array[] | undefined {
    const derived: KeyWithOrigin[] = [];
    for (const expression of this.keys) {
      const key = expression.derive(index, options);
      if (key === undefined) return undefined;
      derived.push(key);
    }
    const scripts: Uint8Array[] = [];
    for (const child of this.children) {
      const inner = child.expandInto(index, options, out);
      if (inner === undefined) return undefined;
      scripts.push(defined(inner[0], 'script of an inner descriptor'));
    }
    for (const { publicKey, origin } of derived) out.addOrigin(publicKey, origin);
    const publicKeys = derived.map(key => key.publicKey);
    return this.makeScripts(publicKeys, scripts, out);
  }

  expandPrivate(index: number, keys: KeySource, out: FlatProvider): void {
    for (const expression of this.keys) {
      const key = expression.privateKey(index, keys);
      if (key !== undefined) out.addSecret(key);
    }
    for (const child of this.children) child.expandPrivate(index, keys, out);
  }

  rootKeys(): RootKeys {
    const all = [...this.keys, ...this.children].map(part => part.rootKeys());
    return {
      publicKeys: all.flatMap(part => part.publicKeys),
      extendedKeys: all.flatMap(part => part.extendedKeys),
    };
  }
}

/** The texts with commas between; undefined when one is missing. */
function joinAll(parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(',');
}
