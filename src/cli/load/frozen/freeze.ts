/** Stores the scenario and flags of a run in its result, without secrets, so that the run can be started again. */
import type { Configuration } from '../../../result/schema.ts'
import { MASK } from '../../../text/secrets.ts'
import { knownSecrets, secretValues } from '../../output/known-secrets.ts'
import type { LoadedScenario } from '../load-scenario.ts'
import { mergedScenario } from '../merged.ts'
import type { RunFlags } from '../run-flags.ts'
import { readFiles } from './read-files.ts'

/** The flags that are stored with a run beside its scenario. They affect the run's verdict or files, but no key of the scenario can hold them. */
export const FROZEN_FLAGS = ['maxErrorRate', 'allowLag', 'log', 'report'] as const

/** A secret from the environment, and the reference that replaces it, such as `${env.API_KEY}`. */
interface SecretUse {
  readonly value: string
  readonly reference: string
}

/**
 * Returns the configuration of a run, to be stored in its result so that `--from` can start it again: scenario, flags, and the hashes of files.
 * Secrets from variables are replaced by references such as `${env.API_KEY}`.
 */
export function frozen(loaded: LoadedScenario, flags: RunFlags): Configuration {
  const scenario = mergedScenario(loaded)
  const secrets = secretUses(loaded)
  const kept = FROZEN_FLAGS.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]] as const]))
  return {
    scenario: withReferences(scenario, secrets) as Configuration['scenario'], // a map stays a map
    flags: Object.fromEntries(kept),
    files: readFiles(scenario, loaded.plan.baseDir),
  }
}

/** Returns the secrets that the scenario uses, the longest first: when one contains another, the longer one has to be replaced first. */
function secretUses({ envUsed }: LoadedScenario): SecretUse[] {
  const named = new Set(secretValues(envUsed))
  return envUsed
    .filter(({ value }) => value !== '' && (named.has(value) || knownSecrets.redact(value).includes(MASK)))
    .map(({ name, value }) => ({ value, reference: name.startsWith('file.') ? `\${${name}}` : `\${env.${name}}` }))
    .sort((a, b) => b.value.length - a.value.length)
}

function withReferences(value: unknown, secrets: readonly SecretUse[]): unknown {
  if (typeof value === 'string') return textWithReferences(value, secrets)
  if (Array.isArray(value)) return value.map((item) => withReferences(item, secrets))
  if (typeof value !== 'object' || value === null)
    return secrets.find((secret) => secret.value === String(value))?.reference ?? value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withReferences(item, secrets)]))
}

/**
 * The smallest length at which a secret is replaced inside longer texts. Shorter ones occur there by chance, so they are replaced only when they are
 * the whole text.
 */
const MIN_PART = 6

function textWithReferences(text: string, secrets: readonly SecretUse[]): string {
  const whole = secrets.find(({ value }) => value === text)
  if (whole) return whole.reference
  const inside = secrets.find(({ value }) => value.length >= MIN_PART && text.includes(value))
  if (inside === undefined) return text.replaceAll('${', () => '$${')
  const pieces = text.split(inside.value).map((piece) => (piece === '' ? '' : textWithReferences(piece, secrets)))
  return pieces.join(inside.reference)
}
