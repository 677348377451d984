import { readFileSync } from 'node:fs'
import { wallNow } from '../../clock.ts'
import { EXIT, type ExitCode, InputError, UsageError } from '../../errors.ts'
import { keyOf, whyNotSigned } from '../../notify/signature.ts'
import { isMap, jsonIn } from '../../text/json.ts'
import { parseDuration } from '../../text/units.ts'
import { withUnit } from '../load/run-flags.ts'

/** The values of the flags of `burn webhook verify`, as the user typed them. */
export interface VerifyFlags {
  readonly headers: string
  readonly secretFrom: string
  readonly tolerance: string
}

/**
 * Runs `burn webhook verify`: checks the signature of a received notification. Returns exit code 1 when it is not valid. @throws UsageError,
 * InputError
 */
export function verifyCommand(bodyFile: string, { headers: headersFile, secretFrom, tolerance }: VerifyFlags): ExitCode {
  const secret = process.env[secretFrom]
  if (!secret) throw new UsageError(`--secret-from ${secretFrom}: this variable is not set`, 'it holds the secret of the webhook')
  if (keyOf(secret) === undefined) throw new UsageError(`${secretFrom}: what follows whsec_ is no base64`)
  const toleranceMs = parseDuration(withUnit('--tolerance', tolerance, 's'))
  if (toleranceMs === undefined) throw new UsageError(`--tolerance ${tolerance}: expected a duration such as 300s`)
  const body = read(bodyFile === '-' ? 0 : bodyFile, bodyFile)
  const why = whyNotSigned(body, headersIn(read(headersFile, headersFile)), secret, wallNow() / 1000, toleranceMs / 1000)
  process.stdout.write(why === undefined ? 'the signature is right\n' : `${why}\n`)
  return why === undefined ? EXIT.ok : EXIT.verdictFailed
}

function read(place: string | number, named: string): string {
  try {
    return readFileSync(place, 'utf8')
  } catch (error) {
    throw new InputError(`cannot read ${named}: ${error instanceof Error ? error.message : error}`)
  }
}

/** Reads headers from JSON, or from lines with one header each. Returns them by their names in lower case. */
function headersIn(text: string): Record<string, string> {
  const json = jsonIn(text)
  const pairs = isMap(json)
    ? Object.entries(json).map(([name, value]) => [name, String(value)] as const)
    : text.split(/\r?\n/).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const)
  return Object.fromEntries(pairs.map(([name, value]) => [name.trim().toLowerCase(), value.trim()]))
}
