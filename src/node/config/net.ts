import type { ChainParams } from '../../consensus/params.js';
import { NETWORK_KINDS } from '../../net/network-name.js';
import { DEFAULT_NET_OPTIONS, type NetOptions } from '../../net/options.js';
import { StartError } from '../../runtime/errors.js';
import type { Settings } from '../options/settings.js';
import { isFrugal } from './chain.js';
import { byteSizeOption, portOption } from './values.js';

/**
 * What the settings say of the peer-to-peer side, with Core's interactions between options.
 *
 * @throws StartError with Core's text on a contradiction
 */
export function netOptions(settings: Settings, params: ChainParams, dataDir: string | undefined): NetOptions {
  const defaults = DEFAULT_NET_OPTIONS;
  const connect = connectOption(settings);
  const maxConnections = Math.max(settings.int('maxconnections', defaults.maxConnections), 0);
  const isClosed = connect !== undefined || (settings.isSet('maxconnections') && maxConnections === 0);
  const bind = settings.list('bind');
  const whitebind = settings.list('whitebind');
  const binds = bind.length + whitebind.length > 0;
  const listen = settings.bool('listen', binds || !isClosed);
  if (binds && !listen) throw new StartError('Cannot set -bind or -whitebind together with -listen=0');
  const networks = onlyNet(settings);
  const reachesSeeds = networks.length === 0 || networks.some(kind => kind === 'ipv4' || kind === 'ipv6');
  const dnsSeed = settings.bool('dnsseed', !isClosed && reachesSeeds);
  if (dnsSeed && !reachesSeeds) {
    throw new StartError(
      'Incompatible options: -dnsseed=1 was explicitly specified, but -onlynet forbids connections to IPv4/IPv6',
    );
  }
  const forceDnsSeed = settings.bool('forcednsseed', false);
  if (forceDnsSeed && !dnsSeed) {
    throw new StartError('Cannot set -forcednsseed to true when setting -dnsseed to false.');
  }
  refuseProxies(settings);
  const peerTimeout = settings.int('peertimeout', defaults.peerTimeout);
  if (peerTimeout <= 0) throw new StartError('peertimeout must be a positive integer.');
  const blocksOnly = settings.bool('blocksonly', false);
  const connectTimeoutMs = settings.int('timeout', defaults.connectTimeoutMs);
  return {
    ...defaults,
    dataDir,
    listen,
    port: portOption(settings, 'port', params.defaultPort),
    bind,
    whitebind,
    whitelist: settings.list('whitelist'),
    whitelistRelay: settings.bool('whitelistrelay', !blocksOnly),
    whitelistForceRelay: settings.bool('whitelistforcerelay', defaults.whitelistForceRelay),
    externalIp: settings.list('externalip'),
    discover: settings.bool('discover', listen && !settings.isSet('externalip')),
    connect,
    addNode: settings.list('addnode'),
    seedNode: settings.list('seednode'),
    maxConnections,
    onlyNet: networks,
    dns: settings.bool('dns', defaults.dns),
    dnsSeed,
    forceDnsSeed,
    fixedSeeds: settings.bool('fixedseeds', defaults.fixedSeeds),
    networkActive: settings.bool('networkactive', true),
    connectTimeoutMs: connectTimeoutMs <= 0 ? defaults.connectTimeoutMs : connectTimeoutMs,
    peerTimeout,
    banTime: settings.int('bantime', defaults.banTime),
    maxReceiveBuffer: settings.int('maxreceivebuffer', usualReceiveBuffer(settings) / 1000) * 1000,
    maxSendBuffer: settings.int('maxsendbuffer', defaults.maxSendBuffer / 1000) * 1000,
    maxUploadTarget: byteSizeOption(settings, 'maxuploadtarget'),
    blocksOnly,
    maxOrphanTransactions: Math.max(settings.int('maxorphantx', defaults.maxOrphanTransactions), 0),
    captureMessages: settings.bool('capturemessages', false),
    uaComments: settings.list('uacomment'),
    maxTipAge: settings.int('maxtipage', defaults.maxTipAge),
  };
}

/** Bytes of messages that wait, for each peer, in a node that is to take little memory: a block, while one is dealt with. */
const FRUGAL_RECEIVE_BUFFER = 1_000_000;

function usualReceiveBuffer(settings: Settings): number {
  return isFrugal(settings) ? FRUGAL_RECEIVE_BUFFER : DEFAULT_NET_OPTIONS.maxReceiveBuffer;
}

/** Connections that were to go through a proxy must not go out without it. @throws StartError */
function refuseProxies(settings: Settings): void {
  const name = ['proxy', 'onion', 'i2psam'].find(
    option => settings.path(option) !== '' && settings.path(option) !== '0',
  );
  if (name !== undefined) throw new StartError(`-${name} is not supported in this version`);
}

/** -connect: a list of peers, none for -connect=0 and -noconnect, undefined when connections are automatic. */
function connectOption(settings: Settings): readonly string[] | undefined {
  if (!settings.isSet('connect')) return undefined;
  const nodes = settings.list('connect');
  return settings.isNegated('connect') || (nodes.length === 1 && nodes[0] === '0') ? [] : nodes;
}

function onlyNet(settings: Settings): NetOptions['onlyNet'] {
  return settings.list('onlynet').map(text => {
    const kind = NETWORK_KINDS.find(known => known === text.toLowerCase());
    if (kind === undefined) throw new StartError(`Unknown network specified in -onlynet: '${text}'`);
    return kind;
  });
}
