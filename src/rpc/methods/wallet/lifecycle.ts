import { errorMessage } from '../../../runtime/errors.js';
import { writeBackup } from '../../../wallet/backup.js';
import { balances } from '../../../wallet/balance.js';
import type { WalletFlag } from '../../../wallet/flags.js';
import type { Wallet } from '../../../wallet/wallet.js';
import type { Args } from '../../args.js';
import { RpcCode, RpcError } from '../../errors.js';
import { amount, type JsonValue } from '../../json.js';
import type { RpcMethod } from '../../method.js';
import type { Param } from '../../param.js';
import { lastProcessedBlock, managerMethod, requireLoaded, walletMethod } from './common.js';

const LOAD_ON_STARTUP: Param = {
  name: 'load_on_startup',
  type: 'bool',
  optional: true,
  description:
    'true to load the wallet at every start from now on, false to stop doing so, null to leave that as it is',
};

function loadOnStartup(args: Args): boolean | undefined {
  return args.has('load_on_startup') ? args.bool('load_on_startup', false) : undefined;
}

function withWarnings(warnings: readonly string[]): { readonly warnings: JsonValue } {
  return { warnings: warnings.length === 0 ? undefined : warnings };
}

const createwallet = managerMethod({
  name: 'createwallet',
  description: 'Makes a new wallet and loads it.',
  params: [
    {
      name: 'wallet_name',
      type: 'string',
      description: 'Name of the wallet; a path puts it there',
    },
    {
      name: 'disable_private_keys',
      type: 'bool',
      default: false,
      description: 'Hold no private keys: the wallet can watch but not sign',
    },
    {
      name: 'blank',
      type: 'bool',
      default: false,
      description: 'Begin without keys and descriptors',
    },
    {
      name: 'passphrase',
      type: 'string',
      optional: true,
      description: 'Encrypt the wallet (not supported)',
    },
    {
      name: 'avoid_reuse',
      type: 'bool',
      default: false,
      description:
        'Remember addresses that were spent from, and keep coins at them apart for the sake of privacy',
    },
    {
      name: 'descriptors',
      type: 'bool',
      default: true,
      description: 'Must be true: all wallets hold descriptors',
    },
    LOAD_ON_STARTUP,
    {
      name: 'external_signer',
      type: 'bool',
      default: false,
      description: 'Sign by an external device (not supported)',
    },
  ],
  result: '{ "name", "warnings": [ … ] }',
  examples: ['"savings"'],
  run: async (wallets, args) => {
    const passphrase = args.optionalString('passphrase');
    if (!args.bool('descriptors', true)) {
      throw new RpcError(
        RpcCode.WALLET_ERROR,
        'BDB wallet creation is deprecated and will be removed in a future release. In this release it can be re-enabled temporarily with the -deprecatedrpc=create_bdb setting.',
      );
    }
    if (args.bool('external_signer', false)) {
      throw new RpcError(
        RpcCode.WALLET_ERROR,
        'Compiled without external signing support (required for external signing)',
      );
    }
    const disablePrivateKeys = args.bool('disable_private_keys', false);
    if (passphrase !== undefined && passphrase !== '') {
      if (disablePrivateKeys) {
        throw new RpcError(
          RpcCode.WALLET_ERROR,
          'Passphrase provided but private keys are disabled. A passphrase is only used to encrypt private keys, so cannot be used for wallets with private keys disabled.',
        );
      }
      throw new RpcError(RpcCode.WALLET_ENCRYPTION_FAILED, 'Error: Wallet encryption is not supported.');
    }
    const blank = args.bool('blank', false);
    const spec = { disablePrivateKeys, blank, avoidReuse: args.bool('avoid_reuse', false) };
    const { wallet, warnings } = await wallets.create(args.string('wallet_name'), spec, loadOnStartup(args));
    const empty = 'Empty string given as passphrase, wallet will not be encrypted.';
    return { name: wallet.name, ...withWarnings(passphrase === '' ? [empty, ...warnings] : warnings) };
  },
});

