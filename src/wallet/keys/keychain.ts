import { setImmediate } from 'node:timers/promises';
import { type Hash256, type HashKey, hashKey } from '../../primitives/bytes.js';
import { DecodeError } from '../../primitives/codec.js';
import type { AddressParams } from '../../script/address-params.js';
import { DescriptorCache } from '../../script/descriptor/cache.js';
import type { Descriptor } from '../../script/descriptor/descriptor.js';
import { parseDescriptor } from '../../script/descriptor/parse.js';
import type { OutputType } from '../../script/output-type.js';
import type { PrivateKey } from '../../script/private-key.js';
import { CombinedProvider, FlatProvider, type SigningProvider } from '../../script/signing-provider.js';
import type { DescriptorRecord } from '../store/records.js';
import type { StoredWallet } from '../store/wallet-loader.js';
import type { WalletStore } from '../store/wallet-store.js';
import type { KnownDescriptors } from './known-descriptors.js';
import { PlainVault } from './vault.js';
import {
  descriptorId,
  type OnScript,
  type ScriptKey,
  scriptKey,
  WalletDescriptor,
} from './wallet-descriptor.js';

/** A script's place: the descriptor it comes from and its index there. */
export interface ScriptOwner {
  readonly descriptor: WalletDescriptor;
  readonly index: number;
}

/** Scripts derived before the event loop gets a turn: about 10 ms of work. */
const DERIVE_LOT = 100;

/**
 * All keys of a wallet: its descriptors, which of them give out addresses, and all scripts they make.
 */
export class Keychain {
  private readonly descriptors = new Map<HashKey, WalletDescriptor>();
  private readonly active = new Map<string, WalletDescriptor>();
  private readonly owners = new Map<ScriptKey, ScriptOwner[]>();

  /**
   * @param keypool scripts to know beyond the last one given out
   * @param known what other wallets of the process found out already
   */
  constructor(
    private readonly store: WalletStore,
    private readonly params: AddressParams,
    readonly keypool: number,
    private readonly known?: KnownDescriptors,
  ) {}

  /** Brings stored descriptors back and derives their scripts. @throws DecodeError for a descriptor that is not understood */
  async restore(stored: StoredWallet): Promise<void> {
    for (const one of stored.descriptors) {
      const { record, cache } = one;
      const known = this.known?.find(one, () => this.parse(record.text));
      const descriptor = known?.descriptor ?? this.parse(record.text);
      const vault = new PlainVault(known?.privateKeys ?? one.privateKeys);
      const added = new WalletDescriptor(descriptor, record, cache, vault, this.store, known?.expansions);
      this.descriptors.set(hashKey(record.id), added);
      while (!added.restore(this.register(added), DERIVE_LOT)) await setImmediate();
    }
    for (const { type, internal, id } of stored.active) {
      const descriptor = this.find(id);
      if (descriptor !== undefined) this.active.set(activeName(type, internal), descriptor);
    }
  }

  private parse(text: string): Descriptor {
    const parsed = parseDescriptor(text, this.params);
    if ('error' in parsed) throw new DecodeError(`unrecognized descriptor: ${parsed.error}`);
    return parsed.descriptor;
  }

  private register(descriptor: WalletDescriptor): OnScript {
    return (script, index) => {
      const key = scriptKey(script);
      const owners = this.owners.get(key);
      if (owners === undefined) this.owners.set(key, [{ descriptor, index }]);
      else if (!owners.some(owner => owner.descriptor === descriptor)) owners.push({ descriptor, index });
    };
  }

  all(): Iterable<WalletDescriptor> {
    return this.descriptors.values();
  }

  find(id: Hash256): WalletDescriptor | undefined {
    return this.descriptors.get(hashKey(id));
  }

  get isEmpty(): boolean {
    return this.descriptors.size === 0;
  }

  /**
   * Adds a descriptor, or widens the one of the same text, and derives its scripts.
   *
   * @param descriptor without private keys; those go into `privateKeys`
   * @returns undefined when scripts cannot be derived for want of private keys; the descriptor is there nevertheless
   */
  async add(
    descriptor: Descriptor,
    times: Omit<DescriptorRecord, 'id' | 'text'>,
    privateKeys: Iterable<PrivateKey>,
  ): Promise<WalletDescriptor | undefined> {
    const id = descriptorId(descriptor);
    const record: DescriptorRecord = { id, text: descriptor.toString(), ...times };
    let added = this.find(id);
    if (added === undefined) {
      added = new WalletDescriptor(descriptor, record, new DescriptorCache(), new PlainVault(), this.store);
      this.descriptors.set(hashKey(id), added);
      added.save();
    } else added.update(record);
    for (const key of privateKeys) added.addPrivateKey(key);
    return (await this.fill(added, this.keypool)) ? added : undefined;
  }

