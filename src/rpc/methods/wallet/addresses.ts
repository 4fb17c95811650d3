import { ripemd160 } from '../../../crypto/hash.js';
import { toHex } from '../../../primitives/bytes.js';
import {
  type Destination,
  decodeAddress,
  destinationOfScript,
  encodeAddress,
  scriptOfDestination,
} from '../../../script/address.js';
import { inferDescriptor } from '../../../script/descriptor/infer.js';
import { keyIdOfDestination } from '../../../script/key-of-destination.js';
import { formatKeyPath } from '../../../script/key-path.js';
import { type OutputType, parseOutputType } from '../../../script/output-type.js';
import { isCompressedKey } from '../../../script/public-key.js';
import type { SigningProvider } from '../../../script/signing-provider.js';
import { solve } from '../../../script/templates.js';
import type { Wallet } from '../../../wallet/wallet.js';
import { RpcCode, RpcError } from '../../errors.js';
import type { JsonValue } from '../../json.js';
import type { RpcMethod } from '../../method.js';
import { destinationView } from '../../views/address.js';
import { checkLabel, walletMethod } from './common.js';

type JsonMembers = { readonly [key: string]: JsonValue };

function requireKeys(wallet: Wallet, internal: boolean): void {
  if (!wallet.keychain.canGiveAddresses(internal)) {
    throw new RpcError(RpcCode.WALLET_ERROR, 'Error: This wallet has no available keys');
  }
}

function parseAddressType(text: string | undefined, fallback: OutputType): OutputType {
  if (text === undefined) return fallback;
  const type = parseOutputType(text);
  if (type !== undefined) return type;
  throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, `Unknown address type '${text}'`);
}

const getnewaddress = walletMethod({
  name: 'getnewaddress',
  description: 'Hands out a fresh address to be paid at.',
  params: [
    {
      name: 'label',
      type: 'string',
      default: '',
      description: 'Name to file the address under; new names are made as needed, "" is the default one',
    },
    {
      name: 'address_type',
      type: 'string',
      optional: true,
      description:
        'Kind of address: "legacy", "p2sh-segwit", "bech32" or "bech32m" (default: set by -addresstype)',
    },
  ],
  result: '"str"    (string) address',
  examples: [''],
  run: (wallet, args) => {
    requireKeys(wallet, false);
    const label = checkLabel(args.optionalString('label') ?? '');
    const type = parseAddressType(args.optionalString('address_type'), wallet.modules.options.addressType);
    return wallet.newAddress(type, label);
  },
});

const getrawchangeaddress = walletMethod({
  name: 'getrawchangeaddress',
  description:
    'Hands out a fresh address for the change of a transaction made by hand. It is not meant to be given to payers.',
  params: [
    {
      name: 'address_type',
      type: 'string',
      optional: true,
      description:
        'Kind of address: "legacy", "p2sh-segwit", "bech32" or "bech32m" (default: set by -changetype)',
    },
  ],
  result: '"str"    (string) address',
  examples: [''],
  run: (wallet, args) => {
    requireKeys(wallet, true);
    const { changeType, addressType } = wallet.modules.options;
    return wallet.newChangeAddress(
      parseAddressType(args.optionalString('address_type'), changeType ?? addressType),
    );
  },
});

/** An address of this network in its usual form. @throws RpcError "Invalid Bitcoin address" */
export function requireAddress(wallet: Wallet, text: string): { address: string; script: Uint8Array } {
  const params = wallet.modules.params.address;
  const decoded = decodeAddress(text, params);
  const address = 'destination' in decoded ? encodeAddress(decoded.destination, params) : undefined;
  if (!('destination' in decoded) || address === undefined) {
    throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Invalid Bitcoin address');
  }
  return { address, script: scriptOfDestination(decoded.destination) };
}

const setlabel = walletMethod({
  name: 'setlabel',
  description: 'Files an address under a label.',
  params: [
    {
      name: 'address',
      type: 'string',
      description: "Address, ours or another's",
    },
    { name: 'label', type: 'string', description: 'Name; "" for the default one' },
  ],
  result: 'null',
  examples: ['"address" "shop"'],
  run: async (wallet, args) => {
    const { address, script } = requireAddress(wallet, args.string('address'));
    const label = checkLabel(args.string('label'));
    wallet.addressBook.setLabel(address, label, wallet.keychain.isMine(script) ? 'receive' : 'send');
    await wallet.store.flush();
    return null;
  },
});

const listlabels = walletMethod({
  name: 'listlabels',
  description: 'Lists the labels in use.',
  params: [
    {
      name: 'purpose',
      type: 'string',
      optional: true,
      description: 'Only labels of addresses that we pay to ("send") or are paid at ("receive"); "" for all',
    },
  ],
  result: '[ "str", … ]    labels',
  examples: ['', 'receive'],
  run: (wallet, args) => {
    const purpose = args.optionalString('purpose') ?? '';
    if (purpose === '') return wallet.addressBook.labels();
    if (purpose === 'send' || purpose === 'receive' || purpose === 'refund') {
      return wallet.addressBook.labels(purpose);
    }
    throw new RpcError(
      RpcCode.INVALID_PARAMETER,
      "Invalid 'purpose' argument, must be a known purpose string, typically 'send', or 'receive'.",
    );
  },
});

