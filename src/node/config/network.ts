import { BURIED_DEPLOYMENTS, VERSION_BITS_DEPLOYMENTS } from '../../consensus/deployments.js';
import { chainParams } from '../../consensus/networks.js';
import {
  type Bip9Params,
  type BuriedDeployment,
  type ChainParams,
  type ChainParamsOverrides,
  NO_TIMEOUT,
  NO_TIMEOUT_SHOWN,
  type VersionBitsDeployment,
} from '../../consensus/params.js';
import { toHex } from '../../primitives/bytes.js';
import { StartError } from '../../runtime/errors.js';
import type { Settings } from '../options/settings.js';
import { checkLabOptions, labRetarget } from './lab.js';
import { hashOption, hexNumberOption, parseHexBytes, parseInteger } from './values.js';

/** Heights are 32-bit numbers; the largest is one that never comes. */
const MAX_HEIGHT = 2n ** 31n - 1n;

/** The network that the settings choose, with what they change of it. @throws StartError with Core's texts */
export function networkParams(settings: Settings): ChainParams {
  checkLabOptions(settings);
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

/** What the log says of a network that options have changed, in Core's words. */
export function describeNetwork(settings: Settings, { name, magic, consensus }: ChainParams): string[] {
  const lines: string[] = [];
  if (name === 'regtest') {
    const changed = versionBits(settings);
    for (const deployment of VERSION_BITS_DEPLOYMENTS) {
      if (changed[deployment] === undefined) continue;
      const { startTime, timeout, minActivationHeight } = consensus.deployments[deployment];
      lines.push(
        `Setting version bits activation parameters for ${deployment} to start=${shownTime(startTime)}, ` +
          `timeout=${shownTime(timeout)}, min_activation_height=${minActivationHeight}`,
      );
    }
  }
  if (name === 'signet') {
    const challenge = signetChallenge(settings);
    if (challenge !== undefined) lines.push(`Signet with challenge ${toHex(challenge)}`);
    lines.push(`Signet derived magic (message start): ${toHex(magic)}`);
  }
  return lines;
}

function shownTime(seconds: number): string {
  return String(seconds === NO_TIMEOUT ? NO_TIMEOUT_SHOWN : seconds);
}

/** Other networks pass these options over, unread, as in Core. */
function regtestOverrides(settings: Settings): ChainParamsOverrides {
  return {
    activationHeights: activationHeights(settings),
    deployments: versionBits(settings),
    fastPrune: settings.bool('fastprune', false),
    ...definedOnly({ retarget: labRetarget(settings) }),
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
    const height = parseInteger(text.slice(at + 1), 32);
    if (height === undefined || height < 0 || height >= MAX_HEIGHT) {
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
    const changes = {
      startTime: wholeNumber(start, 64, 'nStartTime'),
      timeout: wholeNumber(end, 64, 'nTimeout'),
      minActivationHeight: wholeNumber(minHeight, 32, 'min_activation_height'),
    };
    const deployment = VERSION_BITS_DEPLOYMENTS.find(known => known === name);
    if (deployment === undefined) throw new StartError(`Invalid deployment (${name})`);
    deployments[deployment] = changes;
  }
  return deployments;
}

/** Times beyond what a number holds exactly are as good as never. */
function wholeNumber(text: string, bits: 32 | 64, what: string): number {
  const value = parseInteger(text, bits);
  if (value === undefined) throw new StartError(`Invalid ${what} (${text})`);
  return Math.min(Number(value), NO_TIMEOUT);
}

function signetChallenge(settings: Settings): Uint8Array | undefined {
  const values = settings.list('signetchallenge');
  const [text] = values;
  if (text === undefined) return undefined;
  if (values.length > 1) throw new StartError('-signetchallenge cannot be multiple values.');
  const challenge = parseHexBytes(text);
  if (challenge === undefined) throw new StartError(`-signetchallenge must be hex, not '${text}'.`);
  return challenge;
}
