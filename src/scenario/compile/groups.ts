/** Compiles the variables of a scenario, and its groups of users, which may have variables of their own. */
import { compileTree } from '../../language/template/template.ts'
import { compileVariables, VariableCycleError } from '../../language/template/variables.ts'
import { askedLengthOf, lengthsOf } from '../../payloads/lengths.ts'
import type { Scenario } from '../schema/schema.ts'
import type { Plan, PlannedGroup } from './plan.ts'
import { compileTags } from './tags.ts'
import type { Texts } from './texts.ts'

/**
 * Compiles the `vars` of a scenario and its `groups`, which are kinds of users with variables and headers of their own. Returns undefined when a
 * template in them has an error, which is added to the problems of the scenario, or when variables refer to each other in a circle, which a lint rule
 * reports.
 */
export function compileGroups({ vars = {}, groups = {} }: Scenario, texts: Texts): Pick<Plan, 'vars' | 'groups'> | undefined {
  texts.look(['vars'])
  for (const name of Object.keys(groups)) for (const key of ['headers', 'vars', 'tags']) texts.look(['groups', name, key])
  const compiled = (name: string, group: (typeof groups)[string]): PlannedGroup => ({
    name,
    weight: group.weight,
    headers: compileTree({ ...group.headers }),
    vars: compileVariables([vars, group.vars ?? {}]),
    promptTokens: group.promptTokens === undefined ? undefined : lengthsOf(group.promptTokens),
    replyTokens: group.maxTokens === undefined ? undefined : askedLengthOf(group.maxTokens),
    tags: compileTags(group.tags),
  })
  try {
    return texts.quietly(() => ({
      vars: compileVariables([vars]),
      groups: Object.entries(groups).map(([name, group]) => compiled(name, group)),
    }))
  } catch (error) {
    if (error instanceof VariableCycleError) return undefined
    throw error
  }
}
