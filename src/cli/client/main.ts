import { readFileSync } from 'node:fs';
import { defaultDataDir, resolveDataDir } from '../../node/data-dir.js';
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

const USAGE = `Usage:  blocksmith-cli [options] <command> [params]  Send command to the node
or:     blocksmith-cli [options] -named <command> [name=value]...  Send command with named arguments
or:     blocksmith-cli [options] help                List commands
or:     blocksmith-cli [options] help <command>      Get help for a command
`;

/** Blocks made by -generate when no number is given. */
const DEFAULT_GENERATE_BLOCKS = '1';

export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/**
 * The RPC client: takes a command line as `bitcoin-cli` does and returns its exit code: 0, 1 for failures to reach the
 * server or to understand the command line, otherwise the RPC error's code without its sign.
 */
export async function runClient(args: readonly string[], output: Output): Promise<number> {
  const settings = new Settings(CLIENT_OPTIONS);
  let words: string[];
  let configFile: string;
  let dataDir: string;
  try {
    words = parseCommandLine(args, settings);
    if (['?', 'h', 'help', 'version'].some(name => settings.isSet(name)) || args.length === 0) {
      output.out(settings.isSet('version') ? `Blocksmith RPC client version ${VERSION}` : helpPage());
      return args.length === 0 ? 1 : 0;
    }
    dataDir = resolveDataDir(settings.text('datadir'));
    configFile = readConfigFiles(settings, dataDir).path;
    // A datadir= line in the configuration file moves the data, not the configuration.
    dataDir = settings.isSet('datadir') ? resolveDataDir(settings.text('datadir')) : defaultDataDir();
    settings.selectNetwork(settings.chain());
  } catch (thrown) {
    output.err(`Error: ${describeSetup(thrown)}`);
    return 1;
  }
  try {
    return print(await perform(settings, dataDir, configFile, readStandardInput(settings, words)), output);
  } catch (thrown) {
    output.err(`error: ${errorMessage(thrown)}`);
    return 1;
  }
}

function describeSetup(thrown: unknown): string {
  const text = errorMessage(thrown);
  return text.startsWith('Invalid parameter') ? `Error parsing command line arguments: ${text}` : text;
}

function helpPage(): string {
  return `Blocksmith RPC client version ${VERSION}\n\n${USAGE}\n${helpText(CLIENT_OPTIONS, true)}`;
}

async function perform(
  settings: Settings,
  dataDir: string,
  configFile: string,
  words: readonly string[],
): Promise<Answer> {
  const walletName = settings.text('rpcwallet');
  const caller = new Caller(() => resolveEndpoint(settings, dataDir, configFile), {
    wait: settings.bool('rpcwait', false),
    waitTimeoutSeconds: settings.int('rpcwaittimeout', 0),
    walletName,
  });
  if (settings.isSet('getinfo')) {
    if (words.length > 0) throw new Error('-getinfo takes no arguments');
    const colors = chooseColors(settings.text('color'), process.stdout.isTTY === true);
    return getInfo(caller, walletName === undefined, colors);
  }
  if (settings.bool('netinfo', false) || settings.isSet('netinfo')) {
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

/** Arguments and secrets that options say to read from standard input. */
function readStandardInput(settings: Settings, words: readonly string[]): string[] {
  const wanted = ['stdin', 'stdinrpcpass', 'stdinwalletpassphrase'].filter(name =>
    settings.bool(name, false),
  );
  if (wanted.length === 0) return [...words];
  const lines = readFileSync(0, 'utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const result = [...words];
  if (wanted.includes('stdinrpcpass')) {
    const password = lines.shift();
    if (password === undefined)
      throw new Error('-stdinrpcpass specified but failed to read from standard input');
    addValue(settings.commandLine, 'rpcpassword', password);
  }
  if (wanted.includes('stdinwalletpassphrase')) {
    if (!result[0]?.startsWith('walletpassphrase')) {
      throw new Error('-stdinwalletpassphrase is only applicable for walletpassphrase(change)');
    }
    const passphrase = lines.shift();
    if (passphrase === undefined) {
      throw new Error('-stdinwalletpassphrase specified but failed to read from standard input');
    }
    result.splice(1, 0, passphrase);
  }
  if (wanted.includes('stdin')) result.push(...lines);
  return result;
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
function print(answer: Answer, output: Output): number {
  if (answer.error === undefined) {
    const { result } = answer;
    if (result === undefined || result === 'null') return 0;
    const text = result.startsWith('"') ? plainText(result) : layOut(result);
    if (text !== '') output.out(text);
    return 0;
  }
  if (!answer.error.startsWith('{')) {
    output.err(`error: ${answer.error}`);
    return 1;
  }
  const members = objectMembers(answer.error);
  const code = Number(members.get('code'));
  const lines = [`error code: ${code}`, `error message:\n${plainText(members.get('message'))}`];
  if (code === RpcCode.WALLET_NOT_SPECIFIED) {
    lines.push('Try adding "-rpcwallet=<filename>" option to blocksmith-cli command line.');
  }
  output.err(lines.join('\n'));
  return Math.abs(code) % 256 || 1;
}
