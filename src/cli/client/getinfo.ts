import type { Answer, Caller } from './caller.js';
import { arrayItems, objectMembers, plainText } from './json-text.js';

const PROGRESS_STEP = 0.05;

/** Escape sequences, all empty when no colour is wanted. */
export interface Colors {
  readonly reset: string;
  readonly green: string;
  readonly blue: string;
  readonly yellow: string;
  readonly magenta: string;
  readonly cyan: string;
}

/** Colours by `-color` and whether a terminal is there. @throws Error on an unknown setting */
export function chooseColors(setting: string | undefined, isTerminal: boolean): Colors {
  if (setting !== undefined && !['always', 'auto', 'never'].includes(setting)) {
    throw new Error('Invalid value for -color option. Valid values: always, auto, never.');
  }
  const on = setting === 'always' || (setting !== 'never' && isTerminal);
  const code = (number: number) => (on ? `\x1B[${number}m` : '');
  return {
    reset: code(0),
    green: code(32),
    blue: code(34),
    yellow: code(33),
    magenta: code(35),
    cyan: code(36),
  };
}

/** `-getinfo`: a page of what the node and its wallets are about. */
export async function getInfo(caller: Caller, askAllWallets: boolean, colors: Colors): Promise<Answer> {
  const [network, chain, wallet, balances] = await caller.batch([
    'getnetworkinfo',
    'getblockchaininfo',
    'getwalletinfo',
    'getbalances',
  ]);
  if (network?.result === undefined) return network ?? { result: undefined, error: 'null' };
  if (chain?.result === undefined) return chain ?? { result: undefined, error: 'null' };
  const parts = [
    nodePart(objectMembers(chain.result), objectMembers(network.result), colors),
    wallet?.result === undefined ? '' : walletPart(objectMembers(wallet.result), colors),
    balances?.result === undefined
      ? ''
      : `${colors.cyan}Balance:${colors.reset} ${trusted(balances.result)}\n\n`,
    askAllWallets ? await allBalances(caller, colors) : '',
    `${colors.yellow}Warnings:${colors.reset} ${warnings(objectMembers(network.result).get('warnings'))}`,
  ];
  return { result: JSON.stringify(parts.join('')), error: undefined };
}

function nodePart(chain: Map<string, string>, network: Map<string, string>, colors: Colors): string {
  const of = (members: Map<string, string>, name: string) => plainText(members.get(name));
  const progress = Number(of(chain, 'verificationprogress'));
  const bar = progress < 0.99 ? `${progressBar(progress)} ` : '';
  return [
    `${colors.blue}Chain: ${of(chain, 'chain')}${colors.reset}`,
    `Blocks: ${of(chain, 'blocks')}`,
    `Headers: ${of(chain, 'headers')}`,
    `Verification progress: ${bar}${(progress * 100).toFixed(4)}%`,
    `Difficulty: ${of(chain, 'difficulty')}`,
    '',
    `${colors.green}Network: in ${of(network, 'connections_in')}, out ${of(network, 'connections_out')}, total ${of(network, 'connections')}${colors.reset}`,
    `Version: ${of(network, 'version')}`,
    `Time offset (s): ${of(network, 'timeoffset')}`,
    `Proxies: ${proxies(network.get('networks') ?? '[]')}`,
    `Min tx relay fee rate (BTC/kvB): ${of(network, 'relayfee')}`,
    '',
    '',
  ].join('\n');
}

function walletPart(wallet: Map<string, string>, colors: Colors): string {
  const name = plainText(wallet.get('walletname'));
  const lines = [
    `${colors.magenta}Wallet: ${name === '' ? '""' : name}${colors.reset}`,
    `Keypool size: ${plainText(wallet.get('keypoolsize'))}`,
  ];
  if (wallet.has('unlocked_until')) lines.push(`Unlocked until: ${plainText(wallet.get('unlocked_until'))}`);
  lines.push(`Transaction fee rate (-paytxfee) (BTC/kvB): ${plainText(wallet.get('paytxfee'))}`, '', '');
  return lines.join('\n');
}

/** Balances of every wallet when several are loaded. */
async function allBalances(caller: Caller, colors: Colors): Promise<string> {
  const wallets = await caller.call('listwallets', '[]');
  const names = wallets.result === undefined ? [] : arrayItems(wallets.result).map(plainText);
  if (names.length <= 1) return '';
  const rows: (readonly [string, string])[] = [];
  for (const name of names) {
    const answer = await caller.call('getbalances', '[]', name);
    rows.push([answer.result === undefined ? '' : trusted(answer.result), name]);
  }
  const width = Math.max(10, ...rows.map(([balance]) => balance.length));
  const lines = rows.map(([balance, name]) => `${balance.padStart(width)} ${name === '' ? '""' : name}\n`);
  return `${colors.cyan}Balances${colors.reset}\n${lines.join('')}\n`;
}

function trusted(balances: string): string {
  return plainText(objectMembers(objectMembers(balances).get('mine') ?? '{}').get('trusted'));
}

function warnings(text: string | undefined): string {
  const shown = text?.startsWith('[') ? arrayItems(text).map(plainText).join('\n') : plainText(text);
  return shown === '' ? '(none)' : shown;
}

function proxies(networks: string): string {
  const byProxy = new Map<string, string[]>();
  for (const network of arrayItems(networks).map(objectMembers)) {
    const proxy = plainText(network.get('proxy'));
    if (proxy !== '') byProxy.set(proxy, [...(byProxy.get(proxy) ?? []), plainText(network.get('name'))]);
  }
  return byProxy.size === 0
    ? 'n/a'
    : [...byProxy].map(([proxy, names]) => `${proxy} (${names.join(', ')})`).join(', ');
}

/** Empty for what is no part of a whole. */
function progressBar(progress: number): string {
  if (!(progress >= 0 && progress <= 1)) return '';
  const done = Math.ceil(progress / PROGRESS_STEP);
  const left = Math.ceil((1 - progress) / PROGRESS_STEP);
  return '▒'.repeat(done) + '░'.repeat(left);
}
