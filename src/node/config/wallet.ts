import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { StartError } from '../../runtime/errors.js';
import { type OutputType, parseOutputType } from '../../script/output-type.js';
import { DEFAULT_WALLET_OPTIONS, type WalletOptions } from '../../wallet/options.js';
import type { Settings } from '../options/settings.js';
import { moneyOption } from './values.js';

/** @throws StartError with Core's text on an unknown address type or amount */
export function walletOptions(settings: Settings): WalletOptions {
  const defaults = DEFAULT_WALLET_OPTIONS;
  const money = (name: string, fallback: number) => moneyOption(settings, name, fallback);
  return {
    addressType: outputType(settings, 'addresstype', 'address') ?? defaults.addressType,
    changeType: outputType(settings, 'changetype', 'change'),
    fallbackFee: money('fallbackfee', defaults.fallbackFee),
    payTxFee: money('paytxfee', defaults.payTxFee),
    maxTxFee: money('maxtxfee', defaults.maxTxFee),
    minTxFee: money('mintxfee', defaults.minTxFee),
    discardFee: money('discardfee', defaults.discardFee),
    consolidateFeeRate: money('consolidatefeerate', defaults.consolidateFeeRate),
    keypool: Math.max(settings.int('keypool', defaults.keypool), 1),
    spendZeroConfChange: settings.bool('spendzeroconfchange', defaults.spendZeroConfChange),
    txConfirmTarget: settings.int('txconfirmtarget', defaults.txConfirmTarget),
    walletRbf: settings.bool('walletrbf', defaults.walletRbf),
    walletBroadcast: settings.bool('walletbroadcast', !settings.bool('blocksonly', false)),
    rejectLongChains: settings.bool('walletrejectlongchains', defaults.rejectLongChains),
    avoidPartialSpends: settings.bool('avoidpartialspends', defaults.avoidPartialSpends),
    maxApsFee: settings.text('maxapsfee') === '-1' ? -1 : money('maxapsfee', defaults.maxApsFee),
    unsafeSync: settings.bool('unsafesqlitesync', false),
  };
}

function outputType(settings: Settings, name: string, what: string): OutputType | undefined {
  const text = settings.text(name);
  if (text === undefined || text === '') return undefined;
  const type = parseOutputType(text);
  if (type === undefined) throw new StartError(`Unknown ${what} type '${text}'`);
  return type;
}

/** Directory of the wallets. @throws StartError with Core's text when the one given will not do */
export function walletDir(settings: Settings, fallback: string): string {
  const path = settings.text('walletdir');
  if (path === undefined || path === '') return fallback;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new StartError(`Specified -walletdir "${path}" does not exist`);
  if (!stats.isDirectory()) throw new StartError(`Specified -walletdir "${path}" is not a directory`);
  if (!isAbsolute(path)) throw new StartError(`Specified -walletdir "${path}" is a relative path`);
  return resolve(path);
}

/** Wallets to load at start; undefined when nothing says, which loads the nameless one if it is there. */
export function walletsToLoad(settings: Settings): readonly string[] | undefined {
  return settings.isSet('wallet') ? settings.list('wallet') : undefined;
}