const loadwallet = managerMethod({
  name: 'loadwallet',
  description: 'Loads a wallet. The wallet options that the node was started with apply to it.',
  params: [
    { name: 'filename', type: 'string', description: 'Name or directory of the wallet' },
    LOAD_ON_STARTUP,
  ],
  result: '{ "name", "warnings": [ … ] }',
  examples: ['"savings"'],
  run: async (wallets, args) => {
    const { wallet, warnings } = await wallets.load(args.string('filename'), loadOnStartup(args));
    return { name: wallet.name, ...withWarnings(warnings) };
  },
});

const unloadwallet = managerMethod({
  name: 'unloadwallet',
  description: 'Unloads a wallet: the one that the endpoint names, or else the given one.',
  params: [
    {
      name: 'wallet_name',
      type: 'string',
      optional: true,
      description: "Name of the wallet; on a wallet's endpoint, that same one or nothing",
    },
    LOAD_ON_STARTUP,
  ],
  result: '{ "warnings": [ … ] }',
  examples: ['"savings"'],
  run: async (wallets, args, _context, { walletName }) => {
    const given = args.optionalString('wallet_name');
    if (walletName !== undefined && given !== undefined && given !== walletName) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'RPC endpoint wallet and wallet_name parameter specify different wallets',
      );
    }
    const wallet = requireLoaded(wallets, walletName ?? args.string('wallet_name'));
    if (wallet.scanning !== undefined) {
      throw new RpcError(
        RpcCode.WALLET_ERROR,
        'Wallet is currently rescanning. Abort existing rescan or wait.',
      );
    }
    return withWarnings(await wallets.unload(wallet, loadOnStartup(args)));
  },
});

const listwallets = managerMethod({
  name: 'listwallets',
  description: 'Lists the loaded wallets. getwalletinfo tells about one.',
  params: [],
  result: '[ "str", … ]    names',
  examples: [''],
  run: wallets => wallets.list().map(({ name }) => name),
});

const listwalletdir = managerMethod({
  name: 'listwalletdir',
  description: 'Lists all wallets in the wallet directory, loaded or not.',
  params: [],
  result: '{ "wallets": [ { "name" } ] }',
  examples: [''],
  run: async wallets => ({ wallets: (await wallets.listDir()).map(name => ({ name })) }),
});

/** Core's number of the latest wallet features. */
const WALLET_VERSION = 169900;

const getwalletinfo = walletMethod({
  name: 'getwalletinfo',
  description: 'Tells the state of a wallet: balances in BTC, keys, flags, scan in progress.',
  params: [],
  result:
    '{ "walletname", "walletversion", "format", "balance", "unconfirmed_balance", "immature_balance", "txcount", "keypoolsize", "keypoolsize_hd_internal", "paytxfee", "private_keys_enabled", "avoid_reuse", "scanning": { "duration", "progress" } or false, "descriptors", "external_signer", "blank", "birthtime", "lastprocessedblock": { "hash", "height" } }',
  examples: [''],
  run: wallet => {
    const { trusted, untrustedPending, immature } = balances(wallet);
    const external = wallet.keychain.keypoolSize(true);
    return {
      walletname: wallet.name,
      walletversion: WALLET_VERSION,
      format: 'leveldb',
      balance: amount(trusted),
      unconfirmed_balance: amount(untrustedPending),
      immature_balance: amount(immature),
      txcount: wallet.ledger.size,
      keypoolsize: external,
      keypoolsize_hd_internal: wallet.keychain.keypoolSize(false) - external,
      paytxfee: amount(wallet.payTxFee),
      private_keys_enabled: !wallet.has('disable_private_keys'),
      avoid_reuse: wallet.has('avoid_reuse'),
      scanning: scanningView(wallet),
      descriptors: true,
      external_signer: wallet.has('external_signer'),
      blank: wallet.has('blank'),
      birthtime: wallet.birthTime === Number.MAX_SAFE_INTEGER ? undefined : wallet.birthTime,
      lastprocessedblock: lastProcessedBlock(wallet),
    };
  },
});

function scanningView({ scanning, modules }: Wallet): JsonValue {
  if (scanning === undefined) return false;
  const duration = Math.floor((modules.clock.steadyMs() - scanning.startedMs) / 1000);
  return { duration, progress: scanning.progress };
}

