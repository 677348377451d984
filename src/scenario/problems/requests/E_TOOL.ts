import { rule } from '../../lint/subject.ts'
import { targetUses } from '../../lint/targets.ts'

/** The lint rule (of `burn validate`) that reports tools in a step whose target has an API format in which burn can send no tools. */
export const E_TOOL = rule('E_TOOL', (subject, report) => {
  for (const { target, steps } of targetUses(subject)) {
    if (target.dialect.takesTools) continue
    for (const { step, path } of steps) {
      if (step.tools === undefined) continue
      const message = `the API format ${target.dialect.name} takes no tools`
      report([...path, 'tools'], 'key', message, 'leave them out, or write them into body of the target')
    }
  }
})
