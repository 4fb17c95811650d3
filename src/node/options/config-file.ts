import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { StartError } from '../../runtime/errors.js';
import { parseKey, type Settings, Span } from './settings.js';

/** Name of the configuration file in the data directory, as Core's. */
export const CONFIG_FILE_NAME = 'bitcoin.conf';

const CONF_IN_CONF =
  'conf cannot be set in the configuration file; use includeconf= if you want to include additional config files';
const REINDEX_IN_CONF =
  'Warning: reindex=1 is set in the configuration file, which will significantly slow down startup. Consider removing or commenting out this option for better performance, unless there is currently a condition which makes rebuilding the indexes necessary';

interface ConfigLine {
  /** With the section in front: `regtest.port`. */
  readonly name: string;
  readonly value: string;
}

interface ConfigText {
  readonly lines: readonly ConfigLine[];
  /** Sections named, by a line of their own or by a dotted name, with the number of the line. */
  readonly sections: readonly { readonly name: string; readonly line: number }[];
}

/** Splits a configuration text into `section.name` and value. @throws StartError naming the line */
export function parseConfigText(text: string): ConfigText {
  const lines: ConfigLine[] = [];
  const sections: { name: string; line: number }[] = [];
  let prefix = '';
  for (const [index, written] of text.split('\n').entries()) {
    const hash = written.indexOf('#');
    const line = trim(hash < 0 ? written : written.slice(0, hash));
    const number = index + 1;
    if (line === '') continue;
    if (line.startsWith('[') && line.endsWith(']')) {
      const section = line.slice(1, -1);
      sections.push({ name: section, line: number });
      prefix = `${section}.`;
      continue;
    }
    const { name, value } = parseLine(line, number);
    const fullName = prefix + name;
    if (hash >= 0 && fullName.includes('rpcpassword')) {
      throw new StartError(
        `parse error on line ${number}, using # in rpcpassword can be ambiguous and should be avoided`,
      );
    }
    lines.push({ name: fullName, value });
    const dot = fullName.lastIndexOf('.');
    if (dot >= 0 && dot >= prefix.length) sections.push({ name: fullName.slice(0, dot), line: number });
  }
  return { lines, sections };
}

/** `name=value`. @throws StartError when it is something else */
function parseLine(line: string, number: number): ConfigLine {
  const problem = `parse error on line ${number}: ${line}`;
  if (line.startsWith('-')) {
    throw new StartError(`${problem}, options in configuration file must be specified without leading -`);
  }
  const equals = line.indexOf('=');
  if (equals >= 0) return { name: trim(line.slice(0, equals)), value: trim(line.slice(equals + 1)) };
  const hint = `, if you intended to specify a negated option, use ${line}=1 instead`;
  throw new StartError(`${problem}${line.startsWith('no') ? hint : ''}`);
}

/** Without the white space that Core trims, which is less than what JavaScript does. */
function trim(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

/** Adds a configuration text to the settings; unknown names are only remarked upon, as in Core. @throws StartError */
export function addConfigText(text: string, file: string, settings: Settings): void {
  const { lines, sections } = parseConfigText(text);
  for (const section of sections) settings.sections.push({ ...section, file });
  for (const { name: written, value } of lines) {
    const { section, name, negated } = parseKey(written);
    if (name === 'conf') throw new StartError(CONF_IN_CONF);
    if (name === 'reindex') settings.remarks.push(REINDEX_IN_CONF);
    const spec = settings.spec(name);
    if (spec === undefined) {
      settings.remarks.push(`Ignoring unknown configuration value ${written}`);
      continue;
    }
    const map = settings.config.get(section) ?? new Map();
    settings.config.set(section, map);
    settings.add(map, spec, negated, value);
  }
}

/**
 * Reads the configuration file and what it includes.
 *
 * @param dataDir base data directory; relative paths start there
 * @returns path of the file, and everything remarked upon so far
 * @throws StartError when a named file cannot be read or a line is wrong
 */
export function readConfigFiles(settings: Settings, dataDir: string): { path: string; warnings: string[] } {
  const { remarks: warnings } = settings;
  const absolute = (path: string) => (isAbsolute(path) ? path : join(dataDir, path));
  const path = absolute(settings.path('conf') || CONFIG_FILE_NAME);
  if (settings.isNegated('conf')) return { path, warnings };
  const text = readIfThere(path);
  if (text === undefined) {
    if (settings.isSet('conf')) throw new StartError(`specified config file "${path}" could not be opened.`);
    return { path, warnings };
  }
  addConfigText(text, path, settings);
  if (settings.commandLine.get('includeconf') === undefined) readIncluded(settings, absolute);
  return { path, warnings };
}

/** Reads the files that the configuration file includes, those of the network's section first. */
function readIncluded(settings: Settings, absolute: (path: string) => string): void {
  const chain = chainNameIfClear(settings);
  if (chain === undefined) return;
  const sections = chain === '' ? [''] : [chain, ''];
  const seen = sections.map(section => settings.config.get(section)?.get('includeconf')?.length ?? 0);
  for (const name of sections.flatMap(section => includedBy(settings, section, 0))) {
    const content = readIfThere(absolute(name));
    if (content === undefined) throw new StartError(`Failed to include configuration file ${name}`);
    addConfigText(content, name, settings);
    settings.remarks.push(`Included configuration file ${name}`);
  }
  const ignored = sections.flatMap((section, index) => includedBy(settings, section, seen[index] ?? 0));
  const chainNow = chainNameIfClear(settings);
  if (chainNow !== undefined && chainNow !== chain) ignored.push(...includedBy(settings, chainNow, 0));
  for (const name of ignored) {
    const notice = `warning: -includeconf cannot be used from included files; ignoring -includeconf=${name}`;
    settings.remarks.push(notice);
    settings.notices.push(notice);
  }
}

/** Values of includeconf= in a section that no negation cancels, without the first `skip`. */
function includedBy(settings: Settings, section: string, skip: number): string[] {
  const values = settings.config.get(section)?.get('includeconf') ?? [];
  return values.slice(Math.max(skip, new Span(values).negatedCount)).map(String);
}

/** Undefined when the options contradict each other; whoever needs the network next says so. */
function chainNameIfClear(settings: Settings): string | undefined {
  try {
    return settings.chainName();
  } catch {
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