  /** Tops one descriptor up in lots. */
  private async fill(descriptor: WalletDescriptor, size: number): Promise<boolean> {
    const onScript = this.register(descriptor);
    let before = -1;
    while (!descriptor.topUp(size, onScript, DERIVE_LOT)) {
      if (descriptor.record.rangeEnd === before) return false;
      before = descriptor.record.rangeEnd;
      await setImmediate();
    }
    return true;
  }

  /** Tops up all descriptors that give out addresses; false when one of them lacks keys for that. */
  async topUp(size = this.keypool): Promise<boolean> {
    let complete = true;
    for (const descriptor of new Set(this.active.values())) {
      if (!(await this.fill(descriptor, size))) complete = false;
    }
    return complete;
  }

  /** Descriptor that gives out addresses of a kind. */
  activeFor(type: OutputType, internal: boolean): WalletDescriptor | undefined {
    return this.active.get(activeName(type, internal));
  }

  activate(descriptor: WalletDescriptor, type: OutputType, internal: boolean): void {
    this.active.set(activeName(type, internal), descriptor);
    this.store.writeActive(type, internal, descriptor.id);
    if (this.activeFor(type, !internal) === descriptor) this.deactivate(descriptor, type, !internal);
  }

  deactivate(descriptor: WalletDescriptor, type: OutputType, internal: boolean): void {
    if (this.activeFor(type, internal) !== descriptor) return;
    this.active.delete(activeName(type, internal));
    this.store.eraseActive(type, internal);
  }

  /** Whether the descriptor gives out addresses, and if so whether they are for change. */
  activity(descriptor: WalletDescriptor): 'inactive' | 'receive' | 'change' {
    const type = descriptor.descriptor.outputType;
    if (type !== undefined && this.activeFor(type, true) === descriptor) return 'change';
    if (type !== undefined && this.activeFor(type, false) === descriptor) return 'receive';
    return 'inactive';
  }

  /** True when some descriptor can give out addresses for payment or for change. */
  canGiveAddresses(internal: boolean): boolean {
    for (const [name, descriptor] of this.active) {
      if (name.endsWith(internal ? '/change' : '/receive') && descriptor.canGiveAddresses) return true;
    }
    return false;
  }

  /** Scripts derived and not given out, of the receiving or of all active descriptors. */
  keypoolSize(externalOnly: boolean): number {
    let size = 0;
    for (const [name, descriptor] of this.active) {
      if (!externalOnly || name.endsWith('/receive')) size += descriptor.keypoolSize;
    }
    return size;
  }

  isMine(script: Uint8Array): boolean {
    return this.owners.has(scriptKey(script));
  }

  ownersOf(script: Uint8Array): readonly ScriptOwner[] {
    return this.owners.get(scriptKey(script)) ?? [];
  }

  takeNext(descriptor: WalletDescriptor): Uint8Array | undefined {
    return descriptor.takeNext(this.keypool, this.register(descriptor));
  }

  /** See {@link WalletDescriptor.markUsed}. */
  markUsed({ descriptor, index }: ScriptOwner): Uint8Array[] {
    return descriptor.markUsed(index, this.keypool, this.register(descriptor));
  }

  /** Public keys and scripts that solve `script`. */
  solvingProvider(script: Uint8Array): SigningProvider {
    return new CombinedProvider(
      this.ownersOf(script).map(({ descriptor, index }) => descriptor.provider(index, false)),
    );
  }

  /** All that the wallet can sign these output scripts with. */
  signingProvider(scripts: Iterable<Uint8Array>): FlatProvider {
    const provider = new FlatProvider();
    for (const script of scripts) {
      for (const { descriptor, index } of this.ownersOf(script))
        provider.merge(descriptor.provider(index, true));
    }
    return provider;
  }

  /** Least creation time of the keys; undefined without keys. */
  birthTime(): number | undefined {
    let least: number | undefined;
    for (const { record } of this.descriptors.values())
      least = Math.min(least ?? Number.POSITIVE_INFINITY, record.creationTime);
    return least;
  }
}

function activeName(type: OutputType, internal: boolean): string {
  return `${type}/${internal ? 'change' : 'receive'}`;
}
