/**
 * Reads the variables for `${env.NAME}` from .env files (`--vars-file`). The flag `--env-file` does the same, but Node itself handles it before burn
 * starts: Node loads the files into process.env by the same rules, and exits with its own message and code 9 when one is missing.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parseEnv } from 'node:util'
import { readErrorText, UsageError } from '../../errors.ts'
import type { Environment } from '../../scenario/read/environment.ts'
import { keepSecret } from '../output/known-secrets.ts'
import type { RunFlags } from './run-flags.ts'

const require = createRequire(import.meta.url)
/**
 * Decrypts a value that dotenvx has encrypted, with a private key in hexadecimal; throws for the wrong key. The library is loaded only when it is
 * needed.
 */
const decrypt = (privateKey: string, value: string): string =>
  (require('@dotenvx/primitives') as { decrypt(privateKey: string, value: string): string }).decrypt(privateKey, value)

const MAX_BYTES = 1024 * 1024

/** Returns the paths of the files with variables, from `--env-file` and `--vars-file`, in the order in which they are read. */
export function variableFiles({ varsFile = [], envFile = [] }: RunFlags): string[] {
  return [...envFile, ...varsFile]
}

/** The environment variables for a scenario, and the names of those whose values are secrets whatever their name is. */
interface FileVariables {
  readonly env: Environment
  readonly secret: ReadonlySet<string>
}

/**
 * Returns the environment variables of the process and those in .env files. The variables of the process take precedence over files, and later files
 * over earlier ones. References to other variables are not replaced. Values that dotenvx has encrypted are decrypted with the private key in
 * DOTENV_PRIVATE_KEY (or DOTENV_PRIVATE_KEY_CI) and masked in all output.
 * @throws UsageError for a file that cannot be read, an invalid line, and a value that cannot be decrypted
 */
export function environmentOf(files: readonly string[]): FileVariables {
  const read = files.map((path) => ({ path, variables: readEnvFile(path) }))
  const written = { ...Object.assign({}, ...read.map(({ variables }) => variables)), ...process.env }
  const secret = new Set<string>()
  const opened: NodeJS.Dict<string> = {}
  for (const { path, variables } of read)
    for (const [name, value = ''] of Object.entries(variables)) {
      // For an --env-file, Node has put the values into process.env still encrypted.
      if (!value.startsWith(ENCRYPTED) || written[name] !== value) continue
      opened[name] = open(path, name, value, { variables, written })
      keepSecret([opened[name]])
      secret.add(name)
    }
  return { env: { ...written, ...opened }, secret }
}

const ENCRYPTED = 'encrypted:'

/** The variables in which keys for decryption are looked for: those of one file, and those of all files and the process together. */
interface DecryptionKeys {
  readonly variables: NodeJS.Dict<string>
  readonly written: NodeJS.Dict<string>
}

function open(path: string, name: string, value: string, { variables, written }: DecryptionKeys): string {
  const publicKeys = Object.keys(variables).filter((key) => /^DOTENV_PUBLIC_KEY(?:_\w+)?$/.test(key))
  const names = (publicKeys.length === 0 ? ['DOTENV_PUBLIC_KEY'] : publicKeys).map((key) => key.replace('PUBLIC', 'PRIVATE'))
  const keys = names.flatMap((key) => written[key]?.split(',') ?? []).map((key) => key.trim())
  keepSecret(keys)
  if (keys.length === 0)
    throw new UsageError(
      `--vars-file ${path}: ${name} is encrypted, and ${names.join(' or ')} is not set`,
      `set it to the private key, or add the file that holds it: --vars-file .env.keys`,
    )
  for (const key of keys) {
    try {
      const plain = decrypt(key, value)
      if (!plain.startsWith(ENCRYPTED)) return plain
    } catch {
      // The next key may decrypt it.
    }
  }
  throw new UsageError(`--vars-file ${path}: ${names.join(' or ')} does not open ${name}`, 'take the private key of this file')
}

function readEnvFile(path: string): NodeJS.Dict<string> {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new UsageError(`--vars-file ${path}: ${readErrorText(error)}`, undefined, { cause: error })
  }
  if (bytes.length > MAX_BYTES) throw new UsageError(`--vars-file ${path}: larger than ${MAX_BYTES} bytes`)
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  refuseBadLine(path, text)
  return parseEnv(text)
}

/** Matches one entry of an .env file: an empty line, a comment, or a variable. In quotes, the value of a variable may have several lines. */
const ENTRY =
  /[^\S\n]*(?:#.*|(?:export[^\S\n]+)?[^\s=#]+[^\S\n]*=[^\S\n]*(?:(?:"[^"]*"|'[^']*'|`[^`]*`)[^\S\n]*(?:#.*)?|[^"'`\s].*)?)?(?:\r?\n|$)/y

/**
 * Refuses a file with a line that Node would skip or cut without a message. The error does not quote the line, because it may hold a secret. @throws
 * UsageError
 */
function refuseBadLine(path: string, text: string): void {
  let at = 0
  while (at < text.length) {
    ENTRY.lastIndex = at
    if (!ENTRY.test(text)) {
      const line = text.slice(0, at).split('\n').length
      const isValue = /^\s*(?:export\s+)?[^\s=#]+[^\S\n]*=/.test(text.slice(at))
      throw isValue
        ? new UsageError(
            `--vars-file ${path}: the quotes in line ${line} do not match`,
            'take quotes that the value does not hold: ", \' or `',
          )
        : new UsageError(`--vars-file ${path}: line ${line} is no NAME=value`, 'a comment begins with #')
    }
    at = ENTRY.lastIndex
  }
}
