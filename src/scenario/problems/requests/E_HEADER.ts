import { rule } from '../../lint/subject.ts'
import { targetUses } from '../../lint/targets.ts'

/** The lint rule (of `burn validate`) that reports a header of a target that the target's protocol cannot send. */
export const E_HEADER = rule('E_HEADER', (subject, report) => {
  for (const { target, block, base } of targetUses(subject)) {
    const { connector, options, url } = target
    for (const [name, value] of Object.entries(block.headers ?? {})) {
      // The value of a template is not known yet, but an invalid name stays invalid.
      const message = connector.headerProblem?.(name, value.includes('{{') ? '' : value, options, url.source)
      if (message !== undefined) report([...base, 'headers', name], 'key', message)
    }
  }
})
