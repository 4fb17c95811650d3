import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { StartError } from '../../runtime/errors.js';
import { addValue, interpretValue, parseKey, type Settings } from './settings.js';

/** Name of the configuration file in the data directory, as Core's. */
export const CONFIG_FILE_NAME = 'bitcoin.conf';

interface ConfigLine {
  readonly name: string;
  readonly value: string;
}

/** Splits a configuration text into `section.name` and value. @throws StartError naming the line */
export function parseConfigText(text: string): ConfigLine[] {
  const lines: ConfigLine[] = [];
  let prefix = '';
  for (const [index, written] of text.split('\n').entries()) {
    const hash = written.indexOf('#');
    const line = (hash < 0 ? written : written.slice(0, hash)).trim();
    const problem = `parse error on line ${index + 1}`;
    const equals = line.indexOf('=');
    if (line === '') continue;
    if (line.startsWith('[') && line.endsWith(']')) {
      prefix = `${line.slice(1, -1)}.`;
    } else if (line.startsWith('-')) {
      throw new StartError(
        `${problem}: ${line}, options in configuration file must be specified without leading -`,
      );
    } else if (equals >= 0) {
      const name = prefix + line.slice(0, equals).trim();
      if (hash >= 0 && name.includes('rpcpassword')) {
        throw new StartError(`${problem}, using # in rpcpassword can be ambiguous and should be avoided`);
      }
      lines.push({ name, value: line.slice(equals + 1).trim() });
    } else {
      const hint = line.startsWith('no')
        ? `, if you intended to specify a negated option, use ${line}=1 instead`
        : '';
      throw new StartError(`${problem}: ${line}${hint}`);
    }
  }
  return lines;
}

/** Adds a configuration text to the settings; unknown names are passed to `onUnknown`, as Core only warns of them. */
export function addConfigText(text: string, settings: Settings, onUnknown: (name: string) => void): void {
  for (const { name: written, value } of parseConfigText(text)) {
    const key = parseKey(written);
    if (key.name === 'conf') {
      throw new StartError(
        'conf cannot be set in the configuration file; use includeconf= if you want to include additional config files',
      );
    }
    const plain = written.slice(written.indexOf('.') + 1);
    const whole = settings.spec(plain);
    const spec = whole ?? settings.spec(key.name);
    if (spec === undefined) {
      onUnknown(written);
      continue;
    }
    let section = settings.config.get(key.section);
    if (section === undefined) {
      section = new Map();
      settings.config.set(key.section, section);
    }
    addValue(section, spec.name, interpretValue(spec, whole === undefined && key.negated, value));
  }
}

/**
 * Reads the configuration file and what it includes.
 *
 * @param dataDir base data directory; relative paths start there
 * @returns path of the file, and warnings
 * @throws StartError when a named file cannot be read or a line is wrong
 */
export function readConfigFiles(settings: Settings, dataDir: string): { path: string; warnings: string[] } {
  const warnings: string[] = [];
  const absolute = (path: string) => (isAbsolute(path) ? path : join(dataDir, path));
  const path = absolute(settings.text('conf') || CONFIG_FILE_NAME);
  const onUnknown = (name: string) => warnings.push(`Ignoring unknown configuration value ${name}`);
  const text = readIfThere(path);
  if (text === undefined) {
    if (settings.isSet('conf')) throw new StartError(`specified config file "${path}" could not be opened.`);
    return { path, warnings };
  }
  addConfigText(text, settings, onUnknown);
  if (settings.commandLine.get('includeconf') !== undefined) return { path, warnings };
  const included = [settings.chain(), ''].flatMap(
    section => settings.config.get(section)?.get('includeconf') ?? [],
  );
  const countBefore = included.length;
  for (const name of included) {
    if (typeof name !== 'string') continue;
    const content = readIfThere(absolute(name));
    if (content === undefined) throw new StartError(`Failed to include configuration file ${name}`);
    addConfigText(content, settings, onUnknown);
  }
  const after = [settings.chain(), ''].flatMap(
    section => settings.config.get(section)?.get('includeconf') ?? [],
  );
  for (const name of after.slice(countBefore)) {
    warnings.push(
      `warning: -includeconf cannot be used from included files; ignoring -includeconf=${String(name)}`,
    );
  }
  return { path, warnings };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
