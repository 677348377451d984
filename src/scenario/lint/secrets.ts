/** Secrets that are written out in the file, and those that are too short to be masked. */
import { secretsOf } from '../../auth/index.ts'
import { MIN_SECRET_LENGTH } from '../../text/secrets.ts'
import { type WrittenSecret, writtenSecrets } from '../../text/written-secrets.ts'
import { targetPath, targetsOf } from '../compile/compile.ts'
import { type Finding, findingAt } from '../read/source/finding.ts'
import type { Locator } from '../read/source/locate.ts'
import { type Path, pathText } from '../read/source/source.ts'
import type { Scenario } from '../schema/schema.ts'
import { valueAt } from '../schema/schema-walk.ts'
import type { TargetBlock } from '../schema/target.ts'
import { textsIn } from '../schema/written-steps.ts'

type SecretAt = Pick<WrittenSecret, 'secret' | 'path'>

/** What the scheme of `auth` takes for a secret, and the passphrase of a key. */
function ownSecrets({ auth, tls }: TargetBlock, base: Path): SecretAt[] {
  const secrets = new Set(auth ? secretsOf(auth) : [])
  const texts = textsIn(auth, [...base, 'auth']).filter(({ path }) => path.at(-1) !== 'type' && path.at(-1) !== 'name')
  const passphrase = tls?.passphrase ?? ''
  return [
    ...texts.filter(({ text }) => secrets.has(text)).map(({ text, path }) => ({ secret: text, path })),
    { secret: passphrase, path: [...base, 'tls', 'passphrase'] },
  ].filter(({ secret }) => secret !== '' && !secret.includes('{{'))
}

/** Of each text that holds secrets the first one. A password in an address has a warning of its own. */
function secretsOfScenario(scenario: Scenario, value: unknown): SecretAt[] {
  const ofTargets = Object.entries(targetsOf(scenario)).flatMap(([name, target]) =>
    ownSecrets(target, targetPath(scenario, name)),
  )
  const named = writtenSecrets(value).filter(
    ({ by, path }) => by === 'name' && !/^(?:include|profiles|environments)$/.test(String(path[0])),
  )
  return [...new Map([...named, ...ofTargets].map((one) => [pathText(one.path), one])).values()]
}

function findingOf({ secret, path }: SecretAt, value: unknown, locate: Locator): Finding[] {
  const offset = String(valueAt(value, path)).indexOf(secret)
  const mark = offset > 0 ? { offset, length: secret.length } : 'value'
  const isShort = secret.trim().length < MIN_SECRET_LENGTH
  const unmasked = `with fewer than ${MIN_SECRET_LENGTH} characters it is not masked in what burn prints`
  if (!locate.fromEnvironment(path, secret)) {
    const message = `a secret is written out in the file${isShort ? `, and ${unmasked}` : ''}`
    return [findingAt('W_SECRET_LITERAL', path, mark, message, 'take it from the environment: ${env.API_KEY}')]
  }
  return isShort ? [findingAt('W_SECRET_SHORT', path, mark, `this secret is short: ${unmasked}`, 'use a longer one')] : []
}

/** Returns a warning for each text of the scenario that holds a secret which is written out, or too short to be masked. */
export function secretFindings(scenario: Scenario, value: unknown, locate: Locator): Finding[] {
  return secretsOfScenario(scenario, value).flatMap((one) => findingOf(one, value, locate))
}
