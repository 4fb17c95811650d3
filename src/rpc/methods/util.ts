import { setImmediate } from 'node:timers/promises';
import { isValidPublicKey } from '../../crypto/ecdsa.js';
import { hash160, sha256, sha256d } from '../../crypto/hash.js';
import { recoverPublicKey, signRecoverable } from '../../crypto/keys.js';
import { bytesEqual, fromHex, toHex } from '../../primitives/bytes.js';
import { Writer } from '../../primitives/codec.js';
import {
  type Destination,
  decodeAddress,
  destinationOfScript,
  encodeAddress,
  scriptOfDestination,
} from '../../script/address.js';
import { inferDescriptor } from '../../script/descriptor/infer.js';
import { checksumOf } from '../../script/descriptor/parse.js';
import { MAX_PUBKEYS_PER_MULTISIG, MAX_SCRIPT_ELEMENT_SIZE } from '../../script/limits.js';
import { type OutputType, parseOutputType } from '../../script/output-type.js';
import { isCompressedKey } from '../../script/public-key.js';
import { FlatProvider } from '../../script/signing-provider.js';
import { multisig, p2wsh } from '../../script/templates.js';
import { decodeWif } from '../../script/wif.js';
import { asString } from '../args.js';
import { RpcCode, RpcError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import { INDEXES_PER_TURN, parseDescriptorRange, requireDescriptor } from '../parse/descriptor.js';
import { destinationView } from '../views/address.js';

const EXAMPLE_ADDRESS = '"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"';
const EXAMPLE_DESCRIPTOR =
  '"wpkh(xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8/0/*)#wvk84d79"';

const validateaddress: RpcMethod = {
  name: 'validateaddress',
  category: 'Util',
  description: 'Tells whether an address is well formed, and what it stands for.',
  params: [{ name: 'address', type: 'string', description: 'Address to check' }],
  result:
    '{ "isvalid", "address", "scriptPubKey", "isscript", "iswitness", "witness_version", "witness_program", "error_locations": [ … ], "error" }',
  examples: [EXAMPLE_ADDRESS],
  run: ({ chain }, args): JsonValue => {
    const params = chain.params.address;
    const decoded = decodeAddress(args.string('address'), params);
    if (!('destination' in decoded)) {
      return { isvalid: false, error_locations: decoded.locations, error: decoded.error };
    }
    const { destination } = decoded;
    return {
      isvalid: true,
      address: encodeAddress(destination, params),
      scriptPubKey: toHex(scriptOfDestination(destination)),
      ...destinationView(destination),
    };
  },
};

/** A public key from hex. @throws RpcError with Core's texts */
export function parsePublicKey(hex: string): Uint8Array {
  const key = fromHex(hex);
  const fail = (what: string) => new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, `Pubkey "${hex}" must ${what}`);
  if (key === undefined || hex === '') throw fail('be a hex string');
  if (key.length !== 33 && key.length !== 65) throw fail('have a length of either 33 or 65 bytes');
  if (!isValidPublicKey(key)) throw fail('be cryptographically valid.');
  return key;
}

export interface MultisigAddress {
  readonly script: Uint8Array;
  readonly destination: Destination;
  /** The kind made: legacy whatever was asked for, if a key is not compressed. */
  readonly type: OutputType;
  /** Knows the script, and the witness script's program where it is wrapped. */
  readonly provider: FlatProvider;
}

/** Address of an m-of-n script of plain keys. @throws RpcError with Core's texts when it would not be spendable */
export function multisigAddress(
  required: number,
  keys: readonly Uint8Array[],
  wanted: OutputType,
): MultisigAddress {
  const fail = (text: string) => new RpcError(RpcCode.INVALID_PARAMETER, text);
  if (required < 1) throw fail('a multisignature address must require at least one key to redeem');
  if (keys.length < required) {
    throw fail(`not enough keys supplied (got ${keys.length} keys, but need at least ${required} to redeem)`);
  }
  if (keys.length > MAX_PUBKEYS_PER_MULTISIG) {
    throw fail(
      `Number of keys involved in the multisignature address creation > ${MAX_PUBKEYS_PER_MULTISIG}\nReduce the number`,
    );
  }
  const script = multisig(required, keys);
  const type = keys.every(isCompressedKey) ? wanted : 'legacy';
  if (type === 'legacy' && script.length > MAX_SCRIPT_ELEMENT_SIZE) {
    throw fail(`redeemScript exceeds size limit: ${script.length} > ${MAX_SCRIPT_ELEMENT_SIZE}`);
  }
  const provider = new FlatProvider();
  provider.addScript(script);
  if (type === 'legacy') {
    return { script, destination: { type: 'scriptHash', hash: hash160(script) }, type, provider };
  }
  const program = p2wsh(sha256(script));
  provider.addScript(program);
  const destination: Destination =
    type === 'p2sh-segwit'
      ? { type: 'scriptHash', hash: hash160(program) }
      : { type: 'witnessScriptHash', hash: sha256(script) };
  return { script, destination, type, provider };
}

