import { resolveDataDir } from '../../node/data-dir.js';
import { parseCommandLine } from '../../node/options/command-line.js';
import { readConfigFiles } from '../../node/options/config-file.js';
import { helpText } from '../../node/options/help.js';
import { addValue, Settings } from '../../node/options/settings.js';
import { CLIENT_OPTIONS } from '../../node/options/table.js';
import { VERSION } from '../../node/version.js';
import { RpcCode } from '../../rpc/errors.js';
import { errorMessage } from '../../runtime/errors.js';
import { type Answer, Caller } from './caller.js';
import { resolveEndpoint } from './connection.js';
import { namedParams, positionalParams } from './conversions.js';
import { chooseColors, getInfo } from './getinfo.js';
import { layOut, objectMembers, plainText } from './json-text.js';
import { NETINFO_HELP, netInfo, parseLevel } from './netinfo.js';

const USAGE = `Usage:  blocksmith-cli [options] <method> [argument]...              Call a method of the node
        blocksmith-cli [options] -named <method> [name=argument]...  The same, arguments by name
        blocksmith-cli [options] help [method]                       List the methods, or explain one
`;

/** Blocks made by -generate when no number is given. */
const DEFAULT_GENERATE_BLOCKS = '1';

/** Where the client writes, and what it is told beside its arguments. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The next line of standard input without its end; undefined when there is none. */
  readonly readLine: (prompt?: string) => string | undefined;
  /** True when a person reads what is written: colours are wanted. */
  readonly isInteractive: boolean;
}

/**
 * The RPC client: takes a command line as `bitcoin-cli` does and returns its exit code: 0, 1 for failures to reach the
 * server or to understand the command line, otherwise the RPC error's code without its sign.
 */
export async function runClient(args: readonly string[], terminal: Terminal): Promise<number> {
  const settings = new Settings(CLIENT_OPTIONS);
  try {
    const words = inStep('Error parsing command line arguments', () => parseCommandLine(args, settings));
    if (['?', 'h', 'help', 'version'].some(name => settings.isSet(name)) || args.length === 0) {
      terminal.out(settings.isSet('version') ? `Blocksmith RPC client version ${VERSION}` : helpPage());
      if (args.length > 0) return 0;
      throw new SetupError('Error: too few parameters');
    }
    const place = readConfiguration(settings);
    const answer = await perform(
      { settings, ...place },
      readStandardInput(settings, words, terminal),
      terminal,
    );
    return print(answer, terminal);
  } catch (thrown) {
    terminal.err(thrown instanceof SetupError ? thrown.message : `error: ${errorMessage(thrown)}`);
    return 1;
  }
}

/** Something is wrong before any call can be made; the message says so in full. */
class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** Runs one step of the setting up; its failure is told with `failure` in front. */
function inStep<T>(failure: string, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    throw new SetupError(`${failure}: ${errorMessage(thrown)}`);
  }
}

/** Where data and configuration are. */
interface Place {
  readonly dataDir: string;
  readonly configFile: string;
}

/** Reads the configuration file and chooses the network. @throws SetupError */
function readConfiguration(settings: Settings): Place {
  const named = inStep('Error', () => resolveDataDir(settings.path('datadir')));
  const { path: configFile } = inStep('Error reading configuration file', () =>
    readConfigFiles(settings, named),
  );
  // A datadir= line in the configuration file moves the data, not the configuration.
  const dataDir = inStep('Error reading configuration file', () => resolveDataDir(settings.path('datadir')));
  inStep('Error', () => settings.selectNetwork(settings.chain()));
  return { dataDir, configFile };
}

function helpPage(): string {
  return `Blocksmith RPC client version ${VERSION}\n\n${USAGE}\n${helpText(CLIENT_OPTIONS, true)}`;
}

async function perform(
  { settings, dataDir, configFile }: Place & { readonly settings: Settings },
  words: readonly string[],
  terminal: Terminal,
): Promise<Answer> {
  const walletName = settings.text('rpcwallet');
  const caller = new Caller(() => resolveEndpoint(settings, dataDir, configFile, terminal.err), {
    wait: settings.bool('rpcwait', false),
    waitTimeoutSeconds: settings.int('rpcwaittimeout', 0),
    walletName,
  });
  if (settings.isSet('getinfo')) {
    if (words.length > 0) throw new Error('-getinfo takes no arguments');
    const colors = chooseColors(settings.text('color'), terminal.isInteractive);
    return getInfo(caller, walletName === undefined, colors);
  }
  if (settings.isSet('netinfo') && !settings.isNegated('netinfo')) {
    const level = settings.text('netinfo') || words[0];
    if (level === 'help') return { result: JSON.stringify(NETINFO_HELP), error: undefined };
    return netInfo(caller, parseLevel(level), settings.chain(), VERSION, Math.floor(Date.now() / 1000));
  }
  if (settings.bool('generate', false)) return generate(caller, words);
  if (settings.bool('addrinfo', false)) return addrInfo(caller, words);
  const [method, ...args] = words;
  if (method === undefined) throw new Error('too few parameters (need at least command)');
  const params = settings.bool('named', false) ? namedParams(method, args) : positionalParams(method, args);
  return caller.call(method, params);
}

