import { secretsIn, UNMASKED } from '../../lint/secrets.ts'
import { rule } from '../../lint/subject.ts'

/** The lint rule (of `burn validate`) that warns of a secret from the environment that is too short to be masked in output. */
export const W_SECRET_SHORT = rule('W_SECRET_SHORT', (subject, report) => {
  for (const { path, mark, isLiteral, isShort } of secretsIn(subject))
    if (isShort && !isLiteral) report(path, mark, `this secret is short: ${UNMASKED}`, 'use a longer one')
})
