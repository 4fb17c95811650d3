import type { NetworkName } from '../../consensus/params.js';
import type { Answer, Caller } from './caller.js';

const MAX_LEVEL = 4;

/** Networks in the order of the columns, with the short names of the rows. */
const NETWORKS: readonly (readonly [string, string])[] = [
  ['ipv4', 'ipv4'],
  ['ipv6', 'ipv6'],
  ['onion', 'onion'],
  ['i2p', 'i2p'],
  ['cjdns', 'cjdns'],
  ['not_publicly_routable', 'npr'],
  ['internal', 'int'],
];

const CONNECTION_TYPES: Readonly<Record<string, string>> = {
  'outbound-full-relay': 'full',
  'block-relay-only': 'block',
  manual: 'manual',
  feeler: 'feeler',
  'addr-fetch': 'addr',
};

/** The members of getpeerinfo that the table shows. */
interface Peer {
  readonly id: number;
  readonly addr: string;
  readonly network: string;
  readonly inbound: boolean;
  readonly connection_type: string;
  readonly transport_protocol_type?: string;
  readonly relaytxes?: boolean;
  readonly version: number;
  readonly subver: string;
  readonly conntime: number;
  readonly last_block: number;
  readonly last_transaction: number;
  readonly lastrecv: number;
  readonly lastsend: number;
  readonly minping?: number;
  readonly pingtime?: number;
  readonly addr_processed?: number;
  readonly addr_rate_limited?: number;
  readonly addr_relay_enabled?: boolean;
  readonly bip152_hb_to: boolean;
  readonly bip152_hb_from: boolean;
}

interface NetworkInfo {
  readonly protocolversion: number;
  readonly subversion: string;
  readonly networks: readonly { readonly name: string; readonly reachable: boolean }[];
  readonly localaddresses: readonly {
    readonly address: string;
    readonly port: number;
    readonly score: number;
  }[];
}

export const NETINFO_HELP = `-netinfo level|"help"

A dashboard of the node's peers, from getpeerinfo and getnetworkinfo. Its form may change; programs should use
those calls. Level (0 to ${MAX_LEVEL}, default 0):
  0  counts of peers by network and direction, and the local addresses
  1  and a row for each peer, without address and version
  2  and their addresses
  3  and their versions, without addresses
  4  all of it

Columns: <-> direction; type full, block, manual, feeler or addr; net network; v transport version; mping and ping
lowest and last ping in milliseconds; send and recv seconds since the last message; txn and blk minutes since the last
new transaction and block from the peer (* = no transactions to this peer); hb compact block high bandwidth (. to,
* from); addrp and addrl addresses processed and dropped (. = no address relay); age minutes connected; id.

Examples:
> blocksmith-cli -netinfo
> watch --interval 1 --no-title blocksmith-cli -netinfo 4
`;

/** The level asked for. @throws Error when it is no number */
export function parseLevel(argument: string | undefined): number {
  if (argument === undefined) return 0;
  if (!/^\d{1,3}$/.test(argument) || Number(argument) > 255) {
    throw new Error(
      `invalid -netinfo argument: ${argument}\nFor more information, run: blocksmith-cli -netinfo help`,
    );
  }
  return Math.min(Number(argument), MAX_LEVEL);
}

/** `-netinfo`: the dashboard as one text. */
export async function netInfo(
  caller: Caller,
  level: number,
  network: NetworkName,
  version: string,
  nowSeconds: number,
): Promise<Answer> {
  const [peerAnswer, networkAnswer] = await caller.batch(['getpeerinfo', 'getnetworkinfo']);
  for (const answer of [peerAnswer, networkAnswer])
    if (answer?.result === undefined) return answer ?? noAnswer();
  const peers = JSON.parse(peerAnswer?.result ?? '[]') as Peer[];
  const info = JSON.parse(networkAnswer?.result ?? '{}') as NetworkInfo;
  const chain = network === 'main' ? '' : ` ${network === 'test' ? 'testnet' : network}`;
  const parts = [
    `Blocksmith client ${version}${chain} - server ${info.protocolversion}${info.subversion}\n\n`,
    level > 0 && peers.length > 0 ? peerTable(peers, level, nowSeconds) : '',
    countTable(peers, info),
    localAddresses(info),
  ];
  return { result: JSON.stringify(parts.join('')), error: undefined };
}

function noAnswer(): Answer {
  return { result: undefined, error: 'null' };
}

type Row = readonly string[];