const FLAGS: Readonly<Record<WalletFlag, 'mutable' | 'immutable'>> = {
  avoid_reuse: 'mutable',
  blank: 'immutable',
  key_origin_metadata: 'immutable',
  last_hardened_xpub_cached: 'immutable',
  disable_private_keys: 'immutable',
  descriptor_wallet: 'immutable',
  external_signer: 'immutable',
};

function isFlag(name: string): name is WalletFlag {
  return Object.hasOwn(FLAGS, name);
}

const setwalletflag = walletMethod({
  name: 'setwalletflag',
  description: 'Sets or clears a flag of the wallet.',
  params: [
    {
      name: 'flag',
      type: 'string',
      description: 'Name of the flag; there is one that can change, avoid_reuse',
    },
    { name: 'value', type: 'bool', default: true, description: 'true sets it, false clears it' },
  ],
  result: '{ "flag_name", "flag_state", "warnings" }',
  examples: ['"avoid_reuse" true'],
  run: async (wallet, args) => {
    const name = args.string('flag');
    const value = args.bool('value', true);
    const fail = (text: string) => new RpcError(RpcCode.INVALID_PARAMETER, text);
    if (!isFlag(name)) throw fail(`Unknown wallet flag: ${name}`);
    if (FLAGS[name] === 'immutable') throw fail(`Wallet flag is immutable: ${name}`);
    if (wallet.has(name) === value) throw fail(`Wallet flag is already set to ${value}: ${name}`);
    wallet.setFlag(name, value);
    await wallet.store.flush();
    return {
      flag_name: name,
      flag_state: value,
      warnings: value
        ? 'You need to rescan the blockchain in order to correctly mark used destinations in the past. Until this is done, some destinations may be considered unused, even if the opposite is the case.'
        : undefined,
    };
  },
});

const keypoolrefill = walletMethod({
  name: 'keypoolrefill',
  description: 'Derives keys ahead, so that there are enough unused ones.',
  params: [
    {
      name: 'newsize',
      type: 'number',
      optional: true,
      description: 'Number of unused keys to hold (default: 1000, or as set by -keypool)',
    },
  ],
  result: 'null',
  examples: [''],
  run: async (wallet, args) => {
    const size = args.optionalInt('newsize') ?? 0;
    if (size < 0) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'Invalid parameter, expected valid size.');
    }
    await wallet.keychain.topUp(size === 0 ? wallet.keychain.keypool : size);
    await wallet.store.flush();
    if (wallet.keychain.keypoolSize(false) < size) {
      throw new RpcError(RpcCode.WALLET_ERROR, 'Error refreshing keypool.');
    }
    return null;
  },
});

const backupwallet = walletMethod({
  name: 'backupwallet',
  description: 'Copies the wallet to a safe place while it is in use.',
  params: [{ name: 'destination', type: 'string', description: 'Directory or file to copy to' }],
  result: 'null',
  examples: ['"backup.dat"'],
  run: async (wallet, args) => {
    try {
      await writeBackup(wallet, args.string('destination'));
    } catch (thrown) {
      wallet.log(`backup failed: ${errorMessage(thrown)}`);
      throw new RpcError(RpcCode.WALLET_ERROR, 'Error: Wallet backup failed!');
    }
    return null;
  },
});

const restorewallet = managerMethod({
  name: 'restorewallet',
  description: 'Makes a wallet from a backup and loads it.',
  params: [
    {
      name: 'wallet_name',
      type: 'string',
      description: 'Name of the new wallet',
    },
    {
      name: 'backup_file',
      type: 'string',
      description: 'Backup, as backupwallet made it',
    },
    LOAD_ON_STARTUP,
  ],
  result: '{ "name", "warnings": [ … ] }',
  examples: ['"savings" "backup.dat"'],
  run: async (wallets, args) => {
    const name = args.string('wallet_name');
    const { wallet, warnings } = await wallets.restore(name, args.string('backup_file'), loadOnStartup(args));
    return { name: wallet.name, ...withWarnings(warnings) };
  },
});

/** Wallets coming and going, and what they are. */
export const lifecycleMethods: readonly RpcMethod[] = [
  createwallet,
  loadwallet,
  unloadwallet,
  listwallets,
  listwalletdir,
  getwalletinfo,
  setwalletflag,
  keypoolrefill,
  backupwallet,
  restorewallet,
];
