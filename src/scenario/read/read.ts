/** Parses the text of a scenario file to plain data. What the values mean is the task of the schema. */
import { extname } from 'node:path'
import type { Problem } from '../../errors.ts'
import { E_ENCRYPTED } from '../problems/environment/E_ENCRYPTED.ts'
import { E_ENV_SYNTAX } from '../problems/environment/E_ENV_SYNTAX.ts'
import { E_ENV_UNSET } from '../problems/environment/E_ENV_UNSET.ts'
import { E_SECRET_FILE } from '../problems/environment/E_SECRET_FILE.ts'
import { E_CONTROL_CHARACTER } from '../problems/syntax/E_CONTROL_CHARACTER.ts'
import { E_DUPLICATE_KEY } from '../problems/syntax/E_DUPLICATE_KEY.ts'
import type { Environment, EnvironmentUse, ReferenceSources } from './environment.ts'
import { jsonError } from './json-syntax.ts'
import { plainValue, type Reference, secretsOfFile } from './plain-value.ts'
import { resolveTree } from './resolve-tree.ts'
import { DEFAULT_SECRETS_DIR, SecretFiles } from './secret-files.ts'
import { createLocator, type Locator } from './source/locate.ts'
import { parseTree } from './tree.ts'

/** The options for parsing a scenario file: where references such as `${env.NAME}` get their values, and which variables are secrets. */
export interface ParseOptions {
  /** The environment variables that `${env.NAME}` reads. Default: process.env */
  readonly env?: Environment
  /** Names of environment variables that are secrets whatever their names suggest. */
  readonly secretVariables?: ReadonlySet<string>
  /** The folder of the files that `${file.NAME}` reads. Default: that of BURN_SECRETS_DIR, else /run/secrets */
  readonly secretsDir?: string
  /** True to look up no variable: references without a default then give warnings. */
  readonly noEnv?: boolean
}

/** The outcome of parsing a scenario file: its data, the problems found, and the environment variables that it refers to. */
export interface Parsed {
  /** The data as objects without a prototype, arrays and scalars; undefined when errors make the values of the file unreliable. */
  readonly value: unknown
  readonly locate: Locator
  readonly problems: readonly Problem[]
  /** The environment variables and secret files that were read, each one once. */
  readonly envUsed: readonly EnvironmentUse[]
  /** The paths of texts that came from the environment, which become numbers or booleans where required. */
  readonly references: readonly Reference[]
}

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u0080-\u0084\u0086-\u009f\ufffe\uffff]|\r(?!\n)/g

function controlProblems(text: string, locate: Locator): Problem[] {
  const found: Problem[] = []
  for (const match of text.matchAll(CONTROL)) {
    const span = { start: match.index, end: match.index + 1 }
    found.push(locate.problem({ ...E_CONTROL_CHARACTER.found(match[0]), path: [] }, span))
    if (found.length === 100) break
  }
  return found
}

function readsAsJson(text: string, file: string): boolean {
  const extension = extname(file).toLowerCase()
  if (extension === '.json') return true
  if (extension === '.yaml' || extension === '.yml') return false
  return /^\s*[{[]/.test(text) && jsonError(text) === undefined
}

function sourcesOf({ env = process.env, secretsDir }: ParseOptions): ReferenceSources {
  const folder = secretsDir ?? env.BURN_SECRETS_DIR ?? DEFAULT_SECRETS_DIR
  return { environment: env, secretFiles: new SecretFiles(folder) }
}

/** The codes of errors that do not keep the rest of the file from being checked, such as a key that appears twice. */
const LOCAL = new Set<string>([E_ENV_UNSET, E_ENV_SYNTAX, E_ENCRYPTED, E_SECRET_FILE, E_DUPLICATE_KEY].map(({ code }) => code))

/** True when the values of a file can be checked in spite of the problems found. */
const looksReadable = (problems: readonly Problem[]) =>
  problems.every(({ severity, code }) => severity === 'warning' || LOCAL.has(code))

/**
 * Parses a scenario file, YAML or JSON (by its extension, else its content), and replaces each `${env.NAME}` and `${file.NAME}` in it. Never throws;
 * takes linear time in a file without errors.
 */
export function parseScenario(text: string, file: string, options: ParseOptions = {}): Parsed {
  const bare = text.startsWith('\ufeff') ? text.slice(1) : text
  const unread = createLocator(bare, file, undefined, () => secretsOfFile(bare, undefined))
  const controls = controlProblems(bare, unread)
  const nothing = { value: undefined, envUsed: [], references: [] }
  if (controls.length > 0) return { ...nothing, locate: unread, problems: controls }
  const { root, problems: found } = parseTree(bare, readsAsJson(bare, file))
  const locate = createLocator(bare, file, root, () => secretsOfFile(found.length > 0 ? bare : '', root))
  const problems = found.map((one) => locate.problem({ ...one, path: [] }, one.span))
  if (root === undefined) return { ...nothing, locate, problems }
  const resolved = resolveTree(root, options.noEnv ? undefined : sourcesOf(options), locate)
  problems.push(...resolved.problems)
  const plain = plainValue(root)
  if ('broken' in plain) problems.push(locate.problem(plain.broken, locate.value(plain.broken.path)))
  const envUsed = resolved.uses.map((use) => (options.secretVariables?.has(use.name) ? { ...use, isSecret: true } : use))
  if ('broken' in plain || !looksReadable(problems)) return { ...nothing, locate, problems, envUsed }
  return { value: plain.value, locate, problems, envUsed, references: plain.references }
}