const getaddressesbylabel = walletMethod({
  name: 'getaddressesbylabel',
  description: 'Lists the addresses filed under a label.',
  params: [{ name: 'label', type: 'string', description: 'Name; "" for the default one' }],
  result: '{ "address": { "purpose" }, … }',
  examples: ['"shop"'],
  run: (wallet, args) => {
    const label = checkLabel(args.string('label'));
    const found = wallet.addressBook.list().filter(([, entry]) => entry.label === label);
    if (found.length === 0) {
      throw new RpcError(RpcCode.WALLET_INVALID_LABEL_NAME, `No addresses with label ${label}`);
    }
    return Object.fromEntries(
      found.map(([address, { purpose }]) => [address, { purpose: purpose ?? 'unknown' }]),
    );
  },
});

const getaddressinfo = walletMethod({
  name: 'getaddressinfo',
  description: "Tells what is known of an address; for the wallet's own also keys, script and origin.",
  params: [
    {
      name: 'address',
      type: 'string',
      description: 'Address to look up',
    },
  ],
  result:
    '{ "address", "scriptPubKey", "ismine", "solvable", "desc", "parent_desc", "iswatchonly", "isscript", "iswitness", "witness_version", "witness_program", "script", "hex", "pubkeys": [ … ], "sigsrequired", "pubkey", "embedded": {…}, "iscompressed", "ischange", "timestamp", "hdkeypath", "hdseedid", "hdmasterfingerprint", "labels": [ … ] }',
  examples: ['"address"'],
  run: (wallet, args) => {
    const params = wallet.modules.params.address;
    const decoded = decodeAddress(args.string('address'), params);
    if (!('destination' in decoded)) {
      throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, decoded.error || 'Invalid address');
    }
    const { destination } = decoded;
    const script = scriptOfDestination(destination);
    const address = encodeAddress(destination, params);
    const isMine = wallet.keychain.isMine(script);
    const provider = wallet.keychain.solvingProvider(script);
    const inferred = isMine ? inferDescriptor(script, provider, params) : undefined;
    const solvable = inferred?.isSolvable ?? false;
    const [owner] = wallet.keychain.ownersOf(script);
    const entry = address === undefined ? undefined : wallet.addressBook.find(address);
    return {
      address,
      scriptPubKey: toHex(script),
      ismine: isMine,
      solvable,
      desc: solvable ? inferred?.toString() : undefined,
      parent_desc: owner?.descriptor.text(false),
      iswatchonly: false,
      ...destinationView(destination),
      ...walletView(wallet, destination, provider),
      ischange: wallet.isChange(script),
      ...keyView(destination, provider, owner?.descriptor.record.creationTime),
      labels: entry?.label === undefined ? [] : [entry.label],
    };
  },
});

/** What the wallet knows of a destination's script and key. */
function walletView(wallet: Wallet, destination: Destination, provider: SigningProvider): JsonMembers {
  switch (destination.type) {
    case 'keyHash': {
      const key = provider.publicKey(destination.hash);
      return key === undefined ? {} : { pubkey: toHex(key), iscompressed: isCompressedKey(key) };
    }
    case 'witnessKeyHash': {
      const key = provider.publicKey(destination.hash);
      return key === undefined ? {} : { pubkey: toHex(key) };
    }
    case 'scriptHash':
      return scriptDetails(wallet, provider.script(destination.hash), provider);
    case 'witnessScriptHash':
      return scriptDetails(wallet, provider.script(ripemd160(destination.hash)), provider);
    default:
      return {};
  }
}

/** What stands behind the hash of a script: an address again, or keys. */
function scriptDetails(
  wallet: Wallet,
  script: Uint8Array | undefined,
  provider: SigningProvider,
): JsonMembers {
  if (script === undefined) return {};
  const template = solve(script);
  const base = { script: template.type, hex: toHex(script) };
  const destination = destinationOfScript(script);
  if (destination !== undefined && destination.type !== 'publicKey') {
    const inner = walletView(wallet, destination, provider);
    return {
      ...base,
      pubkey: inner.pubkey,
      embedded: {
        ...destinationView(destination),
        ...inner,
        address: encodeAddress(destination, wallet.modules.params.address),
        scriptPubKey: toHex(script),
      },
    };
  }
  if (template.type !== 'multisig') return base;
  return { ...base, sigsrequired: template.required, pubkeys: template.publicKeys.map(toHex) };
}

/** The wallet has no seed id to show: descriptors have none. */
const NO_SEED_ID = '0'.repeat(40);

function keyView(
  destination: Destination,
  provider: SigningProvider,
  creationTime: number | undefined,
): JsonMembers {
  const keyId = keyIdOfDestination(destination, provider);
  const origin = keyId && provider.keyOrigin(keyId);
  if (creationTime === undefined || origin === undefined) return {};
  return {
    timestamp: creationTime,
    hdkeypath: `m${formatKeyPath(origin.path)}`,
    hdseedid: NO_SEED_ID,
    hdmasterfingerprint: toHex(origin.fingerprint),
  };
}

/** Addresses and their labels. */
export const addressMethods: readonly RpcMethod[] = [
  getnewaddress,
  getrawchangeaddress,
  setlabel,
  listlabels,
  getaddressesbylabel,
  getaddressinfo,
];
