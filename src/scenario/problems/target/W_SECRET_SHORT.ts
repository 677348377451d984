import { secretsIn, UNMASKED } from '../../lint/secrets.ts'
import { rule } from '../../lint/subject.ts'

/** A secret from the environment that is too short to be masked. */
export const W_SECRET_SHORT = rule('W_SECRET_SHORT', (subject, report) => {
  for (const { path, mark, isLiteral, isShort } of secretsIn(subject))
    if (isShort && !isLiteral) report(path, mark, `this secret is short: ${UNMASKED}`, 'use a longer one')
})
