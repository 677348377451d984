import { secretsIn, UNMASKED } from '../../lint/secrets.ts'
import { rule } from '../../lint/subject.ts'

/** A secret that is written out in the file. */
export const W_SECRET_LITERAL = rule('W_SECRET_LITERAL', (subject, report) => {
  for (const { path, mark, isLiteral, isShort } of secretsIn(subject)) {
    const message = `a secret is written out in the file${isShort ? `, and ${UNMASKED}` : ''}`
    if (isLiteral) report(path, mark, message, 'take it from the environment: ${env.API_KEY}')
  }
})
