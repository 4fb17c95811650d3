import { hash160 } from '../../crypto/hash.js';
import { COMPRESSED_KEY_SIZE } from '../../crypto/public-key-form.js';
import { toHex } from '../../primitives/bytes.js';
import type { AddressParams } from '../address-params.js';
import {
  deriveChild,
  derivePublicChild,
  derivePublicPath,
  type ExtendedPrivateKey,
  type ExtendedPublicKey,
  encodeExtendedPrivate,
  encodeExtendedPublic,
  fingerprintOf,
  neuter,
} from '../bip32.js';
import { formatKeyPath, HARDENED, isHardened } from '../key-path.js';
import { PrivateKey } from '../private-key.js';
import { findByXOnly, type KeyOrigin, type KeyWithOrigin } from '../signing-provider.js';
import { encodeWif } from '../wif.js';
import type { DescriptorCache } from './cache.js';
import type { KeySource, RootKeys } from './descriptor.js';

/** Where a key at an index may be taken from, and where what was derived goes. */
export interface DeriveOptions {
  readonly keys: KeySource;
  /** Derive from this only. */
  readonly readCache?: DescriptorCache | undefined;
  readonly writeCache?: DescriptorCache | undefined;
}

export type KeyTextForm = 'public' | 'compat';

/** A KEY expression of a descriptor: a single key, or an extended one with a path, either with an origin before it. */
export interface KeyExpression {
  readonly isRange: boolean;
  /** Bytes of the keys it gives, 33 or 65. */
  readonly size: number;
  /** The public key at an index with its origin; undefined when a private key or cache entry for it is missing. */
  derive(index: number, options: DeriveOptions): KeyWithOrigin | undefined;
  privateKey(index: number, keys: KeySource): PrivateKey | undefined;
  toString(form: KeyTextForm): string;
  toPrivateString(keys: KeySource): string | undefined;
  toNormalizedString(keys: KeySource, cache: DescriptorCache | undefined): string | undefined;
  rootKeys(): RootKeys;
}

/** A key written out: hex, or a WIF private key before parsing took it away. */
export class SingleKey implements KeyExpression {
  readonly isRange = false;

  /** @param xOnly written, in taproot, as 32 bytes */
  constructor(
    private readonly publicKey: Uint8Array,
    private readonly xOnly: boolean,
    private readonly params: AddressParams,
  ) {}

  get size(): number {
    return this.publicKey.length;
  }

  derive(): KeyWithOrigin {
    const { publicKey } = this;
    return { publicKey, origin: { fingerprint: fingerprintOf(publicKey), path: [] } };
  }

  privateKey(_index: number, keys: KeySource): PrivateKey | undefined {
    return keys.privateKey(hash160(this.publicKey));
  }

  toString(): string {
    return toHex(this.xOnly ? this.publicKey.subarray(1) : this.publicKey);
  }

  toPrivateString(keys: KeySource): string | undefined {
    const key = this.xOnly
      ? findByXOnly(this.publicKey.subarray(1), id => keys.privateKey(id))
      : this.privateKey(0, keys);
    return key && encodeWif(key, this.params);
  }

  toNormalizedString(): string {
    return this.toString();
  }

  rootKeys(): RootKeys {
    return { publicKeys: [this.publicKey], extendedKeys: [] };
  }
}

/** What an extended key's path ends in: nothing, `/*` or `/*h`. */
export type RangeKind = 'none' | 'unhardened' | 'hardened';

export interface ExtendedKeyParts {
  readonly root: ExtendedPublicKey;
  readonly path: readonly number[];
  readonly range: RangeKind;
  /** Hardened steps were written with an apostrophe. */
  readonly apostrophe: boolean;
}

/** The keys of a path below its root that matter to expanding. */
interface PathKeys {
  /** At the end of the path. */
  readonly parent: ExtendedPublicKey;
  /** After the last hardened step; undefined without any. */
  readonly lastHardened: ExtendedPublicKey | undefined;
}