/** Arguments and secrets that options say to read from standard input, in the order in which Core reads them. */
function readStandardInput(settings: Settings, words: readonly string[], terminal: Terminal): string[] {
  const result = [...words];
  if (settings.bool('stdinrpcpass', false)) {
    addValue(settings.commandLine, 'rpcpassword', readSecret('stdinrpcpass', 'RPC password', terminal));
  }
  if (settings.bool('stdinwalletpassphrase', false)) {
    if (!result[0]?.startsWith('walletpassphrase')) {
      throw new Error('-stdinwalletpassphrase is only applicable for walletpassphrase(change)');
    }
    result.splice(1, 0, readSecret('stdinwalletpassphrase', 'Wallet passphrase', terminal));
  }
  if (settings.bool('stdin', false)) {
    for (let line = terminal.readLine(); line !== undefined; line = terminal.readLine()) result.push(line);
  }
  return result;
}

function readSecret(option: string, prompt: string, terminal: Terminal): string {
  const line = terminal.readLine(`${prompt}> `);
  if (line === undefined) throw new Error(`-${option} specified but failed to read from standard input`);
  return line;
}

/** -generate: blocks to a new address of the wallet. */
async function generate(caller: Caller, words: readonly string[]): Promise<Answer> {
  const address = await caller.call('getnewaddress', '[]');
  if (address.result === undefined) return address;
  if (words.length > 2) throw new Error('too many arguments (maximum 2 for nblocks and maxtries)');
  const [blocks = DEFAULT_GENERATE_BLOCKS, ...tries] = words;
  if (blocks === '0') {
    throw new Error(
      `the first argument (number of blocks to generate, default: ${DEFAULT_GENERATE_BLOCKS}) must be an integer value greater than zero`,
    );
  }
  const to = plainText(address.result);
  const mined = await caller.call(
    'generatetoaddress',
    positionalParams('generatetoaddress', [blocks, to, ...tries]),
  );
  if (mined.result === undefined) return mined;
  return { result: `{"address":${address.result},"blocks":${mined.result}}`, error: undefined };
}

/** -addrinfo: how many addresses the node knows, by network. */
async function addrInfo(caller: Caller, words: readonly string[]): Promise<Answer> {
  if (words.length > 0) throw new Error('-addrinfo takes no arguments');
  const answer = await caller.call('getnodeaddresses', '[0]');
  if (answer.result === undefined) return answer;
  const nodes = JSON.parse(answer.result) as { readonly network: string }[];
  const counts: Record<string, number> = { ipv4: 0, ipv6: 0, onion: 0, i2p: 0, cjdns: 0 };
  for (const { network } of nodes) if (network in counts) counts[network] = (counts[network] ?? 0) + 1;
  counts.total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { result: JSON.stringify({ addresses_known: counts }), error: undefined };
}

/** Prints an answer as Core's client does and gives the exit code. */
function print(answer: Answer, terminal: Terminal): number {
  if (answer.error === undefined) {
    const { result } = answer;
    if (result === undefined || result === 'null') return 0;
    const text = result.startsWith('"') ? plainText(result) : layOut(result);
    if (text !== '') terminal.out(text);
    return 0;
  }
  if (!answer.error.startsWith('{')) {
    terminal.err(`error: ${answer.error}`);
    return 1;
  }
  const members = objectMembers(answer.error);
  const code = Number(members.get('code'));
  const message = members.get('message');
  const lines = [`error code: ${code}`];
  if (message?.startsWith('"')) lines.push(`error message:\n${plainText(message)}`);
  if (code === RpcCode.WALLET_NOT_SPECIFIED) {
    lines.push('Try adding "-rpcwallet=<filename>" option to blocksmith-cli command line.');
  }
  terminal.err(lines.join('\n'));
  return Math.abs(code) % 256 || 1;
}
