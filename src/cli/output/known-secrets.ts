/** Keeps the secrets that this process knows. Everything that burn prints, including crash reports, is masked with them. */
import type { EnvironmentUse } from '../../scenario/read/environment.ts'
import { isSecretVariable, MIN_SECRET_LENGTH, Redactor } from '../../text/secrets.ts'
import { secretsInText, writtenSecrets } from '../../text/written-secrets.ts'

/** The secrets that this process knows. They are masked in everything that it prints. */
export const knownSecrets = new Redactor()

/**
 * Returns the secret values among the variables and files that a scenario reads (`uses`): those of variables with names such as API_KEY, and those
 * from files of secrets (`${file.NAME}`).
 */
export function secretValues(uses: readonly EnvironmentUse[]): string[] {
  return uses.filter(({ name, isSecret }) => isSecret || isSecretVariable(name)).map(({ value }) => value)
}

/** Secrets that are not masked, because they are part of a name in the scenario. */
const named = new Set<string>()

/** Forgets all secrets that earlier commands in this process have added to `knownSecrets`. */
export function forgetSecrets(): void {
  knownSecrets.clear()
  named.clear()
}

/**
 * Registers `values` as secrets, so that they are masked in all later output. `names` are texts that must stay readable, such as the names of steps;
 * a value that is part of one of them is not masked.
 */
export function keepSecret(values: Iterable<string>, names: readonly string[] = []): void {
  for (const value of values) {
    const text = value.trim()
    if (text.length >= MIN_SECRET_LENGTH && names.some((name) => name.includes(text))) named.add(text)
    else knownSecrets.add(value)
  }
}

const NAME_KEYS = /^(?:name|preset|dialect|protocol|model|target|step|flow|group|profile|type)$/

/**
 * Returns the texts in a scenario that are names or keys, such as the names of steps, targets and dialects, and the thresholds. They must
 * stay readable in output.
 */
export function namesIn(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return NAME_KEYS.test(key) || key === 'thresholds' ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, key))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) => [name, ...namesIn(item, name)])
}

/**
 * Returns a list with a note for the user when some secrets are not masked, because they are too short or part of a name; otherwise an empty list.
 * Secrets that are only digits are not counted.
 */
export function shortSecretsNote(values: readonly string[]): string[] {
  const short = new Set(
    values.filter((value) => value.trim().length < MIN_SECRET_LENGTH && !/^(?:\d+|true|false|\{\{.*)$/.test(value)),
  )
  const areFew = (count: number) => `${count} ${count === 1 ? 'secret is' : 'secrets are'}`
  return [
    ...(short.size === 0 ? [] : [`${areFew(short.size)} shorter than ${MIN_SECRET_LENGTH} characters, and not masked`]),
    ...(named.size === 0 ? [] : [`${areFew(named.size)} part of a name in the scenario, and not masked`]),
  ]
}

/** Returns the secrets that a scenario states literally, instead of by a reference such as `${env.API_KEY}`. */
export function secretsIn(value: unknown): string[] {
  return writtenSecrets(value).map(({ secret }) => secret)
}

/** Returns the secrets in a text that could not be parsed, such as a broken file: the values that follow names of secrets, as in `token: …`. */
export function secretsWritten(text: string, isSecret = isSecretVariable): string[] {
  return secretsInText(text, isSecret).map(({ secret }) => secret)
}