/** An extended key with a derivation path. */
export class ExtendedKey implements KeyExpression {
  readonly size = COMPRESSED_KEY_SIZE;
  private readonly rootId: Uint8Array;
  /** Derived at first use and kept: public keys only. */
  private pathKeys: PathKeys | undefined;

  /** @param position of this expression in the descriptor, which is its key in caches */
  constructor(
    private readonly position: number,
    private readonly parts: ExtendedKeyParts,
    private readonly params: AddressParams,
  ) {
    this.rootId = hash160(parts.root.publicKey);
  }

  get isRange(): boolean {
    return this.parts.range !== 'none';
  }

  derive(index: number, options: DeriveOptions): KeyWithOrigin | undefined {
    const key = options.readCache
      ? this.fromCache(index, options.readCache)
      : this.deriveFresh(index, options.keys, options.writeCache);
    return key && { publicKey: key.publicKey, origin: this.originAt(index) };
  }

  private originAt(index: number): KeyOrigin {
    const { path, range } = this.parts;
    const last = range === 'none' ? [] : [range === 'hardened' ? index + HARDENED : index];
    return { fingerprint: this.rootId.subarray(0, 4), path: [...path, ...last] };
  }

  private fromCache(index: number, cache: DescriptorCache): ExtendedPublicKey | undefined {
    const derived = cache.getDerived(this.position, index);
    if (derived !== undefined) return derived;
    if (this.parts.range === 'hardened') return undefined;
    const parent = cache.parents.get(this.position);
    return parent && this.childOf(parent, index);
  }

  private childOf(parent: ExtendedPublicKey, index: number): ExtendedPublicKey | undefined {
    return this.parts.range === 'unhardened' ? derivePublicChild(parent, index) : parent;
  }

  private deriveFresh(
    index: number,
    keys: KeySource,
    writeCache: DescriptorCache | undefined,
  ): ExtendedPublicKey | undefined {
    if (this.parts.range === 'hardened') {
      const secret = this.extendedPrivateAt(index, keys);
      const key = secret && neuter(secret);
      if (key !== undefined) writeCache?.setDerived(this.position, index, key);
      return key;
    }
    const pathKeys = this.derivePathKeys(keys);
    if (pathKeys === undefined) return undefined;
    const key = this.childOf(pathKeys.parent, index);
    if (key === undefined || writeCache === undefined) return key;
    writeCache.parents.set(this.position, pathKeys.parent);
    if (pathKeys.lastHardened !== undefined)
      writeCache.lastHardened.set(this.position, pathKeys.lastHardened);
    return key;
  }

  private derivePathKeys(keys: KeySource): PathKeys | undefined {
    const { root, path } = this.parts;
    // Keys behind hardened steps stay as secret as the private key they need, even once derived.
    if (path.some(isHardened) && keys.privateKey(this.rootId) === undefined) return undefined;
    if (this.pathKeys !== undefined) return this.pathKeys;
    if (path.some(isHardened)) {
      const derived = this.derivePrivatePath(keys);
      this.pathKeys = derived && {
        parent: neuter(derived.key),
        lastHardened: derived.lastHardened && neuter(derived.lastHardened),
      };
    } else {
      const parent = derivePublicPath(root, path);
      this.pathKeys = parent && { parent, lastHardened: undefined };
    }
    return this.pathKeys;
  }

  private rootPrivate(keys: KeySource): ExtendedPrivateKey | undefined {
    const { depth, parentFingerprint, childNumber, chainCode } = this.parts.root;
    const key = keys.privateKey(this.rootId);
    return key && { depth, parentFingerprint, childNumber, chainCode, secret: key.secret };
  }

  private derivePrivatePath(
    keys: KeySource,
  ): { key: ExtendedPrivateKey; lastHardened: ExtendedPrivateKey | undefined } | undefined {
    let key = this.rootPrivate(keys);
    let lastHardened: ExtendedPrivateKey | undefined;
    for (const child of this.parts.path) {
      key = key && deriveChild(key, child);
      if (isHardened(child)) lastHardened = key;
    }
    return key && { key, lastHardened };
  }

