import { missingModels } from '../../lint/model.ts'
import { rule } from '../../lint/subject.ts'

/** The rule that warns of a target without a model, where some servers of its API answer without one and others do not. */
export const W_NO_MODEL = rule('W_NO_MODEL', (subject, report) => {
  for (const { path, wording, isOptional } of missingModels(subject))
    if (isOptional) report(path, 'parent', wording.message, wording.hint)
})
