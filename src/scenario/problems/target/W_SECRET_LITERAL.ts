import { secretsIn, UNMASKED } from '../../lint/secrets.ts'
import { rule } from '../../lint/subject.ts'
import type { Path } from '../../read/source/source.ts'

/** The lint rule (of `burn validate`) that warns of a secret, such as a password, that is written literally in the scenario file. */
export const W_SECRET_LITERAL = rule('W_SECRET_LITERAL', (subject, report) => {
  const taken: string[] = []
  for (const { path, mark, isLiteral, isShort } of secretsIn(subject)) {
    const message = `a secret is written out in the file${isShort ? `, and ${UNMASKED}` : ''}`
    if (!isLiteral) continue
    const name = variableFor(path)
    const count = taken.filter((one) => one === name).length
    taken.push(name)
    report(path, mark, message, `take it from the environment: \${env.${count === 0 ? name : `${name}_${count + 1}`}}`)
  }
})

/** Returns the name of an environment variable for the secret at a path, made from its key: X_API_KEY for `x-api-key`. */
function variableFor(path: Path): string {
  const key = path.findLast((step) => typeof step === 'string') ?? ''
  const words = String(key)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/\W+/g, '_')
  return /^[A-Za-z]\w{0,39}$/.test(words) && !/^(?:key|value|authorization)$/i.test(words) ? words.toUpperCase() : 'API_KEY'
}