  private extendedPrivateAt(index: number, keys: KeySource): ExtendedPrivateKey | undefined {
    const parent = this.derivePrivatePath(keys)?.key;
    const { range } = this.parts;
    if (parent === undefined || range === 'none') return parent;
    return deriveChild(parent, range === 'hardened' ? index + HARDENED : index);
  }

  privateKey(index: number, keys: KeySource): PrivateKey | undefined {
    const key = this.extendedPrivateAt(index, keys);
    return key && PrivateKey.from(key.secret, true);
  }

  toString(form: KeyTextForm): string {
    return this.write(
      encodeExtendedPublic(this.parts.root, this.params),
      form === 'compat' || this.parts.apostrophe,
    );
  }

  private write(root: string, apostrophe: boolean): string {
    const { path, range } = this.parts;
    const mark = apostrophe ? "'" : 'h';
    const end = range === 'none' ? '' : range === 'unhardened' ? '/*' : `/*${mark}`;
    return root + formatKeyPath(path, apostrophe) + end;
  }

  toPrivateString(keys: KeySource): string | undefined {
    const root = this.rootPrivate(keys);
    return root && this.write(encodeExtendedPrivate(root, this.params), this.parts.apostrophe);
  }

  toNormalizedString(keys: KeySource, cache: DescriptorCache | undefined): string | undefined {
    const { root, path, range } = this.parts;
    if (range === 'hardened') return this.write(encodeExtendedPublic(root, this.params), false);
    const hardenedSteps = path.findLastIndex(isHardened) + 1;
    if (hardenedSteps === 0) return this.toString('public');
    const key = cache?.lastHardened.get(this.position) ?? this.derivePathKeys(keys)?.lastHardened;
    if (key === undefined) return undefined;
    const origin = toHex(this.rootId.subarray(0, 4)) + formatKeyPath(path.slice(0, hardenedSteps));
    const rest = formatKeyPath(path.slice(hardenedSteps)) + (range === 'unhardened' ? '/*' : '');
    return `[${origin}]${encodeExtendedPublic(key, this.params)}${rest}`;
  }

  rootKeys(): RootKeys {
    return { publicKeys: [], extendedKeys: [this.parts.root] };
  }
}

/** A key expression that tells where its key comes from: `[fingerprint/path]key`. */
export class KeyWithKnownOrigin implements KeyExpression {
  constructor(
    private readonly origin: KeyOrigin,
    private readonly inner: KeyExpression,
    private readonly apostrophe: boolean,
  ) {}

  get isRange(): boolean {
    return this.inner.isRange;
  }

  get size(): number {
    return this.inner.size;
  }

  derive(index: number, options: DeriveOptions): KeyWithOrigin | undefined {
    const derived = this.inner.derive(index, options);
    if (derived === undefined) return undefined;
    const { fingerprint, path } = this.origin;
    return { publicKey: derived.publicKey, origin: { fingerprint, path: [...path, ...derived.origin.path] } };
  }

  privateKey(index: number, keys: KeySource): PrivateKey | undefined {
    return this.inner.privateKey(index, keys);
  }

  private originText(apostrophe: boolean): string {
    return toHex(this.origin.fingerprint) + formatKeyPath(this.origin.path, apostrophe);
  }

  toString(form: KeyTextForm): string {
    return `[${this.originText(form === 'compat' || this.apostrophe)}]${this.inner.toString(form)}`;
  }

  toPrivateString(keys: KeySource): string | undefined {
    const inner = this.inner.toPrivateString(keys);
    return inner && `[${this.originText(this.apostrophe)}]${inner}`;
  }

  toNormalizedString(keys: KeySource, cache: DescriptorCache | undefined): string | undefined {
    const inner = this.inner.toNormalizedString(keys, cache);
    if (inner === undefined) return undefined;
    // An inner key that got an origin of its own continues this one: its bracket and fingerprint give way.
    const nested = /^\[[0-9a-f]{8}(?<rest>.*)$/.exec(inner)?.groups?.rest;
    return `[${this.originText(false)}${nested ?? `]${inner}`}`;
  }

  rootKeys(): RootKeys {
    return this.inner.rootKeys();
  }
}