function peerTable(peers: readonly Peer[], level: number, now: number): string {
  const withAddress = level === 2 || level === 4;
  const withVersion = level === 3 || level === 4;
  const sorted = [...peers].sort(
    (a, b) => Number(b.inbound) - Number(a.inbound) || (a.minping ?? -1) - (b.minping ?? -1),
  );
  const heads = [
    '<->',
    'type',
    'net',
    'v',
    'mping',
    'ping',
    'send',
    'recv',
    'txn',
    'blk',
    'hb',
    'addrp',
    'addrl',
    'age',
    'id',
  ];
  const units = ['', '', '', '', 'ms', 'ms', 'sec', 'sec', 'min', 'min', '', '', '', 'min', ''];
  if (withAddress) heads.push('address');
  if (withVersion) heads.push('version');
  const rows = sorted.map(peer => [
    ...peerRow(peer, now),
    ...(withAddress ? [peer.addr] : []),
    ...(withVersion ? [`${peer.version}${peer.subver}`] : []),
  ]);
  return `${alignColumns([heads, ...rows, units.slice(0, heads.length)], 15)}\n\n`;
}

function peerRow(peer: Peer, now: number): Row {
  const since = (time: number, unit: number) => (time === 0 ? '' : String(Math.floor((now - time) / unit)));
  return [
    peer.inbound ? 'in' : 'out',
    CONNECTION_TYPES[peer.connection_type] ?? '',
    NETWORKS.find(([name]) => name === peer.network)?.[1] ?? '',
    (peer.transport_protocol_type ?? 'v1').slice(1),
    ping(peer.minping),
    ping(peer.pingtime),
    since(peer.lastsend, 1),
    since(peer.lastrecv, 1),
    peer.last_transaction === 0 && peer.relaytxes === false ? '*' : since(peer.last_transaction, 60),
    since(peer.last_block, 60),
    `${peer.bip152_hb_to ? '.' : ' '}${peer.bip152_hb_from ? '*' : ' '}`,
    peer.addr_processed ? String(peer.addr_processed) : peer.addr_relay_enabled ? '' : '.',
    peer.addr_rate_limited ? String(peer.addr_rate_limited) : '',
    since(peer.conntime, 60),
    String(peer.id),
  ];
}

function ping(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  const milliseconds = Math.round(seconds * 1000);
  return milliseconds > 999_999 ? '-' : String(milliseconds);
}

function countTable(peers: readonly Peer[], info: NetworkInfo): string {
  const shown = NETWORKS.filter(
    ([name]) =>
      info.networks.some(network => network.name === name && network.reachable) ||
      (['not_publicly_routable', 'internal'].includes(name) && peers.some(peer => peer.network === name)),
  );
  const manual = peers.filter(peer => peer.connection_type === 'manual').length;
  const block = peers.filter(peer => peer.connection_type === 'block-relay-only').length;
  const heads = ['', ...shown.map(([, short]) => short), 'total', 'block', ...(manual > 0 ? ['manual'] : [])];
  const row = (title: string, chosen: readonly Peer[], extra: Row): Row => [
    title,
    ...shown.map(([name]) => String(chosen.filter(peer => peer.network === name).length)),
    String(chosen.length),
    ...extra,
  ];
  const blank = heads.slice(shown.length + 2).map(() => '');
  const outExtra = [String(block), ...(manual > 0 ? [String(manual)] : [])];
  return alignColumns(
    [
      heads,
      row(
        'in',
        peers.filter(peer => peer.inbound),
        blank,
      ),
      row(
        'out',
        peers.filter(peer => !peer.inbound),
        outExtra,
      ),
      row('total', peers, blank),
    ],
    Number.POSITIVE_INFINITY,
  );
}

function localAddresses(info: NetworkInfo): string {
  if (info.localaddresses.length === 0) return '\n\nLocal addresses: n/a\n';
  const width = Math.max(...info.localaddresses.map(local => local.address.length)) + 1;
  const lines = info.localaddresses.map(
    local =>
      `\n${local.address.padEnd(width)}    port ${String(local.port).padStart(6)}    score ${String(local.score).padStart(6)}`,
  );
  return `\n\nLocal addresses${lines.join('')}`;
}

/** Columns of equal width; right-aligned below `leftFrom`, left-aligned from there on. */
function alignColumns(rows: readonly Row[], leftFrom: number): string {
  const columns = Math.max(...rows.map(row => row.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map(row => row[index]?.length ?? 0)),
  );
  return rows
    .map(row =>
      row
        .map((cell, index) =>
          index >= leftFrom ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
        )
        .join(' ')
        .trimEnd(),
    )
    .join('\n');
}
