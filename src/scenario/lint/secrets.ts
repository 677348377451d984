/** Finds the secrets that are written in a scenario. */
import { secretsOf } from '../../auth/index.ts'
import { MIN_SECRET_LENGTH } from '../../text/secrets.ts'
import { type WrittenSecret, writtenSecrets } from '../../text/written-secrets.ts'
import type { Mark } from '../read/source/finding.ts'
import { type Path, pathText } from '../read/source/source.ts'
import { valueAt } from '../schema/schema-walk.ts'
import type { TargetBlock } from '../schema/target.ts'
import { scalarText, textsIn } from '../schema/written-steps.ts'
import { perScenario } from './subject.ts'
import { targetBlocks } from './targets.ts'

type SecretAt = Pick<WrittenSecret, 'secret' | 'path'>

/** A secret of the scenario with the part of its text to mark. */
interface PlacedSecret {
  readonly path: Path
  readonly mark: Mark
  /** True when the secret is written in the file, false when it comes from the environment. */
  readonly isLiteral: boolean
  /** True when the secret is too short to be masked in output. */
  readonly isShort: boolean
}

/** The part of a warning which says that a secret is too short for burn to mask it in its output. */
export const UNMASKED = `with fewer than ${MIN_SECRET_LENGTH} characters it is not masked in what burn prints`

/** Returns the secrets of a target with their paths: the secret keys of its `auth` scheme, and the passphrase of a private key. */
function ownSecrets({ auth, tls }: TargetBlock, base: Path): SecretAt[] {
  const secrets = new Set(auth ? secretsOf(auth) : [])
  const texts = textsIn(auth, [...base, 'auth']).filter(({ path }) => path.at(-1) !== 'type' && path.at(-1) !== 'name')
  const passphrase = tls?.passphrase ?? ''
  return [
    ...texts.filter(({ text }) => secrets.has(text)).map(({ text, path }) => ({ secret: text, path })),
    { secret: passphrase, path: [...base, 'tls', 'passphrase'] },
  ].filter(({ secret }) => secret !== '' && !secret.includes('{{'))
}

/**
 * Returns the secrets in a scenario, written in the file or taken from the environment (`isLiteral` says which), for warnings about them: at most one
 * from each value of the file. Passwords in URLs are left out, because there is a warning of its own for these.
 */
export const secretsIn = perScenario((subject): readonly PlacedSecret[] => {
  const { value, locate } = subject
  const ofTargets = targetBlocks(subject).flatMap(({ block, base }) => ownSecrets(block, base))
  const named = writtenSecrets(value).filter(
    ({ by, path }) => by === 'name' && !/^(?:include|profiles|environments)$/.test(String(path[0])),
  )
  const once = new Map([...named, ...ofTargets].map((one) => [pathText(one.path), one]))
  return Array.from(once.values(), ({ secret, path }) => {
    const offset = scalarText(valueAt(value, path))?.indexOf(secret) ?? 0
    return {
      path,
      mark: offset > 0 ? { offset, length: secret.length } : 'value',
      isLiteral: !locate.fromEnvironment(path, secret),
      isShort: secret.trim().length < MIN_SECRET_LENGTH,
    }
  })
})
