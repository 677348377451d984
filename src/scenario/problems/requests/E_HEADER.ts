import { rule } from '../../lint/subject.ts'
import { targetUses } from '../../lint/targets.ts'

/** The rule that reports a header of a target that the target's protocol cannot send. */
export const E_HEADER = rule('E_HEADER', (subject, report) => {
  for (const { target, block, base } of targetUses(subject)) {
    const { connector, options, url } = target
    for (const [name, value] of Object.entries(block.headers ?? {})) {
      // What a template makes is not known, but a name that cannot be given stays one.
      const message = connector.headerProblem?.(name, value.includes('{{') ? '' : value, options, url.source)
      if (message !== undefined) report([...base, 'headers', name], 'key', message)
    }
  }
})
