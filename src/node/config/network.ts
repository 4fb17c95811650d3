import { BURIED_DEPLOYMENTS } from '../../consensus/deployments.js';
import { chainParams } from '../../consensus/networks.js';
import {
  type Bip9Params,
  type BuriedDeployment,
  type ChainParams,
  type ChainParamsOverrides,
  NO_TIMEOUT,
  type VersionBitsDeployment,
} from '../../consensus/params.js';
import { StartError } from '../../runtime/errors.js';
import type { Settings } from '../options/settings.js';
import { hashOption, hexBytesOption, hexNumberOption } from './values.js';

/** Largest 64-bit number, which options use for "no time-out". */
const INT64_MAX = '9223372036854775807';

/** The network that the settings choose, with what they change of it. @throws StartError with Core's texts */
export function networkParams(settings: Settings): ChainParams {
  const chain = settings.chain();
  const overrides: ChainParamsOverrides = {
    ...definedOnly({
      minimumChainWork: hexNumberOption(settings, 'minimumchainwork', 'minimum chain work'),
      assumeValid: hashOption(settings, 'assumevalid'),
    }),
    ...(chain === 'regtest' ? regtestOverrides(settings) : {}),
    ...(chain === 'signet' ? signetOverrides(settings) : {}),
  };
  return chainParams(chain, overrides);
}

/** Other networks pass these options over, unread, as in Core. */
function regtestOverrides(settings: Settings): ChainParamsOverrides {
  return {
    activationHeights: activationHeights(settings),
    deployments: versionBits(settings),
    fastPrune: settings.bool('fastprune', false),
  };
}

function signetOverrides(settings: Settings): ChainParamsOverrides {
  return definedOnly({
    signetChallenge: signetChallenge(settings),
    signetSeeds: settings.isSet('signetseednode') ? settings.list('signetseednode') : undefined,
  });
}

function definedOnly<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function activationHeights(settings: Settings): Partial<Record<BuriedDeployment, number>> {
  const heights: Partial<Record<BuriedDeployment, number>> = {};
  for (const text of settings.list('testactivationheight')) {
    const at = text.indexOf('@');
    if (at < 0) throw new StartError(`Invalid format (${text}) for -testactivationheight=name@height.`);
    const name = text.slice(0, at);
    const height = text.slice(at + 1);
    if (!/^\d+$/.test(height) || Number(height) >= 2 ** 31 - 1) {
      throw new StartError(`Invalid height value (${text}) for -testactivationheight=name@height.`);
    }
    const deployment = BURIED_DEPLOYMENTS.find(known => known === name);
    if (deployment === undefined) {
      throw new StartError(`Invalid name (${text}) for -testactivationheight=name@height.`);
    }
    heights[deployment] = Number(height);
  }
  return heights;
}

function versionBits(settings: Settings): Partial<Record<VersionBitsDeployment, Partial<Bip9Params>>> {
  const deployments: Partial<Record<VersionBitsDeployment, Partial<Bip9Params>>> = {};
  for (const text of settings.list('vbparams')) {
    const [name = '', start = '', end, minHeight = '0', ...rest] = text.split(':');
    if (end === undefined || rest.length > 0) {
      throw new StartError(
        'Version bits parameters malformed, expecting deployment:start:end[:min_activation_height]',
      );
    }
    if (!/^-?\d+$/.test(start)) throw new StartError(`Invalid nStartTime (${start})`);
    if (!/^-?\d+$/.test(end)) throw new StartError(`Invalid nTimeout (${end})`);
    if (!/^\d+$/.test(minHeight)) throw new StartError(`Invalid min_activation_height (${minHeight})`);
    if (name !== 'testdummy' && name !== 'taproot') throw new StartError(`Invalid deployment (${name})`);
    deployments[name] = {
      startTime: Number(start),
      timeout: end === INT64_MAX ? NO_TIMEOUT : Number(end),
      minActivationHeight: Number(minHeight),
    };
  }
  return deployments;
}

function signetChallenge(settings: Settings): Uint8Array | undefined {
  const values = settings.list('signetchallenge');
  const [text] = values;
  if (text === undefined) return undefined;
  if (values.length > 1) throw new StartError('-signetchallenge cannot be multiple values.');
  const challenge = hexBytesOption(text);
  if (challenge === undefined) throw new StartError(`-signetchallenge must be hex, not '${text}'.`);
  return challenge;
}