const createmultisig: RpcMethod = {
  name: 'createmultisig',
  category: 'Util',
  description: 'Makes the address and the script for n-of-m multisig.',
  params: [
    {
      name: 'nrequired',
      type: 'number',
      description: 'Signatures needed to spend (n)',
    },
    { name: 'keys', type: 'array', description: 'Public keys (m of them), in hex' },
    {
      name: 'address_type',
      type: 'string',
      default: 'legacy',
      description: 'Kind of address: "legacy", "p2sh-segwit" or "bech32"',
    },
  ],
  result: '{ "address", "redeemScript", "descriptor", "warnings": [ … ] }',
  examples: [
    '2 \'["0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798","02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"]\'',
  ],
  run: ({ chain }, args) => {
    const params = chain.params.address;
    const required = args.int('nrequired');
    const keys = args.array('keys').map(key => parsePublicKey(asString(key)));
    const wanted = parseMultisigType(args.optionalString('address_type') ?? 'legacy');
    const { script, destination, type, provider } = multisigAddress(required, keys, wanted);
    return {
      address: encodeAddress(destination, params),
      redeemScript: toHex(script),
      descriptor: inferDescriptor(scriptOfDestination(destination), provider, params).toString(),
      warnings:
        type === wanted
          ? undefined
          : ['Unable to make chosen address type, please ensure no uncompressed public keys are present.'],
    };
  },
};

function parseMultisigType(text: string): OutputType {
  const type = parseOutputType(text);
  if (type === undefined) {
    throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, `Unknown address type '${text}'`);
  }
  if (type === 'bech32m') {
    throw new RpcError(
      RpcCode.INVALID_ADDRESS_OR_KEY,
      'createmultisig cannot create bech32m multisig addresses',
    );
  }
  return type;
}

const getdescriptorinfo: RpcMethod = {
  name: 'getdescriptorinfo',
  category: 'Util',
  description: 'Parses a descriptor; gives its normal form, its checksum and its traits.',
  params: [{ name: 'descriptor', type: 'string', description: 'Descriptor; a checksum is not needed' }],
  result: '{ "descriptor", "checksum", "isrange", "issolvable", "hasprivatekeys" }',
  examples: [EXAMPLE_DESCRIPTOR],
  run: ({ chain }, args) => {
    const text = args.string('descriptor');
    const { descriptor, hasPrivateKeys } = requireDescriptor(text, chain.params.address);
    return {
      descriptor: descriptor.toString(),
      checksum: checksumOf(text),
      isrange: descriptor.isRange,
      issolvable: descriptor.isSolvable,
      hasprivatekeys: hasPrivateKeys,
    };
  },
};

