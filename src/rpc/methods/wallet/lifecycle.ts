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
    'Save wallet name to persistent settings and load on startup. True to add wallet to startup list, false to remove, null to leave unchanged.',
};

function loadOnStartup(args: Args): boolean | undefined {
  return args.has('load_on_startup') ? args.bool('load_on_startup', false) : undefined;
}

function withWarnings(warnings: readonly string[]): { readonly warnings: JsonValue } {
  return { warnings: warnings.length === 0 ? undefined : warnings };
}

const createwallet = managerMethod({
  name: 'createwallet',
  description: 'Creates and loads a new wallet.',
  params: [
    {
      name: 'wallet_name',
      type: 'string',
      description:
        'The name for the new wallet. If this is a path, the wallet will be created at the path location.',
    },
    {
      name: 'disable_private_keys',
      type: 'bool',
      default: false,
      description: 'Disable the possibility of private keys (only watchonlys are possible in this mode).',
    },
    {
      name: 'blank',
      type: 'bool',
      default: false,
      description: 'Create a blank wallet. A blank wallet has no keys or HD seed.',
    },
    {
      name: 'passphrase',
      type: 'string',
      optional: true,
      description: 'Encrypt the wallet with this passphrase (not supported).',
    },
    {
      name: 'avoid_reuse',
      type: 'bool',
      default: false,
      description:
        'Keep track of coin reuse, and treat dirty and clean coins differently with privacy considerations in mind.',
    },
    {
      name: 'descriptors',
      type: 'bool',
      default: true,
      description: 'Create a native descriptor wallet. There are no other ones.',
    },
    LOAD_ON_STARTUP,
    {
      name: 'external_signer',
      type: 'bool',
      default: false,
      description: 'Use an external signer such as a hardware wallet (not supported).',
    },
  ],
  result: '{ "name", "warnings": [ … ] }',
  examples: ['"testwallet"'],
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
  description:
    'Loads a wallet from a wallet file or directory.\nNote that all wallet command-line options used when starting the node will be\napplied to the new wallet.',
  params: [{ name: 'filename', type: 'string', description: 'The wallet directory.' }, LOAD_ON_STARTUP],
  result: '{ "name", "warnings": [ … ] }',
  examples: ['"testwallet"'],
  run: async (wallets, args) => {
    const { wallet, warnings } = await wallets.load(args.string('filename'), loadOnStartup(args));
    return { name: wallet.name, ...withWarnings(warnings) };
  },
});

const unloadwallet = managerMethod({
  name: 'unloadwallet',
  description:
    'Unloads the wallet referenced by the request endpoint, otherwise unloads the wallet specified in the argument.\nSpecifying the wallet name on a wallet endpoint is invalid.',
  params: [
    {
      name: 'wallet_name',
      type: 'string',
      optional: true,
      description:
        'The name of the wallet to unload. If provided both here and in the RPC endpoint, the two must be identical.',
    },
    LOAD_ON_STARTUP,
  ],
  result: '{ "warnings": [ … ] }',
  examples: ['wallet_name'],
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
  description:
    'Returns a list of currently loaded wallets.\nFor full information on the wallet, use "getwalletinfo"',
  params: [],
  result: '[ "str", … ]    the wallet names',
  examples: [''],
  run: wallets => wallets.list().map(({ name }) => name),
});

const listwalletdir = managerMethod({
  name: 'listwalletdir',
  description: 'Returns a list of wallets in the wallet directory.',
  params: [],
  result: '{ "wallets": [ { "name" } ] }',
  examples: [''],
  run: async wallets => ({ wallets: (await wallets.listDir()).map(name => ({ name })) }),
});

/** Core's number of the latest wallet features. */
const WALLET_VERSION = 169900;

const getwalletinfo = walletMethod({
  name: 'getwalletinfo',
  description: 'Returns an object containing various wallet state info.',
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
  description: 'Change the state of the given wallet flag for a wallet.',
  params: [
    {
      name: 'flag',
      type: 'string',
      description: 'The name of the flag to change. Current available flags: avoid_reuse',
    },
    { name: 'value', type: 'bool', default: true, description: 'The new state.' },
  ],
  result: '{ "flag_name", "flag_state", "warnings" }',
  examples: ['avoid_reuse'],
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
  description: 'Fills the keypool.',
  params: [
    {
      name: 'newsize',
      type: 'number',
      optional: true,
      description: 'The new keypool size (default: 1000, or as set by -keypool)',
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
  description:
    'Safely copies the current wallet to the specified destination, which can either be a directory or a path with a filename.',
  params: [{ name: 'destination', type: 'string', description: 'The destination directory or file' }],
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
  description: 'Restores and loads a wallet from backup.',
  params: [
    {
      name: 'wallet_name',
      type: 'string',
      description: 'The name that will be applied to the restored wallet',
    },
    {
      name: 'backup_file',
      type: 'string',
      description: 'The backup file that will be used to restore the wallet.',
    },
    LOAD_ON_STARTUP,
  ],
  result: '{ "name", "warnings": [ … ] }',
  examples: ['"testwallet" "home\\backups\\backup-file.bak"'],
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