const deriveaddresses: RpcMethod = {
  name: 'deriveaddresses',
  category: 'Util',
  description:
    'Gives the addresses that a descriptor stands for, such as pkh(<key>), wpkh(<key>), sh(multi(<n>,<key>,...)) or tr(<key>).\nA key is a public key in hex, or an xpub or xprv with a path, in which h marks hardened steps.',
  params: [
    { name: 'descriptor', type: 'string', description: 'Descriptor, with its checksum' },
    {
      name: 'range',
      type: 'range',
      optional: true,
      description: 'For descriptors with /*: the last index, or [first,last]',
    },
  ],
  result: '[ "str", … ]    addresses',
  examples: [`${EXAMPLE_DESCRIPTOR} [0,2]`],
  run: async ({ chain }, args) => {
    const params = chain.params.address;
    const range = args.has('range') ? parseDescriptorRange(args.raw('range')) : { first: 0, last: 0 };
    const { descriptor, privateKeys } = requireDescriptor(args.string('descriptor'), params, true);
    const hasRange = args.count > 1;
    if (!descriptor.isRange && hasRange) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'Range should not be specified for an un-ranged descriptor',
      );
    }
    if (descriptor.isRange && !hasRange) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'Range must be specified for a ranged descriptor');
    }
    const addresses: string[] = [];
    for (let index = range.first; index <= range.last; index++) {
      if (index % INDEXES_PER_TURN === 0) await setImmediate();
      const scripts = descriptor.expand(index, privateKeys)?.scripts;
      if (scripts === undefined) {
        throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Cannot derive script without private keys');
      }
      for (const script of scripts) {
        const destination = destinationOfScript(script);
        const address = destination && encodeAddress(destination, params);
        if (address !== undefined) addresses.push(address);
        // combo() has a P2PK output among others, and that has no address.
        else if (scripts.length === 1 || destination?.type !== 'publicKey') {
          throw new RpcError(
            RpcCode.INVALID_ADDRESS_OR_KEY,
            'Descriptor does not have a corresponding address',
          );
        }
      }
    }
    return addresses;
  },
};

const MESSAGE_MAGIC = 'Bitcoin Signed Message:\n';

/** Hash that a signed message commits to: no transaction can have it. */
export function messageHash(message: string): Uint8Array {
  return sha256d(new Writer().varString(MESSAGE_MAGIC).varString(message).finish());
}

const signmessagewithprivkey: RpcMethod = {
  name: 'signmessagewithprivkey',
  category: 'Util',
  description: 'Signs a message with a private key.',
  params: [
    { name: 'privkey', type: 'string', description: 'Private key, in base58 (WIF)' },
    { name: 'message', type: 'string', description: 'Message to sign' },
  ],
  result: '"str"    (string) signature, in base64',
  examples: ['"privkey" "I hold this key"'],
  run: ({ chain }, args) => {
    const key = decodeWif(args.string('privkey'), chain.params.address);
    if (key === undefined) throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Invalid private key');
    const signature = signRecoverable(key.secret, messageHash(args.string('message')), key.compressed);
    return Buffer.from(signature).toString('base64');
  },
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const verifymessage: RpcMethod = {
  name: 'verifymessage',
  category: 'Util',
  description: 'Checks who signed a message.',
  params: [
    { name: 'address', type: 'string', description: 'Address whose key should have signed' },
    {
      name: 'signature',
      type: 'string',
      description: 'Signature, in base64, as signmessage gives it',
    },
    { name: 'message', type: 'string', description: 'The message' },
  ],
  result: "true|false    (boolean) true when the signature is that key's",
  examples: ['"1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH" "signature" "I hold this key"'],
  run: ({ chain }, args) => {
    const decoded = decodeAddress(args.string('address'), chain.params.address);
    if (!('destination' in decoded)) {
      throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Invalid address');
    }
    if (decoded.destination.type !== 'keyHash') {
      throw new RpcError(RpcCode.TYPE_ERROR, 'Address does not refer to key');
    }
    const text = args.string('signature');
    if (!BASE64.test(text)) throw new RpcError(RpcCode.TYPE_ERROR, 'Malformed base64 encoding');
    const key = recoverPublicKey(Buffer.from(text, 'base64'), messageHash(args.string('message')));
    return key !== undefined && bytesEqual(hash160(key), decoded.destination.hash);
  },
};

const getindexinfo: RpcMethod = {
  name: 'getindexinfo',
  category: 'Util',
  description: 'Tells how far the optional indexes have come.',
  params: [
    {
      name: 'index_name',
      type: 'string',
      optional: true,
      description: 'Only the index of this name (default: all)',
    },
  ],
  result: '{ "name": { "synced", "best_block_height" } }',
  examples: ['', '"txindex"'],
  run: (context, args) => {
    const wanted = args.optionalString('index_name') ?? '';
    const indexes = context.indexes().filter(({ name }) => wanted === '' || name === wanted);
    return Object.fromEntries(
      indexes.map(({ name, synced, bestHeight }) => [name, { synced, best_block_height: bestHeight }]),
    );
  },
};

/** Addresses, descriptors and signed messages: what needs neither chain nor wallet. */
export const utilMethods: readonly RpcMethod[] = [
  validateaddress,
  createmultisig,
  getdescriptorinfo,
  deriveaddresses,
  signmessagewithprivkey,
  verifymessage,
  getindexinfo,
];
